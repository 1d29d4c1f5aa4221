package check

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/sandbox"
)

// price sets a variable to what a sku costs, or so many of it:
// price TOTAL pen-$K 3.
func price(s *Script, args []string) error {
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
	s.ts.Setenv(args[0], strconv.FormatInt(times*cents, 10))
	return nil
}

// invocationsWord counts the invocations of a handler that the script caused.
func invocationsWord(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: invocations service/handler n|>=n")
	}
	of, err := s.of(args[0])
	if err != nil {
		return err
	}
	return compare(args[1], len(of), "invocation", "of "+args[0])
}

// completed waits until the script's invocations of a handler have ended well:
// a one-way call has no answer to wait for.
func completed(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: completed service/handler")
	}
	want := args[0] + " to be run and to end well"
	return s.poll(func() (bool, error) {
		of, err := s.of(args[0])
		if err != nil {
			return false, err
		}
		for _, i := range of {
			if err := s.hopeless(i, want, ""); err != nil {
				return false, err
			}
			if i.Outcome == "failure" {
				return false, wrongf(want, "it ended with %s", i.Refusal)
			}
		}
		return len(of) > 0 && !slices.ContainsFunc(of, func(i invocation) bool { return i.Status != "completed" }), nil
	}, want)
}

// meeting is a barrier of the script's: who is to come, who is there.
type meeting struct {
	kind  string
	all   []string
	there []string
	since time.Time // when the last of those there came
}

// patience is how long one request may wait for others that are to come at the
// same time. Those that do come within milliseconds.
const patience = 3 * time.Second

// waitsApart: some requests are at the barrier and the others do not come.
func (s *Script) waitsApart(ctx context.Context) error {
	m := s.meeting
	if m == nil {
		return nil
	}
	there, err := s.atBarrier(ctx, m)
	if err != nil {
		return err
	}
	if len(there) != len(m.there) {
		m.there, m.since = there, time.Now()
	}
	if len(there) == 0 || time.Since(m.since) < patience {
		return nil
	}
	missing := slices.DeleteFunc(slices.Clone(m.all), func(id string) bool { return slices.Contains(there, id) })
	return wrongf(fmt.Sprintf("%d requests of %s under way at once", len(m.all), m.kind),
		"%s waits for its answer, and %s %s not been asked yet", strings.Join(there, ", "), strings.Join(missing, ", "), has(missing))
}

func (s *Script) atBarrier(ctx context.Context, m *meeting) (there []string, err error) {
	for _, id := range m.all {
		open, err := s.world.outside.Open(ctx, id)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(open, func(o sandbox.OpenRequest) bool { return string(o.Kind) == m.kind && o.Held != "" }) {
			there = append(there, id)
		}
	}
	return there, nil
}

func has(list []string) string {
	if len(list) == 1 {
		return "has"
	}
	return "have"
}

// tooOften is how many calls of one handler by one invocation are taken for a
// loop that does not end.
const tooOften = 20

// callsOnAndOn: an invocation calls the same handler again and again.
func callsOnAndOn(all []invocation, expected string) error {
	n := map[string]int{}
	for _, i := range all {
		if i.Parent == "" {
			continue
		}
		id := i.Parent + " " + i.Service + "/" + i.Handler
		if n[id]++; n[id] < tooOften || i.Outcome != "failure" {
			continue
		}
		return wrongf(expected, "it calls %s/%s again and again, %d times so far, and each time the answer is %s", i.Service, i.Handler, n[id], i.Refusal)
	}
	return nil
}
