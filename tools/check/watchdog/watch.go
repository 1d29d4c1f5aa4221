// Package watchdog ends a script's wait as soon as the awaited event can no longer
// happen. Restate's tables and the outside world show this: for example, a handler is
// paused, is retried over and over, sleeps, or waits for an object key that it holds.
// So the check of a wrong program fails within a second, and not after a time limit.
package watchdog

import (
	"context"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// Watch ends a script's wait as soon as the awaited event can no longer happen. Watch
// looks at Restate's tables and at the outside world. A time limit decides only if these
// show nothing.
type Watch struct {
	World      *world.World
	Key        string                 // the key of the script, $K
	Calls      map[string]*world.Call // of the script, by their names in it
	Only       *world.Call            // the only call to watch, nil for all
	Held       string                 // in words, where the program is while a request is held
	HeldHow    string                 // how and what the last hold word stops
	KilledAt   string                 // in words, where the program is to end
	HasDied    bool                   // the program has ended there, and the word killed has not started it again
	Failing    int                    // number of requests that the script makes fail
	AllFailing bool                   // the script makes all requests of a kind fail
	Barrier    *Barrier               // nil while there is no barrier
	Denies     bool                   // the script makes the database refuse rows

	waits     map[string]int      // looks in a row that found an invocation waiting in vain
	heardAt   map[string]int      // retries of a cancelled invocation when the cancel reached its journal
	Unchanged map[string]observed // what has stayed the same, by name
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

// Look returns why the answer to c cannot come any more, or nil if Restate's tables do
// not show that.
type Look func(ctx context.Context, c *world.Call) error

// LookEvery is the time between two regular looks of a wait. soon is the time to an early
// look while a request is held, because a call may wait for that request.
const (
	LookEvery = 200 * time.Millisecond
	soon      = 50 * time.Millisecond
)

// Looks sends each look when it is due, until ctx ends. Some claims count the regular
// looks. An early look comes in between while a request is held, and another one when an
// attempt has failed and later attempts will fail too.
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

// checkAll takes the regular look, at everything that can prevent the answer.
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

// checkLost takes the early look, at the things that a single look can decide.
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
