package shop

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
)

// buttons returns what the buttons of the shop's page do, by the verb that each sends.
func (s *shop) buttons() map[string]page.Verb {
	all := map[string]page.Verb{
		"order": decodeWish(s.pageOrder), "hold": decodeWish(s.pageHold), "release": decodeWish(s.pageRelease),
		"kill": decodeWish(s.pageKill), "kill-at": decodeWish(s.pageKillAt), "start": decodeWish(s.pageStart), "program": decodeWish(s.pageProgram),
		"deploy": decodeWish(s.pageDeploy), "remove": decodeWish(s.pageRemove),
	}
	if s.hasNodes() {
		delete(all, "deploy")
		delete(all, "remove")
	}
	return all
}

// decodeWish returns a verb that decodes what a button sends, and calls do with it.
func decodeWish[T any](do func(context.Context, T) (string, error)) page.Verb {
	return func(ctx context.Context, body []byte) (string, error) {
		var wish T
		if err := json.Unmarshal(body, &wish); err != nil {
			return "", hint.New(hint.Usage, "", "the request does not have the form of the page's requests: %w", err)
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
	ids, err := s.placeOrders(ctx, client.Order{Count: w.N, Rolls: w.Rolls, Token: w.Token, Amount: pageAmount})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 1:
		return ids[0] + " is placed", nil
	}
	return fmt.Sprintf("%d orders are placed", len(ids)), nil
}

// placeOrders places orders, some at once, and returns their ids.
func (s *shop) placeOrders(ctx context.Context, order client.Order) (ids []string, err error) {
	if err := order.Check(); err != nil {
		return nil, err
	}
	if err := s.viewShop(0).CheckTakesOrders(); err != nil {
		return nil, err
	}
	p := client.Placer{
		Admin: s.stage.AdminClient(), Outside: s.stage.Outside, Ingress: s.stage.IngressClient(), Nodes: len(s.stage.Ingresses()),
		Number: func(context.Context) (int, error) { return s.nextOrder(), nil },
	}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(atOnce)
	ids = make([]string, order.Count)
	for i := range ids {
		all.Go(func() (err error) {
			ids[i], err = p.Place(ctx, order)
			return err
		})
	}
	return ids, all.Wait()
}

func (s *shop) pageHold(ctx context.Context, w struct{ When sandbox.Mode }) (string, error) {
	if err := s.stage.Outside.Hold(ctx, sandbox.Charge, "", w.When, 1); err != nil {
		return "", hint.New(hint.Setup, client.StartCommand("sandbox"), "the gateway did not get the command: %w", err)
	}
	if w.When == sandbox.Before {
		return "the next charge will wait before the gateway does anything", nil
	}
	return "the gateway will make the next charge and hold its answer back", nil
}

func (s *shop) pageRelease(ctx context.Context, _ struct{}) (string, error) {
	n, err := s.stage.Outside.Release(ctx, "", "")
	if err != nil {
		return "", hint.New(hint.Setup, client.StartCommand("sandbox"), "the gateway did not get the command: %w", err)
	}
	if n == 0 {
		return "no charge was held", nil
	}
	return course.Count(n, "request") + " released", nil
}

type unitWish struct{ Name string }

func (s *shop) findUnit(name string) (*unit, error) {
	if u := s.unit(name); u != nil {
		return u, nil
	}
	return nil, hint.New(hint.Usage, "", "the shop has no %q", name)
}

func (s *shop) pageKill(_ context.Context, w unitWish) (string, error) {
	u, err := s.findUnit(w.Name)
	if err != nil {
		return "", err
	}
	pid, err := s.killUnit(u)
	return fmt.Sprintf("%s, pid %d, is killed", u.name, pid), err
}

// killUnit kills a unit as kill -9 does, and returns once the shop knows that the unit is
// dead: only then can it be started again.
func (s *shop) killUnit(u *unit) (pid int, err error) {
	s.mu.Lock()
	now, down := u.now, u.down
	s.mu.Unlock()
	if down != "" || now == nil {
		return 0, hint.New(hint.Usage, client.StartCommand(u.name), "%s is down already", u.name)
	}
	if v := s.versionIn(u); v != nil {
		v.proxy.MarkProgramKilled(u.addr)
	}
	if u.name == "restate" {
		for _, v := range s.allVersions() {
			v.proxy.MarkServerKilled()
		}
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

func (s *shop) pageKillAt(context.Context, struct{}) (string, error) {
	s.killAtCharge()
	return "the program will be killed after the next charge, before the result is in the journal", nil
}

// killAtCharge kills the program at the moment that nobody can see from outside: the
// next time that the gateway has charged, before Restate hears of it. Of two versions, it
// kills the one that has asked for the charge.
func (s *shop) killAtCharge() {
	var met atomic.Bool
	all := s.allVersions()
	for _, v := range all {
		v.proxy.OnMessage(func(m proxy.Message) bool {
			if m.Type != proxy.Result || !v.isCharging(m.Attempt) || !met.CompareAndSwap(false, true) {
				return true
			}
			for _, each := range all {
				each.proxy.OnMessage(nil)
			}
			if _, err := s.killUnit(v.copyAt(m.Attempt.Program)); err != nil {
				fmt.Fprintf(os.Stderr, "the program was not killed: %v\n", err)
			}
			return false
		})
	}
}

// isCharging reports whether the step that an attempt is in is the charge.
func (v *version) isCharging(a *proxy.Attempt) bool {
	now := v.proxy.Attempts(func(other *proxy.Attempt) bool { return other == a })
	if len(now) == 0 || len(now[0].Steps) == 0 {
		return false
	}
	last := now[0].Steps[len(now[0].Steps)-1]
	return last.Name == "charge" && !last.IsDone()
}

func (s *shop) pageStart(ctx context.Context, w unitWish) (string, error) {
	u, err := s.findUnit(w.Name)
	if err == nil {
		err = s.restartUnit(ctx, u)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is back, pid %d%s", u.name, s.viewUnit(u).PID, s.noteOld(u)), nil
}

type programWish struct{ Naive bool }

func (s *shop) pageProgram(ctx context.Context, w programWish) (string, error) {
	if err := s.switchProgram(ctx, w.Naive); err != nil {
		return "", err
	}
	if w.Naive {
		return "the naive program serves now; its payment makes a new idempotency key for each request", nil
	}
	return "the program with which the shop was opened serves again", nil
}

// switchProgram replaces the program that serves by the naive program, or the other
// way round. Invocations in progress go on with the new one.
func (s *shop) switchProgram(ctx context.Context, naive bool) error {
	s.switching.Lock()
	defer s.switching.Unlock()
	if s.newest().n > 1 {
		return hint.New(hint.Usage, "close the shop with Ctrl-C, then: "+s.command(), "nothing was changed: the naive program is another version 1, and new payments go to version 2")
	}
	if naive {
		if err := s.buildNaive(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	same := s.naive == naive
	s.naive = naive
	s.mu.Unlock()
	for _, u := range s.newest().copies {
		if same && s.viewUnit(u).Down == "" {
			continue
		}
		s.killUnit(u) // fails when it is down already
		if err := s.restartUnit(ctx, u); err != nil {
			return err
		}
	}
	return nil
}
