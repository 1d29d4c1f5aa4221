package watchdog

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// maxSleep is a sleep that nobody waits for to end.
const maxSleep = time.Minute

// checkHandlers returns an error when an invocation that runs waits for what does
// not come.
func (w *Watch) checkHandlers(ctx context.Context, c *world.Call, all []world.Invocation, want claim.Claim) error {
	for _, i := range all {
		if i.Status != "running" && i.Status != "suspended" {
			continue
		}
		entries, err := w.World.Journal(ctx, i.ID)
		if err != nil {
			return err
		}
		if c.Matches(i) { // another may be about to be told what it waits for
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

// messageGap is how long one message of an attempt may follow another: a timer that
// stands alone in the journal may have a promise behind it.
const messageGap = time.Second

// CheckLongSleep returns an error when an invocation has begun to sleep, for longer
// than anybody waits.
func (w *Watch) CheckLongSleep(i world.Invocation, entries []world.JournalEntry, want claim.Claim) error {
	ahead := time.Until(world.WakeTime(entries))
	if ahead < maxSleep || w.unchangedFor(i.ID+" asleep", fmt.Sprint(len(entries), " entries")) < messageGap {
		return nil
	}
	return record.Fail(want.With(claim.GotSleeps(i.HandlerName(), w.World.IsWorkflow(i.Service), ahead)))
}

// maxSleeps is how many sleeps are taken for a loop.
const maxSleeps = 20

// CheckPolling returns an error when a handler looks whether something has happened,
// again and again.
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
