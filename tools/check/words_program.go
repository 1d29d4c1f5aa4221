package check

import (
	"context"
	"fmt"
	"strings"
	"syscall"
)

// restart kills the program and starts it again with settings in its
// environment, until the script's end: restart APPROVAL_LIMIT=200ms.
func restart(s *Script, args []string) error {
	for _, a := range args {
		if !strings.Contains(a, "=") {
			return fmt.Errorf("usage: restart NAME=value…")
		}
	}
	if err := s.world.needProgram(); err != nil {
		return err
	}
	s.note("started the program with %s", strings.Join(args, " "))
	s.AtEnd(func() error { return s.world.crash(context.Background()) })
	return s.world.restart(s.ctx, args)
}

// restart puts a program with more in its environment in the place of the one
// that runs.
func (w *world) restart(ctx context.Context, env []string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.proxy.Disconnect()
	w.program.Kill()
	if err := w.outside.WaitGone(ctx, w.program.Pid()); err != nil {
		return err
	}
	next, err := w.serve(ctx, "program", env...)
	if err != nil {
		w.fault = notServing(next, err)
		return w.fault
	}
	w.program = next
	w.proxy.Connect(next.Addr())
	return nil
}

// terminate asks the program to end, as a deploy does, with SIGTERM.
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
	s.dies = "when it was asked to end"
	s.AtEnd(func() error {
		program.Kill() // one that did not end
		return s.world.crash(context.Background())
	})
	return syscall.Kill(-program.Pid(), syscall.SIGTERM)
}

// quits waits until a program that was asked to end has ended well.
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
	if program.Err() != nil {
		return wrongf("the program to end well after a SIGTERM", "%s: %s", program.Exit(), lastWords(program.Output()))
	}
	return nil
}

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
