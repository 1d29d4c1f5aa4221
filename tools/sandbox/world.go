package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
)

// world has the state of the outside world. Its lock guards all fields. No code waits while it
// holds the lock.
type world struct {
	config    Config
	onFailure func(error) // ends the sandbox, because the ledger is no longer complete

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	ledger  *ledger
	state   state
	script  script
	open    []*pending
}

// pending is a request that is being served.
type pending struct {
	Entry                                     // as in the ledger
	act   func(w *world, request Entry) Entry // decides about the request and acts; called with the lock held
	from  string                              // the caller's User-Agent
	held  Mode                                // where the request is held now, or ""
	gate  chan struct{}                       // closed to release the request
}

func newWorld(c Config, broke func(error)) (*world, error) {
	l, err := openLedger(c.Ledger)
	if err != nil {
		return nil, err
	}
	w := &world{config: c, onFailure: broke, changed: make(chan struct{}), ledger: l, state: newState()}
	w.readBack()
	return w, nil
}

// readBack computes the state from the ledger, and ends the requests that were open when the last
// process ended.
func (w *world) readBack() {
	open := map[int]Entry{}
	for _, e := range slices.Clone(w.ledger.entries) {
		switch e.What {
		case Request:
			w.state.addRequest(e)
			open[e.N] = e
		case Answer, Dropped:
			delete(open, e.Request)
		}
		if e.isFirstOutcome() {
			w.state.addOutcome(e)
		}
	}
	for _, e := range slices.Clone(w.ledger.entries) {
		if request, ok := open[e.N]; ok {
			out := request.withOutcome(Dropped, 0)
			out.Detail = "when the sandbox died"
			w.addEntry(out)
		}
	}
}

// withOutcome returns the entry that ends the request e.
func (e Entry) withOutcome(what string, status int) Entry {
	e.Request, e.What, e.Status, e.Body = e.N, what, status, nil
	return e
}

// withAnswer returns the answer to a request e that has no effect.
func (e Entry) withAnswer(status int, reply any) Entry {
	e = e.withOutcome(Answer, status)
	e.Reply = mustJSON(reply)
	return e
}

// withEffect returns the answer to a request e that had an effect.
func (e Entry) withEffect(id string, reply any) Entry {
	e = e.withAnswer(200, reply)
	e.What, e.ID = Effect, id
	return e
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // all replies are structs of this package, with strings and numbers only
	}
	return b
}

// addEntry writes e to the ledger, and wakes all callers of waitUntil.
func (w *world) addEntry(e Entry) Entry {
	e, err := w.ledger.appendEntry(e)
	if err != nil {
		w.onFailure(err)
	}
	w.notifyWaiters()
	return e
}

func (w *world) notifyWaiters() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// waitUntil waits until condition returns true. It calls condition with the lock held.
func (w *world) waitUntil(ctx context.Context, condition func() bool) error {
	for {
		w.mu.Lock()
		met, changed := condition(), w.changed
		w.mu.Unlock()
		if met {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flushLedger returns when all entries up to entry n are on disk.
func (w *world) flushLedger(n int) error {
	err := w.ledger.syncTo(n, w.entryCount)
	if err != nil {
		w.onFailure(err)
	}
	return err
}

func (w *world) entryCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.ledger.entries)
}

// openRequest records the arrival of a request.
func (w *world) openRequest(a *pending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.Entry = w.addEntry(a.Entry)
	w.state.addRequest(a.Entry)
	w.open = append(w.open, a)
}

// applyRequest decides about a request and does what the request asks, under one lock. When
// applyRequest returns, the effect is in the ledger.
func (w *world) applyRequest(a *pending) Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.decideOutcome(a)
	if out.What == Effect {
		out = w.addEntry(out)
	}
	if out.isFirstOutcome() {
		w.state.addOutcome(out)
	}
	return out
}

func (w *world) decideOutcome(a *pending) Entry {
	if f, ok := w.script.takeFailure(a.Entry, 500, 599); ok {
		return f.answerTo(a.Entry)
	}
	if kept, ok := w.state.kept[slot{a.Kind, a.Key}]; ok {
		return w.repeatAnswer(a.Entry, kept)
	}
	if f, ok := w.script.takeFailure(a.Entry, 400, 499); ok {
		return f.answerTo(a.Entry)
	}
	return a.act(w, a.Entry)
}

// AnotherBody is the detail of a 409: the same key came before with another body.
const AnotherBody = "another body"

// repeatAnswer answers a key that has a final answer.
func (w *world) repeatAnswer(request, kept Entry) Entry {
	if !bytes.Equal(request.Body, w.ledger.entries[kept.Request-1].Body) {
		out := request.withAnswer(409, problem{"this key came with another body before"})
		out.Detail = AnotherBody
		return out
	}
	out := request.withOutcome(Answer, kept.Status)
	out.ID, out.Roll, out.AmountCents, out.Reply, out.Again = kept.ID, kept.Roll, kept.AmountCents, kept.Reply, true
	return out
}

// closeRequest records the end of a request. It writes the entry before the caller can read the
// answer.
func (w *world) closeRequest(a *pending, end Entry) Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = slices.DeleteFunc(w.open, func(o *pending) bool { return o == a })
	return w.addEntry(end)
}
