package words

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
)

// launch starts the program as a plain one, with arguments.
func launch(s *script.Script, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: launch name argument…")
	}
	c, err := s.World.Launch(args[1:])
	if err != nil {
		return err
	}
	s.Launched[args[0]] = c
	s.Notef("ran %s", strings.Join(args[1:], " "))
	return nil
}

// ended waits for a launched program to end well.
func ended(s *script.Script, args []string) error {
	if len(args) != 1 || s.Launched[args[0]] == nil {
		return fmt.Errorf("usage: ended name")
	}
	c := s.Launched[args[0]]
	select {
	case <-c.Done():
	case <-s.Ctx.Done():
		return record.Fail(claim.ExpectLaunchEnd(args[0]).With(claim.GotStillRuns(0)))
	}
	if c.Err() != nil {
		return record.Fail(claim.ExpectLaunchWell(args[0]).With(claim.GotExited(world.Exit(c))))
	}
	if said := world.LastLine(c.Output()); said != "" {
		s.Notef("it said: %s", said)
	}
	return nil
}

// crash kills a program with SIGKILL: one that was launched, or the one that
// serves; or arms the kill for a message.
func crash(s *script.Script, args []string) error {
	switch len(args) {
	case 0:
		if err := s.World.ProgramError(); err != nil {
			return err
		}
		s.Notef("killed the program%s", s.HeldPhrase())
		s.AddFact(cause.KilledProgram)
		if s.SharedKill != nil {
			return s.SharedKill.Crash(s.Ctx)
		}
		return s.World.Crash(s.Ctx)
	case 1:
		c := s.Launched[args[0]]
		if c == nil {
			return fmt.Errorf("nothing was launched as %q", args[0])
		}
		if c.Ended() {
			return record.Fail(claim.ExpectLaunchRunning(args[0]).With(claim.GotExited(world.Exit(c))))
		}
		c.Kill()
		s.Notef("killed it%s", s.HeldPhrase())
		return s.World.Outside.WaitGone(s.Ctx, c.Pid())
	}
	return s.Arm("crash", args)
}

// cut arms the reset of one stream.
func cut(s *script.Script, args []string) error { return s.Arm("cut", args) }

// away has the next n attempts of an invocation, behind its first, find the
// program down.
func away(s *script.Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: away service/key/handler n")
	}
	t, err := world.ParseTarget(args[0])
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s.ExpectFailures(n)
	s.AddFact(cause.Unreachable)
	s.Notef("had %d attempts in a row find the program down", n)
	s.World.Proxy.Away(n, func(a *proxy.Attempt) bool {
		return a.N > 1 && t == world.Target{Service: a.Service, Key: a.Key, Handler: a.Handler}
	})
	return nil
}
