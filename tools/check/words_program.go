package check

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// restarted: the program runs with settings of the script's.
const restarted = "restarted"

// restart puts a program with settings in its environment in the place of the
// one that runs, until the script's end: restart APPROVAL_LIMIT=200ms.
func restart(s *Script, args []string) error {
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("usage: restart NAME=value…")
		}
		if name == "SHOP_DB" {
			s.database = value
		}
	}
	if err := s.world.needProgram(); err != nil {
		return err
	}
	s.note("started the program with %s", strings.Join(args, " "))
	if !s.saw[restarted] {
		s.world.park()
		s.AtEnd(func() error { return s.world.unpark() })
	}
	s.Saw(restarted)
	return s.world.replace(s.ctx, func() started {
		if warm, ok := s.world.special[strings.Join(args, " ")]; ok {
			p := <-warm
			warm <- started{} // for whoever empties it at the end
			return p
		}
		p, err := s.world.serve(s.ctx, "program", args...)
		return started{p, err}
	})
}

// park keeps the program that runs for later: the next replace does not kill it.
func (w *world) park() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parked = w.program
}

// unpark puts it back in its place.
func (w *world) unpark() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.parked == nil {
		return nil
	}
	w.proxy.Disconnect()
	if w.program != w.parked {
		w.program.Kill()
	}
	w.program, w.parked, w.fault = w.parked, nil, nil
	w.proxy.Connect(w.program.Addr())
	return nil
}

// terminate asks the program to end, as a deploy does, with SIGTERM, and waits
// until it takes nothing new.
func terminate(s *Script, args []string) error {
	if len(args) != 0 {
		return fmt.Errorf("usage: terminate")
	}
	if err := s.world.needProgram(); err != nil {
		return err
	}
	s.world.mu.Lock()
	program := s.world.program
	s.world.mu.Unlock()
	s.note("sent the program a SIGTERM%s", s.holding())
	s.Saw(terminated)
	s.dies = "when it was asked to end"
	s.AtEnd(func() error {
		if s.dies == "" {
			return nil // quits has seen to it
		}
		program.Kill()
		return s.world.crash(context.Background())
	})
	if err := syscall.Kill(-program.Pid(), syscall.SIGTERM); err != nil {
		return err
	}
	// One that does not wait for what runs is gone in the same moment; what the
	// script does next must not come before that. On a busy machine that moment is
	// over when the program wants to run no more.
	asleep := 0
	return s.poll(func() (bool, error) {
		conn, err := net.Dial("tcp", program.Addr())
		if err == nil {
			conn.Close()
			return program.Ended(), nil
		}
		if asleep++; !program.Asleep() {
			asleep = 0
		}
		return program.Ended() || asleep == asleepOften, nil
	}, "the program to take nothing new after a SIGTERM")
}

// asleepOften is how many looks in a row have to find a program asleep: it may have
// waited for a moment only.
const asleepOften = 5

// quits waits until a program that was asked to end has ended well. Another takes
// its place if a call has no answer yet.
func quits(s *Script, args []string) error {
	if len(args) != 0 || s.dies == "" {
		return fmt.Errorf("usage: quits, after terminate")
	}
	s.world.mu.Lock()
	program := s.world.program
	s.world.mu.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, callLimit)
	defer cancel()
	select {
	case <-program.Done():
	case <-ctx.Done():
		return wrongf("the program to end after a SIGTERM", "it still runs %v later", callLimit)
	}
	if exit := program.Exit(); exit == "signal: terminated" {
		return &wrong{expected: "the program to end well after a SIGTERM", got: exit,
			likely: "nothing in the program waits for that signal: signal.NotifyContext takes os.Interrupt and syscall.SIGTERM"}
	}
	if program.Err() != nil {
		return wrongf("the program to end well after a SIGTERM", "%s", howEnded(program))
	}
	s.dies = ""
	for _, c := range s.calls {
		select {
		case <-c.done: // and so needs no program any more
		case <-time.After(lookEvery):
			return s.world.crash(s.ctx)
		}
	}
	return nil
}

// terminated: the program was asked to end.
const terminated = "terminated"

// down kills the reference services, and they stay away until up.
func down(s *Script, args []string) error {
	w := s.world
	if len(args) != 0 || w.rest == nil {
		return fmt.Errorf("usage: down, in a lesson that calls services of other lessons")
	}
	s.note("killed the services that the lesson calls; they stay away")
	s.AtEnd(func() error { return w.bringBack() })
	w.restProxy.Disconnect()
	w.rest.Kill()
	return w.outside.WaitGone(s.ctx, w.rest.Pid())
}

func up(s *Script, args []string) error {
	if len(args) != 0 || s.world.rest == nil {
		return fmt.Errorf("usage: up, after down")
	}
	s.note("started them again")
	return s.world.bringBack()
}

// bringBack starts the reference services again, unless they run.
func (w *world) bringBack() error {
	if !w.rest.Ended() {
		return nil
	}
	rest, err := w.serve(w.life, "rest")
	if err != nil {
		return fmt.Errorf("the reference services do not run: %w", err)
	}
	w.rest = rest
	w.restProxy.Connect(rest.Addr())
	return nil
}

// policy: the service's retry policy stands in its code.
func policy(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: policy Service")
	}
	if err := s.world.needProgram(); err != nil {
		return err
	}
	p, err := s.world.server.Admin().RetryPolicy(s.ctx, args[0])
	if err != nil {
		return wrongf("a service "+args[0], "%v", err)
	}
	if p == serverPolicy {
		return &wrong{expected: "a retry policy in the code of " + args[0], got: fmt.Sprintf("the server's own: %d attempts", p.MaxAttempts),
			likely: "restate.Reflect takes options behind the service: restate.WithInvocationRetryPolicy"}
	}
	return nil
}

// failing waits until an invocation of the script's has failed with a text, and
// is to be tried again.
func failing(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: failing text")
	}
	want := fmt.Sprintf("an attempt that fails with %q, and is tried again", args[0])
	return s.poll(func() (bool, error) {
		all, err := s.invocations(s.ctx)
		if slices.ContainsFunc(all, func(i invocation) bool { return strings.Contains(i.Failure, args[0]) }) {
			return true, err
		}
		for _, i := range all {
			if err := s.hopeless(i, want, ""); err != nil {
				return false, err
			}
		}
		return false, err
	}, want)
}

// unsaid: neither the program, nor the services beside it, nor the server has
// said the text.
func unsaid(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: unsaid text")
	}
	log, err := os.ReadFile(s.world.server.LogFile())
	if err != nil {
		return err
	}
	s.world.mu.Lock()
	said := map[string]string{"the program": s.world.program.Output(), "the server": string(log)}
	s.world.mu.Unlock()
	if s.world.rest != nil {
		said["a service beside it"] = s.world.rest.Output()
	}
	for who, what := range said {
		for line := range strings.Lines(what) {
			if strings.Contains(line, args[0]) {
				return wrongf(fmt.Sprintf("no line with %q in it", args[0]), "%s said: %s", who, strings.TrimSpace(line))
			}
		}
	}
	return nil
}
