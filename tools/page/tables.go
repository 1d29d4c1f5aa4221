package page

import (
	"context"
	"sync"
	"time"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

// Tables adds to the hub what Restate's tables contain about the invocations that a
// proxy has seen move: their status, their journals, and why attempts failed.
type Tables struct {
	hub   *Hub
	admin *restate.Admin

	mu    sync.Mutex
	moved map[string]movement // invocations that may have changed

	// Used by Follow only.
	known map[string]*reported
}

// movement is the latest sighting of an invocation by a proxy.
type movement struct {
	subject string
	at      time.Time
}

// reported is what the hub has got of an invocation.
type reported struct {
	about    Event // its id, what it calls, for whom
	status   string
	pinned   string // to which deployment
	next     time.Time
	entries  int
	failures int
}

// NewTables reads the tables of a server, which may stop and start again.
func NewTables(h *Hub, admin *restate.Admin) *Tables {
	return &Tables{hub: h, admin: admin, moved: map[string]movement{}, known: map[string]*reported{}}
}

// Attempts records which invocation to look for, and passes the event to the hub. unit is the
// process that the attempt goes to, "" where there is one only.
func (t *Tables) Attempts(e proxy.Event, unit string) {
	t.hub.Attempts(e, unit)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moved[e.Attempt.Invocation] = movement{e.Attempt.Subject(), time.Now()}
}

const (
	// minQueryInterval is the least time between two queries. The longer a query takes, the
	// longer the pause after it.
	minQueryInterval = 150 * time.Millisecond
	// maxIDs is how many invocations are in one query.
	maxIDs = 200
	// maxLag is how long after its last message Restate's tables may lag behind.
	maxLag = time.Second
)

// Follow queries the tables until ctx is done.
func (t *Tables) Follow(ctx context.Context) {
	go t.admin.FollowStuck(ctx, t.addStuck, t.addFree)
	for ctx.Err() == nil {
		begun := time.Now()
		t.update(ctx)
		web.Pause(ctx, max(minQueryInterval, 3*time.Since(begun)))
	}
}

// addStuck adds an invocation that does not go on by itself. The proxy sees no message of an
// invocation that somebody has paused, or that waits for its object key.
func (t *Tables) addStuck(i restate.Stuck, _ bool) {
	e := t.requestLook(i.Invocation)
	e.How, e.Name, e.Lines = i.Status, i.Target()+" "+i.Headline(), i.Lines()
	t.hub.Add(e)
}

// addFree adds that an invocation goes on again, or has ended.
func (t *Tables) addFree(i restate.Invocation) { t.hub.Add(t.requestLook(i)) }

// requestLook requests that the tables are read for an invocation, and returns the
// beginning of an event about it. Without an object key, only the proxy knows for whom it
// is.
func (t *Tables) requestLook(i restate.Invocation) Event {
	e := Event{What: Stuck, ID: i.ID, Service: i.Service, Key: i.Key, Handler: i.Handler, Parent: i.Parent}
	if i.Key != "" {
		e.Subject = proxy.SubjectOfKey(i.Key)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moved[i.ID] = movement{e.Subject, time.Now()}
	return e
}

// IsSettled reports whether the tables were read after the last movement.
func (t *Tables) IsSettled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.moved) == 0
}

// update queries the invocations that have moved. If there are too many, it takes some
// at random.
func (t *Tables) update(ctx context.Context) {
	var ids []string
	asked := time.Now()
	t.mu.Lock()
	for id, m := range t.moved {
		if ids = append(ids, id); t.known[id] == nil {
			t.known[id] = &reported{about: Event{ID: id, Subject: m.subject}}
		}
		if len(ids) == maxIDs {
			break
		}
	}
	t.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	if t.addStatuses(ctx, ids) != nil || t.addJournals(ctx, ids) != nil || t.addFailures(ctx, ids) != nil {
		return // the server is down; the rest is read when it is back
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		status := t.known[id].status
		if status == "running" || status == "ready" || asked.Sub(t.moved[id].at) < maxLag {
			continue
		}
		if delete(t.moved, id); status == "completed" {
			delete(t.known, id)
		}
	}
}

func (t *Tables) addStatuses(ctx context.Context, ids []string) error {
	rows, err := t.admin.Invocations(ctx, restate.InvocationFilter{IDs: ids})
	for _, r := range rows {
		k := t.known[r.ID]
		if k.status == r.Status && k.next.Equal(r.NextRetry) && k.pinned == r.Deployment {
			continue
		}
		k.status, k.next, k.pinned = r.Status, r.NextRetry, r.Deployment
		k.about.Service, k.about.Key, k.about.Handler = r.Service, r.Key, r.Handler
		e := k.about
		e.What, e.Parent, e.How, e.Reason, e.Deployment = Invocation, r.Parent, r.Status, r.Failure, r.Deployment
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

func (t *Tables) addJournals(ctx context.Context, ids []string) error {
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

func (t *Tables) addFailures(ctx context.Context, ids []string) error {
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
