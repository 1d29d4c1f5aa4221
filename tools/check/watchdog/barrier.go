package watchdog

import (
	"context"
	"slices"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/sandbox"
)

// Barrier stops requests until there is one for each of its subjects.
type Barrier struct {
	Kind     string
	Subjects []string
	arrived  []string
	since    time.Time // when the last request arrived
}

// Patience is how long one request may wait for the others at a barrier. Requests that
// are sent at the same time arrive within milliseconds.
const Patience = 3 * time.Second

// checkBarrier returns an error when some requests wait at the barrier and the others
// do not arrive.
func (w *Watch) checkBarrier(ctx context.Context) error {
	m := w.Barrier
	if m == nil {
		return nil
	}
	there, err := w.subjectsAt(ctx, m)
	if err != nil {
		return err
	}
	if len(there) != len(m.arrived) {
		m.arrived, m.since = there, time.Now()
	}
	if len(there) == 0 || time.Since(m.since) < Patience {
		return nil
	}
	missing := slices.DeleteFunc(slices.Clone(m.Subjects), func(id string) bool { return slices.Contains(there, id) })
	want := claim.ExpectGathering(m.Kind, len(m.Subjects))
	return record.Fail(want.With(claim.GotRunsApart(there, missing, w.countSteps(ctx))))
}

// countSteps returns the largest number of steps that an attempt of the script has
// announced.
func (w *Watch) countSteps(ctx context.Context) (n int) {
	for _, a := range w.OwnAttempts(ctx) {
		n = max(n, len(a.Steps))
	}
	return n
}

// subjectsAt returns the subjects whose requests are at the barrier.
func (w *Watch) subjectsAt(ctx context.Context, m *Barrier) (there []string, err error) {
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
