package world

import (
	"context"
	"slices"
	"sync"

	"example.com/workbook/tools/restate"
)

// snapshots shares Restate's table of invocations among the scripts that look at it at
// the same time, because reading the table costs a check more than anything else. A look
// gets the result of a query that began after the look.
type snapshots struct {
	asking sync.Mutex // one query at a time

	mu   sync.Mutex
	next *snapshot // for the result of the next query
}

type snapshot struct {
	done chan struct{}
	all  []Invocation
	err  error
}

// AllInvocations returns every invocation in the table of Restate.
func (w *World) AllInvocations(ctx context.Context) ([]Invocation, error) {
	s := w.snapshots.join(w)
	select {
	case <-s.done:
		return slices.Clone(s.all), s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (q *snapshots) join(w *World) *snapshot {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == nil {
		q.next = &snapshot{done: make(chan struct{})}
		go q.query(w)
	}
	return q.next
}

// query begins when the query before it is over. All callers that wait at that time share
// its result.
func (q *snapshots) query(w *World) {
	q.asking.Lock()
	defer q.asking.Unlock()
	q.mu.Lock()
	s := q.next
	q.next = nil
	q.mu.Unlock()
	w.serving.RLock()
	defer w.serving.RUnlock()
	ctx, cancel := context.WithTimeout(context.Background(), CallLimit)
	defer cancel()
	s.all, s.err = w.Server.Admin().Invocations(ctx, restate.InvocationFilter{})
	close(s.done)
}
