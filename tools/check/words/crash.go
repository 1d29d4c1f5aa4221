package words

import (
	"fmt"
	"strconv"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/ui"
)

// launchProgram starts the program as a plain program, with arguments.
func launchProgram(s *script.Script, args []string) error {
	c, err := s.World.Launch(args[1:], s.LaunchEnv...)
	if err != nil {
		return err
	}
	s.Launched[args[0]] = c
	s.Notef("ran %s", s.WithoutAddresses(args[1:]))
	return nil
}

// waitEnded waits until a launched program exits, and requires exit code 0.
func waitEnded(s *script.Script, args []string) error {
	c, err := launchedProgram(s, args[0])
	if err != nil {
		return err
	}
	select {
	case <-c.Done():
	case <-s.Ctx.Done():
		return record.Fail(claim.ExpectLaunchEnd(args[0]).With(claim.GotStillRuns(0)))
	}
	if c.Err() != nil {
		return record.Fail(claim.ExpectLaunchWell(args[0]).With(claim.GotExited(world.Exit(c))))
	}
	if said := ui.LastLine(c.Output()); said != "" {
		s.Notef("the program printed: %s", said)
	}
	return nil
}

// crashProgram kills the serving program with SIGKILL, and starts it again.
func crashProgram(s *script.Script, _ []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	s.Notef("killed the program%s", s.HeldPhrase())
	s.AddFact(cause.KilledProgram)
	if s.SharedKill != nil {
		return s.SharedKill.Crash(s.Ctx)
	}
	return s.World.Crash(s.Ctx)
}

// crashLaunched kills a program that was launched.
func crashLaunched(s *script.Script, args []string) error {
	c, err := launchedProgram(s, args[0])
	if err != nil {
		return err
	}
	if c.HasEnded() {
		return record.Fail(claim.ExpectLaunchRunning(args[0]).With(claim.GotExited(world.Exit(c))))
	}
	c.Kill()
	delete(s.Launched, args[0])
	s.Notef("killed the program%s", s.HeldPhrase())
	return s.World.Outside.WaitGone(s.Ctx, c.Pid())
}

// launchedProgram returns the program that the script launched with that name.
func launchedProgram(s *script.Script, name string) (*process.Process, error) {
	c := s.Launched[name]
	if c == nil {
		return nil, fmt.Errorf("no launch word before this one has the name %q", name)
	}
	return c, nil
}

// armCrash prepares the kill of the program at a message.
func armCrash(s *script.Script, args []string) error { return s.Arm("crash", args) }

// armCut prepares the cut of one stream at a message.
func armCut(s *script.Script, args []string) error { return s.Arm("cut", args) }

// failAttempts makes the n attempts after the first one of an invocation fail, because
// they cannot reach the program.
func failAttempts(s *script.Script, args []string) error {
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
	s.Notef("kept the program unreachable for %s in a row", course.Count(n, "attempt"))
	s.World.Proxy.RejectAttempts(n, func(a *proxy.Attempt) bool {
		return a.N > 1 && t == world.Target{Service: a.Service, Key: a.Key, Handler: a.Handler}
	})
	return nil
}
