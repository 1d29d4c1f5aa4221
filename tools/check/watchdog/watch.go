// Package watchdog decides, while a script waits, that what it waits for will not
// come. Restate's tables and the outside world show that: a handler that is paused,
// retried over and over, asleep, or waiting for a key that it has itself. So a wrong
// program is red within a second, and not when a time limit is up.
package watchdog

import (
	"context"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// Watch decides, while a script waits, that what it waits for will not come: it
// looks at Restate's tables and at the outside world. Time alone decides nothing
// that they could.
type Watch struct {
	World    *world.World
	Key      string                 // the script's own, $K
	Calls    map[string]*world.Call // begun, by the name that the script gave
	Only     *world.Call            // the one that is looked at, nil for all
	Held     string                 // where the program stands while a request is held
	HeldHow  string                 // how the last hold stops it, and what
	KilledAt string                 // where the program is to end
	Failing  int                    // requests that the script has fail
	Barrier  *Barrier               // a barrier, once there is one

	waits     map[string]int      // looks in a row that have seen an invocation wait for nobody
	heardAt   map[string]int      // retries of a cancelled invocation when its journal had the cancel
	Unchanged map[string]observed // what has not moved, by name
}

// New returns a Watch for the script with that key.
func New(w *world.World, key string) *Watch {
	return &Watch{World: w, Key: key, Calls: map[string]*world.Call{}, waits: map[string]int{}, heardAt: map[string]int{}, Unchanged: map[string]observed{}}
}

// isCancelled reports whether the script has cancelled one of its calls.
func (w *Watch) isCancelled() bool {
	for _, c := range w.Calls {
		if c.Cancelled {
			return true
		}
	}
	return false
}

// Look returns why the answer to c can't come any more, as far as Restate's tables
// know.
type Look func(ctx context.Context, c *world.Call) error

// LookEvery is the time between two regular looks of a wait, and soon the time to an early
// one while a request is held: a call that waits behind that request would wait on.
const (
	LookEvery = 200 * time.Millisecond
	soon      = 50 * time.Millisecond
)

// Looks sends each look that is due, until ctx ends. Some claims count the regular ones.
// Between them comes an early one when a request is held, and one when an attempt has
// failed so, or so often, that no later attempt will do better.
func (w *Watch) Looks(ctx context.Context) <-chan Look {
	due := make(chan Look)
	enough := w.maxRetries()
	doomed := w.World.Failures.Next(enough)
	var early <-chan time.Time
	if w.Held != "" {
		early = time.After(soon)
	}
	go func() {
		regular := time.NewTicker(LookEvery)
		defer regular.Stop()
		for {
			next := w.checkLost
			select {
			case <-regular.C:
				next = w.checkAll
			case <-doomed:
				doomed = w.World.Failures.Next(enough)
			case <-early:
			case <-ctx.Done():
				return
			}
			select {
			case due <- next:
			case <-ctx.Done():
				return
			}
		}
	}()
	return due
}

// checkAll takes the regular look, at all that can keep the answer from coming.
func (w *Watch) checkAll(ctx context.Context, c *world.Call) error {
	all, err := w.Invocations(ctx)
	if err != nil {
		return err
	}
	want := claim.ExpectAnswerFrom(c.Target.String())
	if err := w.checkLostAmong(ctx, all, c, want); err != nil {
		return err
	}
	if err := checkCallLoop(all, want); err != nil {
		return err
	}
	if err := w.checkHandlers(ctx, c, all, want); err != nil {
		return err
	}
	if err := checkOwnKey(all, want); err != nil {
		return err
	}
	return w.checkBarrier(ctx)
}

// checkLost takes the early look, at what one look is enough to decide.
func (w *Watch) checkLost(ctx context.Context, c *world.Call) error {
	all, err := w.Invocations(ctx)
	if err != nil {
		return err
	}
	return w.checkLostAmong(ctx, all, c, claim.ExpectAnswerFrom(c.Target.String()))
}

func (w *Watch) checkLostAmong(ctx context.Context, all []world.Invocation, c *world.Call, want claim.Claim) error {
	if err := w.CheckProgram(want); err != nil {
		return err
	}
	for _, i := range all {
		if err := w.CheckInvocation(ctx, i, want, c.Key); err != nil {
			return err
		}
	}
	return nil
}

// CheckProgram returns an error when the program has ended by itself.
func (w *Watch) CheckProgram(want claim.Claim) error {
	if w.KilledAt != "" || w.World.ProgramError() != nil {
		return nil
	}
	if p := w.World.DeadProgram(); p != nil {
		w.World.RecordDeath(p.Output())
		return record.Fail(want.With(claim.GotProgramEnded(world.Exit(p))))
	}
	return nil
}
