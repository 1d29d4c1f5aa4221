package words

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/sandbox"
)

// price sets a variable to what a sku costs, or so many of it:
// price TOTAL pen-$K 3.
func price(s *script.Script, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: price NAME sku [times]")
	}
	times := int64(1)
	if len(args) == 3 {
		var err error
		if times, err = strconv.ParseInt(args[2], 10, 64); err != nil {
			return err
		}
	}
	cents, ok := sandbox.PriceOf(args[1])
	if !ok {
		return fmt.Errorf("%s has no price", args[1])
	}
	s.TestScript.Setenv(args[0], strconv.FormatInt(times*cents, 10))
	return nil
}

// invocationsWord counts the invocations of a handler that the script caused.
func invocationsWord(s *script.Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: invocations service/handler n|>=n")
	}
	of, err := s.InvocationsOf(s.Ctx, args[0])
	if err != nil {
		return err
	}
	return compare(args[1], len(of), "invocation", "of "+args[0])
}

// completed waits until the script's invocations of a handler have ended well:
// a one-way call has no answer to wait for.
func completed(s *script.Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: completed service/handler")
	}
	want := args[0] + " to be run and to end well"
	begun := time.Now()
	return s.Poll(func() (bool, error) {
		of, err := s.InvocationsOf(s.Ctx, args[0])
		if err != nil {
			return false, err
		}
		if len(of) == 0 && time.Since(begun) > watchdog.Patience {
			return false, uncalled(want)
		}
		if err := s.CheckProgram(want); err != nil {
			return false, err
		}
		for _, i := range of {
			if err := s.CheckInvocation(s.Ctx, i, want, ""); err != nil {
				return false, err
			}
			if i.Outcome == "failure" {
				return false, record.Failf(want, "it ended with %s", i.Refusal)
			}
		}
		return len(of) > 0 && !slices.ContainsFunc(of, func(i world.Invocation) bool { return i.Status != "completed" }), nil
	}, want)
}

const tinyDelay = "it was sent without a delay, or with a tiny one: time.Duration(3600) is 3600 nanoseconds"

// notScheduledError says why a call that should wait does not.
func notScheduledError(s *script.Script, want string, i world.Invocation) error {
	w := &record.ClaimError{Expected: want, Got: "it was not kept waiting, and is " + i.Status}
	var by []struct {
		Type string `json:"entry_type"`
	}
	err := s.World.Server.Admin().Query(s.Ctx,
		`SELECT entry_type FROM sys_journal WHERE id = '`+i.Parent+`' AND entry_lite_json LIKE '%"invocation_id":"`+i.ID+`"%'`, &by)
	if err != nil {
		return err
	}
	for _, e := range by {
		switch e.Type {
		case "Command: Call":
			w.Likely = "Request calls now and waits for the answer; Send does neither, and takes restate.WithDelay"
		case "Command: OneWayCall":
			w.Likely = tinyDelay
		}
	}
	return w
}

// delayLikely is why a delay is not the one that was asked for.
func delayLikely(ahead time.Duration) string {
	if ahead < time.Second {
		return tinyDelay
	}
	return "a time.Duration is a number times its unit: so many seconds are time.Duration(n) * time.Second"
}
