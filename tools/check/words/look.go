package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
)

// pending: a call that was begun has not started, since its key is taken.
func pending(s *script.Script, args []string) error {
	if len(args) != 1 || s.Calls[args[0]] == nil {
		return fmt.Errorf("usage: pending name")
	}
	c := s.Calls[args[0]]
	want := c.Target.String() + " to wait for its turn"
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
		return false, record.Failf(want, "it is %s", i.Status)
	}, want)
}

// scheduled: a one-way call waits for its time, so many seconds after it was
// made.
func scheduled(s *script.Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: scheduled service/handler seconds")
	}
	seconds, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	want := fmt.Sprintf("one %s, scheduled %d s ahead", args[0], seconds)
	var seen []world.Invocation
	begun := time.Now()
	err = s.Poll(func() (bool, error) {
		seen, err = s.InvocationsOf(s.Ctx, args[0])
		if err == nil && len(seen) == 0 && time.Since(begun) > watchdog.Patience {
			err = uncalled(want)
		}
		return len(seen) > 0, err
	}, want)
	if err != nil {
		return err
	}
	if len(seen) != 1 {
		return record.Failf(want, "%d of them", len(seen))
	}
	if seen[0].Status != "scheduled" {
		return notScheduledError(s, want, seen[0])
	}
	ahead, err := between(seen[0].Created, seen[0].Scheduled)
	if err != nil {
		return err
	}
	if off := ahead - time.Duration(seconds)*time.Second; off.Abs() > time.Minute {
		return &record.ClaimError{Expected: want, Got: fmt.Sprintf("scheduled %v ahead", ahead.Round(time.Second)), Likely: delayLikely(ahead)}
	}
	return nil
}

func between(from, to string) (time.Duration, error) {
	a, err := time.Parse(time.RFC3339, from)
	if err != nil {
		return 0, err
	}
	b, err := time.Parse(time.RFC3339, to)
	return b.Sub(a), err
}

// attempts counts how often a handler was run, over all the invocations that
// the script caused.
func attempts(s *script.Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: attempts service/handler n|>=n")
	}
	of, err := s.InvocationsOf(s.Ctx, args[0])
	if err != nil {
		return err
	}
	got := len(s.World.AttemptsOf(of))
	return compare(args[1], got, "attempt", "of "+args[0])
}

// compare checks a count against n or >=n.
func compare(want string, got int, noun, of string) error {
	atLeast := strings.HasPrefix(want, ">=")
	n, err := strconv.Atoi(strings.TrimPrefix(want, ">="))
	if err != nil {
		return fmt.Errorf("%q is neither n nor >=n", want)
	}
	if got == n || atLeast && got > n {
		return nil
	}
	expected := fmt.Sprintf("%s %s", course.Count(n, noun), of)
	if atLeast {
		expected = "at least " + expected
	}
	return record.Failf(expected, "%d", got)
}
