package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"syscall"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
)

// verbs are what the buttons of the shop's page do.
func (s *shop) verbs() map[string]page.Verb {
	return map[string]page.Verb{
		"order": verb(s.pageOrder), "hold": verb(s.pageHold), "release": verb(s.pageRelease),
		"kill": verb(s.pageKill), "kill-at": verb(s.pageKillAt), "start": verb(s.pageStart), "program": verb(s.pageProgram),
	}
}

// verb has a button's wish read.
func verb[T any](do func(context.Context, T) (string, error)) page.Verb {
	return func(ctx context.Context, body []byte) (string, error) {
		var wish T
		if err := json.Unmarshal(body, &wish); err != nil {
			return "", hint.New(hint.Usage, "", "this is not what the page asks: %w", err)
		}
		return do(ctx, wish)
	}
}

type orderWish struct {
	N     int
	Rolls []int
	Token string
}

// pageAmount is what each order of the page's costs, in cents.
const pageAmount = 2500

// atOnce is how many orders are on their way to Restate at once.
const atOnce = 8

func (s *shop) pageOrder(ctx context.Context, w orderWish) (string, error) {
	order := client.Order{Count: w.N, Rolls: w.Rolls, Token: w.Token, Amount: pageAmount}
	if err := order.Check(); err != nil {
		return "", err
	}
	if err := s.view(0).CheckTakesOrders(); err != nil {
		return "", err
	}
	p := client.Placer{
		Admin: restate.NewAdmin("http://" + s.admin), Outside: s.outside, Ingress: restate.NewIngress("http://" + s.ingress),
		Number: func(context.Context) (int, error) { return s.nextOrder(), nil },
	}
	lanes := min(atOnce, order.Count)
	ids := make(chan string, order.Count)
	failed := make(chan error, lanes)
	for lane := range lanes {
		go func() { failed <- placeMany(ctx, p, order, (order.Count+lane)/lanes, ids) }()
	}
	var err error
	for range lanes {
		err = cmp.Or(err, <-failed)
	}
	switch {
	case err != nil:
		return "", err
	case order.Count == 1:
		return <-ids + " is placed", nil
	}
	return fmt.Sprintf("%d orders are placed", order.Count), nil
}

// placeMany places n orders, one after the other.
func placeMany(ctx context.Context, p client.Placer, order client.Order, n int, ids chan<- string) error {
	for range n {
		id, err := p.Place(ctx, order)
		if err != nil {
			return err
		}
		ids <- id
	}
	return nil
}

func (s *shop) pageHold(ctx context.Context, w struct{ When sandbox.Mode }) (string, error) {
	if err := s.outside.Hold(ctx, sandbox.Charge, "", w.When, 1); err != nil {
		return "", hint.New(hint.Setup, client.StartCommand("sandbox"), "the gateway was not told: %w", err)
	}
	if w.When == sandbox.Before {
		return "the next charge will wait before the gateway does anything", nil
	}
	return "the next charge will be made, and its answer held back", nil
}

func (s *shop) pageRelease(ctx context.Context, _ struct{}) (string, error) {
	n, err := s.outside.Release(ctx, "", "")
	if err != nil {
		return "", hint.New(hint.Setup, client.StartCommand("sandbox"), "the gateway was not told: %w", err)
	}
	if n == 0 {
		return "nothing was held", nil
	}
	return course.Count(n, "request") + " released", nil
}

type unitWish struct{ Name string }

func (s *shop) named(w unitWish) (*unit, error) {
	if u := s.unit(w.Name); u != nil {
		return u, nil
	}
	return nil, hint.New(hint.Usage, "", "the shop has no %q", w.Name)
}

func (s *shop) pageKill(_ context.Context, w unitWish) (string, error) {
	u, err := s.named(w)
	if err != nil {
		return "", err
	}
	pid, err := s.kill(u)
	return fmt.Sprintf("%s, pid %d, is killed", u.name, pid), err
}

// kill kills a unit as kill -9 does, and returns once the shop knows that it is
// dead: only then can it be started again.
func (s *shop) kill(u *unit) (pid int, err error) {
	s.mu.Lock()
	now, down := u.now, u.down
	s.mu.Unlock()
	if down != "" || now == nil {
		return 0, hint.New(hint.Usage, client.StartCommand(u.name), "%s is down already", u.name)
	}
	switch u.name {
	case "program":
		s.proxy.MarkProgramKilled()
	case "restate":
		s.proxy.MarkServerKilled()
	}
	if err := syscall.Kill(now.Pid(), syscall.SIGKILL); err != nil {
		return 0, err
	}
	for {
		s.mu.Lock()
		known, changed := u.down != "" || s.closing, s.changed
		s.mu.Unlock()
		if known {
			return now.Pid(), nil
		}
		<-changed
	}
}

// pageKillAt has the program die once more than can be seen from outside: the
// gateway has said yes, and Restate never hears of it.
func (s *shop) pageKillAt(context.Context, struct{}) (string, error) {
	var met atomic.Bool
	s.proxy.OnMessage(func(m proxy.Message) bool {
		if m.Type != proxy.Result || !s.charging(m.Attempt) || !met.CompareAndSwap(false, true) {
			return true
		}
		s.proxy.OnMessage(nil)
		s.kill(s.unit("program"))
		return false
	})
	return "the program will be killed when the next charge is made, before the journal hears of it", nil
}

// charging says whether the step that an attempt is in is the charge.
func (s *shop) charging(a *proxy.Attempt) bool {
	now := s.proxy.Attempts(func(other *proxy.Attempt) bool { return other == a })
	if len(now) == 0 || len(now[0].Steps) == 0 {
		return false
	}
	last := now[0].Steps[len(now[0].Steps)-1]
	return last.Name == "charge" && !last.IsDone()
}

func (s *shop) pageStart(ctx context.Context, w unitWish) (string, error) {
	u, err := s.named(w)
	if err == nil {
		err = s.restart(ctx, u)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is back, pid %d", u.name, s.look(u).PID), nil
}

type programWish struct{ Naive bool }

// pageProgram has the naive program serve in the place of the other, or the other
// way round. What runs goes on with whichever is there.
func (s *shop) pageProgram(ctx context.Context, w programWish) (string, error) {
	s.switching.Lock()
	defer s.switching.Unlock()
	if w.Naive {
		if err := s.buildNaive(ctx); err != nil {
			return "", err
		}
	}
	s.mu.Lock()
	same := s.naive == w.Naive
	s.naive = w.Naive
	s.mu.Unlock()
	if u := s.unit("program"); !same || s.look(u).Down != "" {
		s.kill(u) // if it is not down already
		if err := s.restart(ctx, u); err != nil {
			return "", err
		}
	}
	if w.Naive {
		return "the naive program serves: its payment makes a new key for each attempt", nil
	}
	return "the program serves that the shop was opened with", nil
}
