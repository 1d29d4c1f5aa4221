package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/sandbox"
)

// longEnough is how long a handler may run without anything that anybody sees.
const longEnough = 5 * time.Second

// stillness is since when an invocation stands as it does.
type stillness struct {
	stand string
	since time.Time
}

// stillFor is how long what goes by a name has been seen as it stands now.
func (s *Script) stillFor(name, stand string) time.Duration {
	if s.still == nil {
		s.still = map[string]stillness{}
	}
	if s.still[name].stand != stand {
		s.still[name] = stillness{stand, time.Now()}
	}
	return time.Since(s.still[name].since)
}

// idles: an invocation's handler runs, for long, and neither a step nor Restate
// nor the outside world keeps it waiting.
func (s *Script) idles(ctx context.Context, i invocation, entries []entry, expected string) error {
	tries := s.world.attemptsOf([]invocation{i})
	if len(tries) == 0 || i.Status != "running" {
		delete(s.still, i.ID)
		return nil
	}
	last := tries[len(tries)-1]
	if last.End != "" || !finished(last) || waitsForRestate(entries) {
		delete(s.still, i.ID)
		return nil
	}
	if s.stillFor(i.ID, fmt.Sprintf("attempt %d, %d entries", last.N, len(entries))) < longEnough {
		return nil
	}
	if asked, err := s.asksOutsideOfSteps(ctx); asked || err != nil {
		return err
	}
	w := &wrong{expected: expected, got: fmt.Sprintf("%s %v: %s/%s runs, and does nothing that anybody sees", noneWithin, longEnough, i.Service, i.Handler)}
	switch {
	case s.saw[cancelled]:
	case i.Key == "":
		w.likely = hangsWhy
	default:
		w.likely = waitsWithinWhy
	}
	return w
}

const (
	hangsWhy       = "the handler waits for something in the program itself: time.Sleep, a lock, or goroutines that use ctx, as only the handler itself may"
	waitsWithinWhy = "the handler waits for something in the program itself: a lock, perhaps, that another handler has"
)

// asksOutsideOfSteps says whether more requests of the script's are open than
// its steps account for.
func (s *Script) asksOutsideOfSteps(ctx context.Context) (bool, error) {
	open, err := s.world.outside.Open(ctx, "")
	if err != nil {
		return false, err
	}
	open = slices.DeleteFunc(open, func(o sandbox.OpenRequest) bool { return !strings.Contains(o.Subject, s.subject) })
	steps := 0
	for _, a := range s.ownAttempts(ctx) {
		for _, step := range a.Steps {
			if a.End == "" && step.How == "begun" {
				steps++
			}
		}
	}
	return len(open) > steps, nil
}

// noneWithin begins what a claim got that was waited for in vain.
const noneWithin = "none within"

// waitsForRestate says whether a journal has something that has not come yet: a
// step's result, an answer, a time.
func waitsForRestate(entries []entry) bool {
	return isOpen(entries, heardIn...) || isOpen(entries, "GetLazyState")
}

// isSignalled says whether a journal has a signal in it: a cancel is one.
func isSignalled(entries []entry) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.Type == "Notification: Signal" })
}

// isOpen says whether a journal has a command of one of these kinds that has had
// no answer.
func isOpen(entries []entry, kinds ...string) bool {
	open := map[string]int{}
	for _, e := range entries {
		if kind, ok := strings.CutPrefix(e.Type, "Command: "); ok {
			open[kind]++
		} else if kind, ok := strings.CutPrefix(e.Type, "Notification: "); ok {
			open[kind]--
		}
	}
	return slices.ContainsFunc(kinds, func(kind string) bool { return open[kind] > 0 })
}
