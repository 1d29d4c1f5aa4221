package check

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
)

// fault is a crash or a cut that waits for its message.
type fault struct {
	verb    string // "crash" or "cut"
	target  target
	subject string
	typ     proxy.Type
	n       int // the n-th such message that the program sends
	k       int // in place of n: the k-th of all that it sends for the invocation
	seen    int
	placed  atomic.Bool
	stops   *assembly // the program is killed when all faults stand there
}

// comes says whether a message of an attempt that is meant is the one.
func (f *fault) comes(m proxy.Message) bool {
	if f.k > 0 {
		return m.K == f.k
	}
	if f.typ == m.Type {
		f.seen++
	}
	return f.typ == m.Type && f.seen == f.n
}

// meant says whether an attempt is of the script's own flow: its input, or its
// key, has the script's subject in it.
func (f *fault) meant(a *proxy.Attempt) bool {
	t := f.target
	if t.service != a.Service || t.handler != a.Handler || t.key != "" && t.key != a.Key {
		return false
	}
	return strings.Contains(a.Key, f.subject) || bytes.Contains(a.Input, []byte(f.subject))
}

func (f *fault) String() string {
	if f.k > 0 {
		return fmt.Sprintf("message %d of %s, a %s", f.k, f.target, f.typ)
	}
	if f.typ == proxy.Result {
		return fmt.Sprintf("the result of step %d of %s", f.n, f.target)
	}
	return fmt.Sprintf("%s %d of %s", f.typ, f.n, f.target)
}

// launch starts the program as a plain one, with arguments.
func launch(s *Script, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: launch name argument…")
	}
	c, err := process.Start(s.world.keeper, self("program", args[1:], s.world.env("")...))
	if err != nil {
		return err
	}
	s.procs[args[0]] = c
	s.note("ran %s", strings.Join(args[1:], " "))
	return nil
}

// ended waits for a launched program to end well.
func ended(s *Script, args []string) error {
	if len(args) != 1 || s.procs[args[0]] == nil {
		return fmt.Errorf("usage: ended name")
	}
	c := s.procs[args[0]]
	select {
	case <-c.Done():
	case <-s.ctx.Done():
		return wrongf(args[0]+" to end", "it still runs")
	}
	if c.Err() != nil {
		return wrongf(args[0]+" to end well", "%s", howEnded(c))
	}
	if said := lastLine(c.Output()); said != "" {
		s.note("it said: %s", said)
	}
	return nil
}

// crash kills a program with SIGKILL: one that was launched, or the one that
// serves; or arms the kill for a message.
func crash(s *Script, args []string) error {
	switch len(args) {
	case 0:
		if err := s.world.needProgram(); err != nil {
			return err
		}
		s.note("killed the program%s", s.holding())
		if s.kill != nil {
			return s.kill.crash(s.ctx)
		}
		return s.world.crash(s.ctx)
	case 1:
		c := s.procs[args[0]]
		if c == nil {
			return fmt.Errorf("nothing was launched as %q", args[0])
		}
		if c.Ended() {
			return wrongf(args[0]+" to be running when it is killed", "%s", howEnded(c))
		}
		c.Kill()
		s.note("killed it%s", s.holding())
		return s.world.outside.WaitGone(s.ctx, c.Pid())
	}
	return s.arm("crash", args)
}

// cut arms the reset of one stream.
func cut(s *Script, args []string) error { return s.arm("cut", args) }

// away has the next n attempts of an invocation, behind its first, find the
// program down.
func away(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: away service/key/handler n")
	}
	t, err := parseTarget(args[0])
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s.expectFailures(n)
	s.Saw(unreachable)
	s.note("had %d attempts in a row find the program down", n)
	s.world.proxy.Away(n, func(a *proxy.Attempt) bool {
		return a.N > 1 && t == target{a.Service, a.Key, a.Handler}
	})
	return nil
}

// unreachable: the program could not be reached for some attempts.
const unreachable = "unreachable"

func (s *Script) holding() string {
	if s.held == "" {
		return ""
	}
	return " " + s.held
}

// arm sets a fault at the n-th message of a kind: crash Checkout/Place result 2.
func (s *Script) arm(verb string, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: %s service[/key]/handler message [n]", verb)
	}
	t, err := parseTarget(args[0])
	if err != nil {
		return err
	}
	typ, ok := proxy.ParseType(args[1])
	if !ok {
		return fmt.Errorf("%q is no message", args[1])
	}
	n := 1
	if len(args) == 3 {
		if n, err = strconv.Atoi(args[2]); err != nil {
			return err
		}
	}
	f := &fault{verb: verb, target: t, subject: s.subject, typ: typ, n: n}
	s.armed = append(s.armed, f)
	s.world.arm(f)
	return nil
}

const neverGotThere = "it never did, so nothing could be crashed there"

// unplaced: a check that injects a fault asserts that the fault happened.
func (s *Script) unplaced() error {
	for _, f := range s.armed {
		if !f.placed.Load() {
			return wrongf("the program to get to "+f.String(), neverGotThere)
		}
	}
	return nil
}
