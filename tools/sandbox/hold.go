package sandbox

import (
	"context"
	"slices"
	"time"
)

// handleRequest handles a request from its arrival to its end. It returns false if the caller has
// gone away, if a rule says that the answer is lost, or if the answer could not be stored.
func (w *world) handleRequest(ctx context.Context, a *pending) (Entry, bool) {
	w.openRequest(a)
	if !w.passHold(ctx, a, Before) || !w.passHold(ctx, a, barrier) || !w.waitLatency(ctx, a) {
		gone := a.withOutcome(Dropped, 0)
		gone.Detail = "before it acted"
		return w.closeRequest(a, gone), false
	}
	out := w.applyRequest(a)
	sound := out.What != Effect || w.flushLedger(out.N) == nil
	stays := w.passHold(ctx, a, After) && !w.takeLost(a)
	end := out
	end.What = Answer
	if !stays || !sound {
		end.What = Dropped
	}
	end = w.closeRequest(a, end)
	if out.What != Effect && out.isBinding() {
		sound = w.flushLedger(end.N) == nil
	}
	return end, stays && sound
}

// isBinding reports whether an answer must be on disk before its caller gets it. That includes a
// repeated answer: the request that got the answer first may still be writing it to the disk.
func (e Entry) isBinding() bool {
	return e.Again || e.isFirstOutcome() && isFinal(e.Status)
}

// passHold waits while a hold of this mode stops a. It returns false if the caller has gone away.
func (w *world) passHold(ctx context.Context, a *pending, mode Mode) bool {
	if w.startHold(a, mode) {
		select {
		case <-a.gate:
		case <-ctx.Done():
			w.dropHeld(a)
		}
	}
	return ctx.Err() == nil
}

// takeLost reports whether a rule says that the answer to a is lost, and counts this use of the
// rule.
func (w *world) takeLost(a *pending) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.script.takeHold(a.Entry, Lost)
}

// startHold reports whether a must wait at this place, and marks it as held.
func (w *world) startHold(a *pending, mode Mode) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if mode == barrier {
		return w.waitAtBarrier(a)
	}
	if !w.script.takeHold(a.Entry, mode) {
		return false
	}
	w.markHeld(a, mode)
	return true
}

// waitAtBarrier reports whether a must wait at a barrier. The last request for which a barrier
// waits releases all requests.
func (w *world) waitAtBarrier(a *pending) (waits bool) {
	m := w.script.joinBarrier(a.Entry)
	if m == nil {
		return false
	}
	if len(m.missing) > 0 {
		m.waiting = append(m.waiting, a)
		w.markHeld(a, barrier)
		return true
	}
	w.script.removeBarrier(m)
	for _, other := range m.waiting {
		w.letGo(other)
	}
	return false
}

func (w *world) markHeld(a *pending, mode Mode) {
	a.held, a.gate = mode, make(chan struct{})
	w.notifyWaiters()
}

func (w *world) letGo(a *pending) {
	if a.held != "" {
		a.held = ""
		close(a.gate)
		w.notifyWaiters()
	}
}

// dropHeld ends the hold of a request whose caller has gone away.
func (w *world) dropHeld(a *pending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.script.leaveBarrier(a, true)
	w.letGo(a)
}

// waitLatency waits for the latency of a. It returns false if the caller has gone away.
func (w *world) waitLatency(ctx context.Context, a *pending) bool {
	if d := w.latencyOf(a.Entry); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

func (w *world) latencyOf(e Entry) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Kind == Charge {
		return w.script.latencyFor(e, w.config.Latency)
	}
	return w.script.latencyFor(e, 0)
}

// releaseHeld releases all held requests, or only the oldest one, and returns how many it has
// released.
func (w *world) releaseHeld(kind Kind, subject string, one bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range slices.Clone(w.open) {
		if a.held != "" && a.matches(kind, subject) && !(one && n > 0) {
			w.script.leaveBarrier(a, false)
			w.letGo(a)
			n++
		}
	}
	return n
}

// clearScript removes the rules for a subject, and releases its requests.
func (w *world) clearScript(subject string) int {
	w.mu.Lock()
	w.script.removeRules(subject)
	w.mu.Unlock()
	return w.releaseHeld("", subject, false)
}
