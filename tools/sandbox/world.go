package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
)

// world is the outside world at work. Its lock guards everything; nothing waits
// while it is held.
type world struct {
	config Config
	broke  func(error) // ends the process's service: the ledger can't be trusted

	mu      sync.Mutex
	changed chan struct{} // closed at each change, then made anew
	ledger  *ledger
	state   state
	script  script
	open    []*ask
}

// ask is a request that is being served.
type ask struct {
	Entry                                 // as the ledger has it
	act   func(w *world, ask Entry) Entry // does it, under the lock
	from  string                          // the caller's User-Agent
	held  Mode                            // where it is held now, or ""
	gate  chan struct{}                   // closed to let it go
}

func newWorld(c Config, broke func(error)) (*world, error) {
	l, err := openLedger(c.Ledger)
	if err != nil {
		return nil, err
	}
	w := &world{config: c, broke: broke, changed: make(chan struct{}), ledger: l, state: newState()}
	w.readBack()
	return w, nil
}

// readBack makes the state from the ledger, and ends what was open when the
// last process died.
func (w *world) readBack() {
	open := map[int]Entry{}
	for _, e := range slices.Clone(w.ledger.entries) {
		switch e.What {
		case Request:
			w.state.arrived(e)
			open[e.N] = e
		case Answer, Dropped:
			delete(open, e.Request)
		}
		if e.fresh() {
			w.state.settled(e)
		}
	}
	for _, e := range slices.Clone(w.ledger.entries) {
		if ask, ok := open[e.N]; ok {
			out := ask.ended(Dropped, 0)
			out.Detail = "when the sandbox died"
			w.note(out)
		}
	}
}

// ended is what became of the request e, to be noted.
func (e Entry) ended(what string, status int) Entry {
	e.Request, e.What, e.Status, e.Body = e.N, what, status, nil
	return e
}

// answer is an answer to the request e that does nothing.
func (e Entry) answer(status int, reply any) Entry {
	e = e.ended(Answer, status)
	e.Reply = mustJSON(reply)
	return e
}

// effect is an answer to the request e, something having been done.
func (e Entry) effect(id string, reply any) Entry {
	e = e.answer(200, reply)
	e.What, e.ID = Effect, id
	return e
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own structs of strings and numbers come here
	}
	return b
}

// note writes e to the ledger and wakes who waits for a change.
func (w *world) note(e Entry) Entry {
	e, err := w.ledger.append(e)
	if err != nil {
		w.broke(err)
	}
	w.wake()
	return e
}

func (w *world) wake() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// wait returns once is says yes, which it asks under the lock.
func (w *world) wait(ctx context.Context, is func() bool) error {
	for {
		w.mu.Lock()
		yes, changed := is(), w.changed
		w.mu.Unlock()
		if yes {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flush returns once the ledger is on the disk as far as entry n.
func (w *world) flush(n int) error {
	err := w.ledger.flush(n, w.last)
	if err != nil {
		w.broke(err)
	}
	return err
}

func (w *world) last() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.ledger.entries)
}

// arrive notes a request and opens it.
func (w *world) arrive(a *ask) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.Entry = w.note(a.Entry)
	w.state.arrived(a.Entry)
	w.open = append(w.open, a)
}

// act decides a request and does what it asks, at one moment for the whole
// world. An effect is in the ledger when it returns.
func (w *world) act(a *ask) Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.decide(a)
	if out.What == Effect {
		out = w.note(out)
	}
	if out.fresh() {
		w.state.settled(out)
	}
	return out
}

func (w *world) decide(a *ask) Entry {
	if f, ok := w.script.failure(a.Entry, 500, 599); ok {
		return f.answer(a.Entry)
	}
	if kept, ok := w.state.kept[slot{a.Kind, a.Key}]; ok {
		return w.again(a.Entry, kept)
	}
	if f, ok := w.script.failure(a.Entry, 400, 499); ok {
		return f.answer(a.Entry)
	}
	return a.act(w, a.Entry)
}

// AnotherBody is the detail of a 409 whose key was taken by another request.
const AnotherBody = "another body"

// again answers a key that has its final answer.
func (w *world) again(ask, kept Entry) Entry {
	if !bytes.Equal(ask.Body, w.ledger.entries[kept.Request-1].Body) {
		out := ask.answer(409, problem{"this key came with another body before"})
		out.Detail = AnotherBody
		return out
	}
	out := ask.ended(Answer, kept.Status)
	out.ID, out.Roll, out.AmountCents, out.Reply, out.Again = kept.ID, kept.Roll, kept.AmountCents, kept.Reply, true
	return out
}

// leave notes the end of a request and closes it. The line is there before the
// caller can read the answer.
func (w *world) leave(a *ask, end Entry) Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = slices.DeleteFunc(w.open, func(o *ask) bool { return o == a })
	return w.note(end)
}
