package sandbox

import (
	"context"
	"slices"
	"time"
)

// run takes a request from its arrival to its end. It is false when there is
// nobody to answer, or nothing that may be said.
func (w *world) run(ctx context.Context, a *ask) (Entry, bool) {
	w.arrive(a)
	if !w.pass(ctx, a, Before) || !w.pass(ctx, a, barrier) || !w.dawdle(ctx, a) {
		gone := a.ended(Dropped, 0)
		gone.Detail = "before it acted"
		return w.leave(a, gone), false
	}
	out := w.act(a)
	sound := out.What != Effect || w.flush(out.N) == nil
	stays := w.pass(ctx, a, After) && !w.loses(a)
	end := out
	end.What = Answer
	if !stays || !sound {
		end.What = Dropped
	}
	end = w.leave(a, end)
	if out.What != Effect && out.binds() {
		sound = w.flush(end.N) == nil
	}
	return end, stays && sound
}

// binds says that an answer must be on the disk before its caller hears of it.
// A kept answer too: it may be another request's, on its way there still.
func (e Entry) binds() bool {
	return e.Again || e.fresh() && final(e.Status)
}

// pass holds a where a hold of this mode says so. It is false when the caller
// has gone away.
func (w *world) pass(ctx context.Context, a *ask, mode Mode) bool {
	if w.stop(a, mode) {
		select {
		case <-a.gate:
		case <-ctx.Done():
			w.giveUp(a)
		}
	}
	return ctx.Err() == nil
}

// loses says whether the answer to a is to get lost.
func (w *world) loses(a *ask) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.script.hold(a.Entry, Lost)
}

// stop says whether a must wait at this place.
func (w *world) stop(a *ask, mode Mode) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if mode == barrier {
		return w.assemble(a)
	}
	if !w.script.hold(a.Entry, mode) {
		return false
	}
	w.hold(a, mode)
	return true
}

// assemble brings a to a barrier that misses it. The last to come lets all go.
func (w *world) assemble(a *ask) (waits bool) {
	m := w.script.meet(a.Entry)
	if m == nil {
		return false
	}
	if len(m.missing) > 0 {
		m.waiting = append(m.waiting, a)
		w.hold(a, barrier)
		return true
	}
	w.script.part(m)
	for _, other := range m.waiting {
		w.letGo(other)
	}
	return false
}

func (w *world) hold(a *ask, mode Mode) {
	a.held, a.gate = mode, make(chan struct{})
	w.wake()
}

func (w *world) letGo(a *ask) {
	if a.held != "" {
		a.held = ""
		close(a.gate)
		w.wake()
	}
}

// giveUp takes a, whose caller has gone, from the place where it is held.
func (w *world) giveUp(a *ask) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.script.unmeet(a, true)
	w.letGo(a)
}

// dawdle waits for as long as a takes. It is false when the caller has gone
// away.
func (w *world) dawdle(ctx context.Context, a *ask) bool {
	if d := w.latency(a.Entry); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

func (w *world) latency(e Entry) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Kind == Charge {
		return w.script.latency(e, w.config.Latency)
	}
	return w.script.latency(e, 0)
}

// release lets held requests go, the oldest alone or all, and returns how many.
func (w *world) release(kind Kind, subject string, one bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range slices.Clone(w.open) {
		if a.held != "" && a.about(kind, subject) && !(one && n > 0) {
			w.script.unmeet(a, false)
			w.letGo(a)
			n++
		}
	}
	return n
}

// clear forgets what was scripted for subject, and lets its requests go.
func (w *world) clear(subject string) int {
	w.mu.Lock()
	w.script.forget(subject)
	w.mu.Unlock()
	return w.release("", subject, false)
}
