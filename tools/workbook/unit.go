package main

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop/client"
)

// unit is one of the shop's processes. It may be killed by hand; then it stays
// down until somebody starts it, so that there is time to look.
type unit struct {
	name, addr string
	begin      func(context.Context) (child, error)
	starting   sync.Mutex

	// Under the shop's lock.
	now  child
	pid  int
	down string // how it ended; "" while it runs
}

// child is a process of the shop that runs.
type child interface {
	Pid() int
	Done() <-chan struct{}
	Exit() string
}

func (s *shop) unit(name string) *unit {
	i := slices.IndexFunc(s.units, func(u *unit) bool { return u.name == name })
	if i < 0 {
		return nil
	}
	return s.units[i]
}

// start starts a unit that does not run, and looks after it.
func (s *shop) start(ctx context.Context, u *unit) error {
	u.starting.Lock()
	defer u.starting.Unlock()
	if view := s.look(u); view.PID != 0 && view.Down == "" {
		return hint.New(hint.Usage, fmt.Sprintf("kill -9 %d first, if you want to see it come back", view.PID), "%s runs: pid %d", u.name, view.PID)
	}
	now, err := u.begin(ctx)
	if err != nil {
		return notStarted(u, now, err)
	}
	s.mu.Lock()
	u.now, u.pid, u.down = now, now.Pid(), ""
	s.mu.Unlock()
	s.page.Hub.Add(page.Event{What: page.Unit, Name: u.name, PID: now.Pid(), How: "up"})
	s.change()
	go s.mind(u, now, now.Done())
	return nil
}

func notStarted(u *unit, now child, err error) error {
	words := ""
	if p, ok := now.(*process.Process); ok && p != nil {
		words = wordsOf(p.Output())
	}
	return fmt.Errorf("%s does not serve: %w%s", u.name, err, words)
}

// restart is start by somebody's wish, once the shop is open.
func (s *shop) restart(ctx context.Context, u *unit) error {
	if err := s.start(ctx, u); err != nil {
		return err
	}
	fmt.Printf("\n%s is back, pid %d\n\n", u.name, s.look(u).PID)
	return nil
}

// mind says when a unit ends that nobody told to.
func (s *shop) mind(u *unit, now child, done <-chan struct{}) {
	<-done
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	u.down = now.Exit()
	s.mu.Unlock()
	s.page.Hub.Add(page.Event{What: page.Unit, Name: u.name, PID: now.Pid(), How: now.Exit()})
	s.change()
	v := s.look(u)
	fmt.Printf("\n%s, pid %d, ended (%s) and stays down; the others go on. bring it back: %s\n\n", v.Name, v.PID, v.Down, client.StartCommand(v.Name))
}

// change wakes who waits for one.
func (s *shop) change() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}
