package words

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/sandbox"
)

// setPrice sets a variable to the price of a number of pieces of a sku, by default 1:
// price TOTAL pen-$K 3.
func setPrice(s *script.Script, args []string) error {
	sum := int64(0)
	for rest := args[1:]; len(rest) > 0; {
		cents, ok := sandbox.PriceOf(rest[0])
		if !ok {
			return fmt.Errorf("%s has no price", rest[0])
		}
		rest = rest[1:]
		if len(rest) > 0 {
			if times, err := strconv.ParseInt(rest[0], 10, 64); err == nil {
				cents *= times
				rest = rest[1:]
			}
		}
		sum += cents
	}
	s.TestScript.Setenv(args[0], strconv.FormatInt(sum, 10))
	return nil
}

// countInvocations counts the script's invocations of a handler.
func countInvocations(s *script.Script, args []string) error {
	of, err := s.InvocationsOf(s.Ctx, args[0])
	if err != nil {
		return err
	}
	return requireCount(args[1], len(of), func(n claim.Count) claim.Claim { return claim.ExpectInvocations(args[0], n) })
}

// waitCompleted waits until the script's invocations of a handler have ended, and requires
// that they have no error. One-way calls have no answer to wait for.
func waitCompleted(s *script.Script, args []string) error {
	want := claim.ExpectCompletion(args[0])
	begun := time.Now()
	return s.Poll(func() (bool, error) {
		of, err := s.InvocationsOf(s.Ctx, args[0])
		if err != nil {
			return false, err
		}
		if len(of) == 0 && time.Since(begun) > watchdog.Patience {
			return false, record.Fail(want.With(claim.GotNotCalled()))
		}
		if err := s.CheckProgram(want); err != nil {
			return false, err
		}
		for _, i := range of {
			if err := s.CheckInvocation(s.Ctx, i, want, ""); err != nil {
				return false, err
			}
			if i.Result == "failure" {
				return false, record.Fail(want.With(claim.GotEndedBadly(i.Failure)))
			}
		}
		return len(of) > 0 && !slices.ContainsFunc(of, func(i world.Invocation) bool { return i.Status != "completed" }), nil
	}, want)
}

// notScheduledError returns why a call that should be delayed is not.
func notScheduledError(s *script.Script, want claim.Claim, i world.Invocation) error {
	entries, err := s.World.Server.Admin().Journal(s.Ctx, i.Parent)
	if err != nil {
		return err
	}
	how := ""
	for _, e := range entries {
		if e.IsCallOf(i.ID) {
			how = e.Type
		}
	}
	return record.Fail(want.With(claim.GotNotDelayed(i.Status, how)))
}
