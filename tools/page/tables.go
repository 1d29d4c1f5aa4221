package page

import (
	"context"
	"sync"
	"time"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

// Tables tells the hub what Restate's tables have of the invocations that a proxy
// has seen move: their status, their journals, why attempts failed.
type Tables struct {
	hub   *Hub
	admin *restate.Admin

	mu    sync.Mutex
	moved map[string]movement // invocations that may have news

	// Of the one who looks.
	known map[string]*known
}

// movement is the last that was seen of an invocation.
type movement struct {
	subject string
	at      time.Time
}

// known is what was told of an invocation.
type known struct {
	about    Event // its id, what it calls, for whom
	status   string
	next     time.Time
	entries  int
	failures int
}

// NewTables is for the tables of a server, which may go down and come back.
func NewTables(h *Hub, admin *restate.Admin) *Tables {
	return &Tables{hub: h, admin: admin, moved: map[string]movement{}, known: map[string]*known{}}
}

// Attempts tells the tables whom to look for, and the hub what a proxy sees.
func (t *Tables) Attempts(e proxy.Event) {
	t.hub.Attempts(e)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moved[e.Attempt.Invocation] = movement{e.Attempt.Subject(), time.Now()}
}

const (
	// often is the least time between two looks. Each is a query of Restate's, so
	// the more it has to do the more rarely it is asked.
	often = 150 * time.Millisecond
	// atOnce is how many invocations are asked for in one query.
	atOnce = 200
	// settled is how long after its last message Restate's tables may lag.
	settled = time.Second
)

// Follow looks until ctx is done.
func (t *Tables) Follow(ctx context.Context) {
	for ctx.Err() == nil {
		begun := time.Now()
		t.look(ctx)
		web.Pause(ctx, max(often, 3*time.Since(begun)))
	}
}

// Settled says whether all that has moved was looked at.
func (t *Tables) Settled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.moved) == 0
}

// look asks for those that have moved, or for some of them: where there are too
// many, each has its turn by chance.
func (t *Tables) look(ctx context.Context) {
	var ids []string
	asked := time.Now()
	t.mu.Lock()
	for id, m := range t.moved {
		if ids = append(ids, id); t.known[id] == nil {
			t.known[id] = &known{about: Event{ID: id, Subject: m.subject}}
		}
		if len(ids) == atOnce {
			break
		}
	}
	t.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	if t.statuses(ctx, ids) != nil || t.journals(ctx, ids) != nil || t.failures(ctx, ids) != nil {
		return // the server is down; what was not told is told when it is back
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		status := t.known[id].status
		if status == "running" || status == "ready" || asked.Sub(t.moved[id].at) < settled {
			continue
		}
		if delete(t.moved, id); status == "completed" {
			delete(t.known, id)
		}
	}
}

func (t *Tables) statuses(ctx context.Context, ids []string) error {
	rows, err := t.admin.Invocations(ctx, restate.InvocationFilter{IDs: ids})
	for _, r := range rows {
		k := t.known[r.ID]
		if k.status == r.Status && k.next.Equal(r.NextRetry) {
			continue
		}
		k.status, k.next = r.Status, r.NextRetry
		k.about.Service, k.about.Key, k.about.Handler = r.Service, r.Key, r.Handler
		e := k.about
		e.What, e.Parent, e.How, e.Reason = Invocation, r.Parent, r.Status, r.Failure
		if !r.NextRetry.IsZero() {
			e.Next = &r.NextRetry
		}
		if r.Status == "completed" {
			e.T = r.Modified
		}
		t.hub.Add(e)
	}
	return err
}

func (t *Tables) journals(ctx context.Context, ids []string) error {
	entries, err := t.admin.Journal(ctx, ids...)
	for _, e := range entries {
		k := t.known[e.ID]
		if e.Index < k.entries {
			continue
		}
		k.entries = e.Index + 1
		told := k.about
		told.What, told.T, told.Index, told.How, told.Name, told.Reason = Journal, e.At, &e.Index, e.Type, e.About, e.Result
		t.hub.Add(told)
	}
	return err
}

func (t *Tables) failures(ctx context.Context, ids []string) error {
	rows, err := t.admin.JournalEvents(ctx, ids...)
	seen := map[string]int{}
	for _, r := range rows {
		k := t.known[r.ID]
		if seen[r.ID]++; seen[r.ID] <= k.failures {
			continue
		}
		k.failures = seen[r.ID]
		told := k.about
		told.What, told.T, told.Index, told.How, told.Reason, told.Name = Failure, r.At, &r.After, r.Type, r.Message, r.Step
		t.hub.Add(told)
	}
	return err
}
