package words

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/process"
)

// restartWith replaces the running program by one with settings in its environment, until
// the script's end: restart APPROVAL_LIMIT=200ms.
func restartWith(s *script.Script, args []string) error {
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("%q is not NAME=value", a)
		}
		if name == "SHOP_DB" {
			s.OwnDatabase = value
		}
	}
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	s.Notef("started the program again with %s", strings.Join(args, " "))
	if !s.Facts[cause.Restarted] {
		s.World.Park()
		s.AtEnd(func() error {
			if s.Failure != nil {
				s.KeepAttempts()
			}
			return s.World.Unpark()
		})
	}
	s.AddFact(cause.Restarted)
	return s.World.Restart(s.Ctx, args)
}

// terminateProgram sends the program a SIGTERM, as a deployment does, and waits until the
// program accepts no new connection.
func terminateProgram(s *script.Script, args []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	program := s.World.Program()
	s.Notef("sent the program a SIGTERM%s", s.HeldPhrase())
	s.AddFact(cause.Terminated)
	s.KilledAt = "when it was asked to end"
	s.AtEnd(func() error {
		if s.KilledAt == "" {
			return nil // quits has waited for its end
		}
		program.Kill()
		return s.World.Crash(context.Background())
	})
	if err := syscall.Kill(-program.Pid(), syscall.SIGTERM); err != nil {
		return err
	}
	// A program that does not wait for running handlers exits at once, and the script must
	// not continue before that. On a busy machine, the program has had its chance to exit
	// when it sleeps.
	asleep := 0
	return s.Poll(func() (bool, error) {
		conn, err := net.Dial("tcp", program.Addr())
		if err == nil {
			conn.Close()
			return program.HasEnded(), nil
		}
		if asleep++; !program.IsAsleep() {
			asleep = 0
		}
		return program.HasEnded() || asleep == asleepOften, nil
	}, claim.ExpectClosing())
}

// asleepOften is how many looks in a row must find the program asleep, because it may
// have slept for a moment only.
const asleepOften = 5

// waitQuits waits until a program exits after a SIGTERM, and requires exit code 0. If a
// call has no answer yet, waitQuits starts another program.
func waitQuits(s *script.Script, args []string) error {
	if s.KilledAt == "" {
		return fmt.Errorf("the script needs terminate before this word")
	}
	program := s.World.Program()
	ctx, cancel := context.WithTimeout(s.Ctx, world.CallLimit)
	defer cancel()
	select {
	case <-program.Done():
	case <-ctx.Done():
		return record.Fail(claim.ExpectProgramEnd().With(claim.GotStillRuns(world.CallLimit)))
	}
	if program.Err() != nil {
		return record.Fail(claim.ExpectProgramWell().With(gotExitAfterSignal(program)))
	}
	s.KilledAt = ""
	for _, c := range s.Calls {
		select {
		case <-c.Done: // so the call needs no program
		case <-time.After(watchdog.LookEvery):
			return s.World.Crash(s.Ctx)
		}
	}
	return nil
}

// gotExitAfterSignal returns how a program ended after a SIGTERM. The last line of output
// is left out if the signal itself ended the program.
func gotExitAfterSignal(program *process.Process) claim.Got {
	code, how, last := world.Exit(program)
	if how == "signal: "+syscall.SIGTERM.String() {
		last = ""
	}
	return claim.GotExited(code, how, last)
}

// stopServices kills the reference services, until the word up.
func stopServices(s *script.Script, args []string) error {
	if s.World.Rest == nil {
		return fmt.Errorf("no services of other lessons run here")
	}
	s.Notef("killed the services of the other lessons")
	s.AtEnd(func() error { return s.World.StartRestAgain() })
	return s.World.KillRest(s.Ctx)
}

func startServices(s *script.Script, args []string) error {
	if s.World.Rest == nil {
		return fmt.Errorf("no services of other lessons run here")
	}
	s.Notef("started the services of the other lessons again")
	return s.World.StartRestAgain()
}

// waitAnyFails waits until an attempt of one of the script's invocations has failed with a
// text.
func waitAnyFails(s *script.Script, args []string) error {
	want := claim.ExpectFailureWith(args[0])
	return s.Poll(func() (bool, error) {
		all, err := s.Invocations(s.Ctx)
		if slices.ContainsFunc(all, func(i world.Invocation) bool { return strings.Contains(i.LastFailure, args[0]) }) {
			return true, err
		}
		for _, i := range all {
			if err := s.CheckInvocation(s.Ctx, i, want, ""); err != nil {
				return false, err
			}
		}
		return false, err
	}, want)
}

// checkUnsaid requires that neither the program, nor the services of other lessons, nor
// the server has printed the text.
func checkUnsaid(s *script.Script, args []string) error {
	log, err := os.ReadFile(s.World.Server.LogFile())
	if err != nil {
		return err
	}
	said := map[string]string{"the program": s.World.Program().Output(), "the server": string(log)}
	if s.World.Rest != nil {
		said["a service of another lesson"] = s.World.Rest.Output()
	}
	for name, out := range said {
		for line := range strings.Lines(out) {
			if strings.Contains(line, args[0]) {
				return record.Fail(claim.ExpectSilence(args[0]).With(claim.GotLine(name, strings.TrimSpace(line))))
			}
		}
	}
	return nil
}

// checkTaken starts a second program at the address of the first one, and requires that it
// exits with an error.
func checkTaken(s *script.Script, _ []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	p, err := s.World.StartAtTakenAddress()
	if err != nil {
		return err
	}
	defer p.Kill()
	s.Notef("started a second program at the address of the first one")
	want := claim.ExpectTakenAddress()
	select {
	case <-p.Done():
	case <-s.Ctx.Done():
		return record.Fail(want.With(claim.GotStillRuns(0)))
	}
	if p.Err() == nil {
		return record.Fail(want.With(claim.GotExited(world.Exit(p))))
	}
	return nil
}
