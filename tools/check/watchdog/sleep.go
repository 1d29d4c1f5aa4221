package watchdog

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// maxSleep is a sleep that nobody waits for to end.
const maxSleep = time.Minute

// checkHandlers: an invocation sleeps for so long that no answer to c will come, and
// has nothing else to wait for.
func (w *Watch) checkHandlers(ctx context.Context, c *world.Call, all []world.Invocation, expected string) error {
	for _, i := range all {
		if i.Status != "running" && i.Status != "suspended" {
			continue
		}
		entries, err := w.World.Journal(ctx, i.ID)
		if err != nil {
			return err
		}
		if c.Matches(i) { // another may be about to be told what it waits for
			if err := w.checkPromise(c, i, entries, expected); err != nil {
				return err
			}
		}
		if err := CheckPolling(entries, expected); err != nil {
			return err
		}
		if err := w.checkCancel(i, entries, expected); err != nil {
			return err
		}
		if err := w.CheckIdle(ctx, i, entries, expected); err != nil {
			return err
		}
		if err := w.CheckLongSleep(i, entries, expected); err != nil {
			return err
		}
	}
	return nil
}

// messageGap is how long one message of an attempt may follow another: a timer that
// stands alone in the journal may have a promise behind it.
const messageGap = time.Second

// CheckLongSleep: an invocation has begun to sleep, for longer than anybody waits.
func (w *Watch) CheckLongSleep(i world.Invocation, entries []world.JournalEntry, expected string) error {
	ahead := time.Until(world.WakeTime(entries))
	if ahead < maxSleep || w.unchangedFor(i.ID+" asleep", fmt.Sprint(len(entries), " entries")) < messageGap {
		return nil
	}
	red := &record.ClaimError{
		Expected: expected,
		Got:      fmt.Sprintf("none: %s/%s sleeps, for %v more", i.Service, i.Handler, ahead.Round(time.Second)),
		Likely:   "who sleeps does not answer: Send with restate.WithDelay leaves the waiting to Restate",
	}
	if w.World.IsWorkflow(i.Service) {
		red.Likely = "who sleeps hears nothing meanwhile: restate.WaitFirst waits for a promise and for a timer, whichever comes first"
	}
	return red
}

// maxSleeps is how many sleeps are taken for a loop.
const maxSleeps = 20

// CheckPolling: a handler looks whether something has happened, again and again.
func CheckPolling(entries []world.JournalEntry, expected string) error {
	n := 0
	for _, e := range entries {
		if e.Type == "Command: Sleep" {
			n++
		}
	}
	if n < maxSleeps {
		return nil
	}
	return &record.ClaimError{Expected: expected, Got: "it sleeps, looks, and sleeps again", Likely: cause.PromiseWhy}
}
