package watchdog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/sandbox"
)

// Barrier is a barrier of the script's: who is to come, who is there.
type Barrier struct {
	Kind     string
	Subjects []string
	arrived  []string
	since    time.Time // when the last of those there came
}

// Patience is how long one request may wait for others that are to come at the
// same time. Those that do come within milliseconds.
const Patience = 3 * time.Second

// checkBarrier: some requests are at the barrier and the others do not come.
func (w *Watch) checkBarrier(ctx context.Context) error {
	m := w.Barrier
	if m == nil {
		return nil
	}
	there, err := w.arrived(ctx, m)
	if err != nil {
		return err
	}
	if len(there) != len(m.arrived) {
		m.arrived, m.since = there, time.Now()
	}
	if len(there) == 0 || time.Since(m.since) < Patience {
		return nil
	}
	why := "each result is waited for before the next request is made: make all steps first, then restate.Wait for them"
	if w.countSteps(ctx) >= len(m.Subjects) {
		why = "RunAsync begins nothing, it is begun when it is waited for: Result waits for this one alone, restate.Wait for all it is given"
	}
	missing := slices.DeleteFunc(slices.Clone(m.Subjects), func(id string) bool { return slices.Contains(there, id) })
	return &record.ClaimError{
		Expected: fmt.Sprintf("%d requests of %s under way at once", len(m.Subjects), m.Kind),
		Got:      fmt.Sprintf("%s waits for its answer, and nobody asks for %s meanwhile", strings.Join(there, ", "), strings.Join(missing, ", ")),
		Likely:   why,
	}
}

// countSteps are the steps that the script's attempts have announced.
func (w *Watch) countSteps(ctx context.Context) (n int) {
	for _, a := range w.OwnAttempts(ctx) {
		n = max(n, len(a.Steps))
	}
	return n
}

func (w *Watch) arrived(ctx context.Context, m *Barrier) (there []string, err error) {
	for _, id := range m.Subjects {
		open, err := w.World.Outside.Open(ctx, id)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(open, func(o sandbox.OpenRequest) bool { return string(o.Kind) == m.Kind && o.Held != "" }) {
			there = append(there, id)
		}
	}
	return there, nil
}
