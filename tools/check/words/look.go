package words

import (
	"strconv"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
)

// waitPending waits until a call of the script waits for its object key.
func waitPending(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	want := claim.ExpectTurn(c.Target.String())
	return s.Poll(func() (bool, error) {
		i, err := s.InvocationOf(s.Ctx, c)
		if err != nil || i == nil {
			return false, err
		}
		if i.Status == "pending" {
			return true, nil
		}
		if i.Status == "ready" || i.Status == "scheduled" {
			return false, nil
		}
		return false, record.Fail(want.With(claim.GotState(i.Status)))
	}, want)
}

// waitScheduled requires one delayed one-way call, with a delay of that many seconds.
func waitScheduled(s *script.Script, args []string) error {
	seconds, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	want := claim.ExpectDelay(args[0], seconds)
	var seen []world.Invocation
	begun := time.Now()
	err = s.Poll(func() (bool, error) {
		seen, err = s.InvocationsOf(s.Ctx, args[0])
		if err == nil && len(seen) == 0 && time.Since(begun) > watchdog.Patience {
			err = record.Fail(want.With(claim.GotNotCalled()))
		}
		return len(seen) > 0, err
	}, want)
	if err != nil {
		return err
	}
	if len(seen) != 1 {
		return record.Fail(want.With(claim.GotSoMany(len(seen))))
	}
	if seen[0].Status != "scheduled" {
		return notScheduledError(s, want, seen[0])
	}
	ahead := seen[0].Scheduled.Sub(seen[0].Created)
	if off := ahead - time.Duration(seconds)*time.Second; off.Abs() > time.Minute {
		return record.Fail(want.With(claim.GotDelayed(ahead)))
	}
	return nil
}

// countAttempts counts the attempts of a handler, over all invocations of the script.
func countAttempts(s *script.Script, args []string) error {
	of, err := s.InvocationsOf(s.Ctx, args[0])
	if err != nil {
		return err
	}
	got := len(s.World.AttemptsOf(of))
	return requireCount(args[1], got, func(n claim.Count) claim.Claim { return claim.ExpectAttempts(args[0], n) })
}

// requireCount compares a count with the n or >=n of a script. expect makes the claim.
func requireCount(want string, got int, expect func(claim.Count) claim.Claim) error {
	n, err := claim.ParseCount(want)
	if err != nil || n.Holds(got) {
		return err
	}
	return record.Fail(expect(n).With(claim.GotCount(got)))
}
