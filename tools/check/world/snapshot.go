package world

import (
	"context"
	"slices"
	"sync"

	"example.com/workbook/tools/restate"
)

// snapshots share Restate's table of invocations among the scripts that look at
// it at the same time: to read it is the dearest thing that a check does. A look
// gets what a query says that began after the look did.
type snapshots struct {
	asking sync.Mutex // one query at a time

	mu   sync.Mutex
	next *snapshot // what the next query will be told to
}

type snapshot struct {
	done chan struct{}
	all  []Invocation
	err  error
}

// AllInvocations returns every invocation that Restate knows of.
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

// query begins when the query before it is over. All callers that are waiting by then
// share it.
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
