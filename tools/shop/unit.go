package shop

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/stage"
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

// child is a running process of the shop.
type child interface {
	Pid() int
	Done() <-chan struct{}
	Exit() string
}

// unit returns the unit with a name, nil if there is none.
func (s *shop) unit(name string) *unit {
	all := s.allUnits()
	i := slices.IndexFunc(all, func(u *unit) bool { return u.name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// allUnits returns the units that there are now.
func (s *shop) allUnits() []*unit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.units)
}

// isBroken reports whether a process of the shop is down.
func (s *shop) isBroken() bool {
	return slices.ContainsFunc(s.allUnits(), func(u *unit) bool { return s.viewUnit(u).Down != "" })
}

// startUnit starts a unit that does not run, and watches it.
func (s *shop) startUnit(ctx context.Context, u *unit) error {
	u.starting.Lock()
	defer u.starting.Unlock()
	if view := s.viewUnit(u); view.PID != 0 && view.Down == "" {
		return hint.New(hint.Usage, fmt.Sprintf("kill -9 %d first, then start it again", view.PID), "%s runs: pid %d", u.name, view.PID)
	}
	now, err := u.begin(ctx)
	if err != nil {
		return startError(u, now, err)
	}
	s.watchUnit(u, now)
	return nil
}

// watchUnit makes a process that has started the one of a unit, and watches it.
func (s *shop) watchUnit(u *unit, now child) {
	s.mu.Lock()
	u.now, u.pid, u.down = now, now.Pid(), ""
	s.mu.Unlock()
	s.page.Hub.Add(page.Event{What: page.Unit, Name: u.name, PID: now.Pid(), How: "up"})
	s.notifyChange()
	go s.watchExit(u, now, now.Done())
}

// startError returns why a unit did not start, with its last words.
func startError(u *unit, now child, err error) error {
	words := ""
	if p, ok := now.(*process.Process); ok && p != nil {
		words = stage.QuoteLastWords(p.Output())
	}
	return fmt.Errorf("%s does not serve: %w%s", u.name, err, words)
}

// restartUnit starts a unit that was killed, once the shop is open, and prints so.
func (s *shop) restartUnit(ctx context.Context, u *unit) error {
	if err := s.startUnit(ctx, u); err != nil {
		return err
	}
	fmt.Printf("\n%s is back, pid %d%s\n\n", u.name, s.viewUnit(u).PID, s.noteOld(u))
	return nil
}

// noteOld returns what to print of a program that has other sources by now, or "". The shop
// does not build it again: what is in progress continues with the code that it began with.
func (s *shop) noteOld(u *unit) string {
	s.mu.Lock()
	naive := s.naive
	s.mu.Unlock()
	v := s.newest()
	if !slices.Contains(v.copies, u) || naive || !v.sources.HaveChanged() {
		return ""
	}
	next := ""
	if s.opts.Mine && v.n == 1 {
		next = "type make deploy, or "
	}
	return "; its source has changed, and it is the program as it was before. For the new one " + next + "close the shop with Ctrl-C, then: " + s.command()
}

// watchExit prints when a unit ends before the shop is closed.
func (s *shop) watchExit(u *unit, now child, done <-chan struct{}) {
	<-done
	s.mu.Lock()
	if s.closing || !slices.Contains(s.units, u) {
		s.mu.Unlock()
		return
	}
	u.down = now.Exit()
	s.mu.Unlock()
	s.page.Hub.Add(page.Event{What: page.Unit, Name: u.name, PID: now.Pid(), How: now.Exit()})
	s.notifyChange()
	v := s.viewUnit(u)
	fmt.Printf("\n%s, pid %d, ended (%s) and stays down; the other processes continue. start it again: %s\n\n", v.Name, v.PID, v.Down, client.StartCommand(v.Name))
}

// notifyChange wakes those that wait for a unit to go down or come up.
func (s *shop) notifyChange() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

// processOf returns the process of a unit, which may have ended; nil before its start.
func (s *shop) processOf(u *unit) child {
	s.mu.Lock()
	defer s.mu.Unlock()
	return u.now
}

// viewUnit returns a unit as it is now.
func (s *shop) viewUnit(u *unit) client.Unit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return client.Unit{Name: u.name, PID: u.pid, Addr: u.addr, Down: u.down}
}
