package watchdog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/sandbox"
)

// idleLimit is how long a handler may run without doing anything that the check can see.
const idleLimit = 5 * time.Second

// observed is the state of an invocation, and since when it has been the same.
type observed struct {
	state string
	Since time.Time
}

// unchangedFor returns for how long the state kept under a name has been the same.
func (w *Watch) unchangedFor(name, state string) time.Duration {
	if w.Unchanged[name].state != state {
		w.Unchanged[name] = observed{state, time.Now()}
	}
	return time.Since(w.Unchanged[name].Since)
}

// CheckIdle returns an error when a handler runs for a long time and waits neither for a
// step, nor for Restate, nor for the outside world.
func (w *Watch) CheckIdle(ctx context.Context, i world.Invocation, entries []world.JournalEntry, want claim.Claim) error {
	tries := w.World.AttemptsOf([]world.Invocation{i})
	if len(tries) == 0 || i.Status != "running" {
		delete(w.Unchanged, i.ID)
		return nil
	}
	last := tries[len(tries)-1]
	if last.End != "" || !last.HasStepsDone() || world.WaitsForRestate(entries) {
		delete(w.Unchanged, i.ID)
		return nil
	}
	// While other calls get answers, the handler may only be slow, among a thousand others.
	if w.unchangedFor(i.ID, fmt.Sprintf("attempt %d, %d entries, %d answers", last.N, len(entries), w.countAnswered())) < idleLimit {
		return nil
	}
	if asked, err := w.asksOutsideSteps(ctx); asked || err != nil {
		return err
	}
	return record.Fail(want.With(claim.GotIdle(i.HandlerName(), i.Key, idleLimit)))
}

// asksOutsideSteps reports whether the script has more open requests than running
// steps.
func (w *Watch) asksOutsideSteps(ctx context.Context) (bool, error) {
	open, err := w.World.Outside.Open(ctx, "")
	if err != nil {
		return false, err
	}
	open = slices.DeleteFunc(open, func(o sandbox.OpenRequest) bool { return !strings.Contains(o.Subject, w.Key) })
	steps := 0
	for _, a := range w.OwnAttempts(ctx) {
		for _, step := range a.Steps {
			if a.End == "" && step.How == "begun" {
				steps++
			}
		}
	}
	return len(open) > steps, nil
}

// countAnswered returns how many calls of the script have an answer.
func (w *Watch) countAnswered() (n int) {
	for _, c := range w.Calls {
		if c.Answered() {
			n++
		}
	}
	return n
}
