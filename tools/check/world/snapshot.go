package world

import (
	"context"
	"maps"
	"slices"
	"sync"

	"example.com/workbook/tools/restate"
)

// sharedQuery shares the queries of a table of Restate among the scripts that look at it at
// the same time, because these queries cost a check more than anything else. A look gets
// the result of a query that began after the look.
type sharedQuery[Rows any] struct {
	asking sync.Mutex // one query at a time

	mu   sync.Mutex
	next *pendingQuery[Rows] // for the looks that come while another query runs
}

type pendingQuery[Rows any] struct {
	ids  map[string]bool // what the looks are about
	done chan struct{}
	rows Rows
	err  error
}

// look returns the rows of the next query, which is about these ids and those of other
// looks.
func (q *sharedQuery[Rows]) look(ctx context.Context, w *World, ids []string, ask func(context.Context, []string) (Rows, error)) (rows Rows, err error) {
	p := q.join(w, ids, ask)
	select {
	case <-p.done:
		return p.rows, p.err
	case <-ctx.Done():
		return rows, ctx.Err()
	}
}

func (q *sharedQuery[Rows]) join(w *World, ids []string, ask func(context.Context, []string) (Rows, error)) *pendingQuery[Rows] {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == nil {
		q.next = &pendingQuery[Rows]{ids: map[string]bool{}, done: make(chan struct{})}
		go q.run(w, ask)
	}
	for _, id := range ids {
		q.next.ids[id] = true
	}
	return q.next
}

// run begins the query when the query before it is over. All callers that wait at that time
// share its result.
func (q *sharedQuery[Rows]) run(w *World, ask func(context.Context, []string) (Rows, error)) {
	q.asking.Lock()
	defer q.asking.Unlock()
	q.mu.Lock()
	p := q.next
	q.next = nil
	q.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), CallLimit)
	defer cancel()
	p.rows, p.err = askServing(ctx, w, func(ctx context.Context) (Rows, error) {
		return ask(ctx, slices.Sorted(maps.Keys(p.ids)))
	})
	close(p.done)
}

// AllInvocations returns every invocation in the table of Restate.
func (w *World) AllInvocations(ctx context.Context) ([]Invocation, error) {
	all, err := w.invocations.look(ctx, w, nil, func(ctx context.Context, _ []string) ([]Invocation, error) {
		return w.Server.Admin().Invocations(ctx, restate.InvocationFilter{})
	})
	return slices.Clone(all), err
}

// Journals returns the journals of invocations, by their ids. Other looks share the map,
// which may have more journals and must not be changed.
func (w *World) Journals(ctx context.Context, of []Invocation) (map[string][]JournalEntry, error) {
	if len(of) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(of))
	for _, i := range of {
		ids = append(ids, i.ID)
	}
	return w.journals.look(ctx, w, ids, func(ctx context.Context, ids []string) (map[string][]JournalEntry, error) {
		entries, err := w.Server.Admin().Journal(ctx, ids...)
		journals := map[string][]JournalEntry{}
		for _, e := range entries {
			journals[e.ID] = append(journals[e.ID], e)
		}
		return journals, err
	})
}

// Journal returns an invocation's journal.
func (w *World) Journal(ctx context.Context, id string) ([]JournalEntry, error) {
	journals, err := w.Journals(ctx, []Invocation{{ID: id}})
	return journals[id], err
}
