package watchdog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// maxSleep is the longest sleep that a script waits for.
const maxSleep = time.Minute

// checkHandlers returns an error when a running invocation waits for an event that will
// not happen.
func (w *Watch) checkHandlers(ctx context.Context, c *world.Call, all []world.Invocation, want claim.Claim) error {
	all = slices.DeleteFunc(slices.Clone(all), func(i world.Invocation) bool {
		return i.Status != "running" && i.Status != "suspended"
	})
	journals, err := w.World.Journals(ctx, all)
	if err != nil {
		return err
	}
	for _, i := range all {
		entries := journals[i.ID]
		if c.Matches(i) { // an event may still end the wait of any other call
			if err := w.checkPromise(c, i, entries, want); err != nil {
				return err
			}
		}
		if err := CheckPolling(entries, want); err != nil {
			return err
		}
		if err := w.checkCancel(i, entries, want); err != nil {
			return err
		}
		if err := w.CheckIdle(ctx, i, entries, want); err != nil {
			return err
		}
		if err := w.CheckLongSleep(i, entries, want); err != nil {
			return err
		}
	}
	return nil
}

// messageGap is the longest time between two messages of an attempt. The wait for a
// promise may still follow a timer that is the last entry of the journal.
const messageGap = time.Second

// CheckLongSleep returns an error when an invocation has begun to sleep for longer than
// a script waits.
func (w *Watch) CheckLongSleep(i world.Invocation, entries []world.JournalEntry, want claim.Claim) error {
	ahead := time.Until(world.WakeTime(entries))
	if ahead < maxSleep || w.unchangedFor(i.ID+" asleep", fmt.Sprint(len(entries), " entries")) < messageGap {
		return nil
	}
	return record.Fail(want.With(claim.GotSleeps(i.HandlerName(), w.World.IsWorkflow(i.Service), ahead)))
}

// maxSleeps is the number of sleeps that counts as an endless loop.
const maxSleeps = 20

// CheckPolling returns an error when a handler polls: it sleeps, looks for an event, and
// sleeps again.
func CheckPolling(entries []world.JournalEntry, want claim.Claim) error {
	n := 0
	for _, e := range entries {
		if e.Type == "Command: Sleep" {
			n++
		}
	}
	if n < maxSleeps {
		return nil
	}
	return record.Fail(want.With(claim.GotSleepsAgain()))
}
