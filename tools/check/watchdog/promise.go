package watchdog

import (
	"fmt"
	"strings"
	"time"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// checkPromise: the call that the script waits for waits for a promise itself,
// and for no timer that goes off soon. Seen several times in a row, since what
// resolves it, or a cancel, may be on its way.
func (w *Watch) checkPromise(c *world.Call, i world.Invocation, entries []world.JournalEntry, expected string) error {
	open, until := 0, "there is no timer"
	for _, e := range entries {
		switch e.Type {
		case "Command: GetPromise":
			open++
		case "Notification: GetPromise":
			open--
		case "Command: Sleep":
			ahead := time.Until(e.WakeTime())
			if ahead < maxSleep {
				return nil
			}
			until = fmt.Sprintf("the timer has %v to go", ahead.Round(time.Minute))
		}
	}
	looks := 5
	if w.isCancelled() {
		looks = 15
	}
	// Of two promises one may stay open while the handler goes on.
	if w.waits[i.ID]++; open <= 0 || world.IsOpen(entries, "Run", "Call") {
		delete(w.waits, i.ID)
	}
	if w.waits[i.ID] < looks {
		return nil
	}
	red := &record.ClaimError{
		Expected: expected,
		Got:      fmt.Sprintf("none: %s/%s waits for a promise that nobody resolves, and %s", i.Service, i.Handler, until),
		Likely:   "a wait for a person needs an end: restate.After makes a timer, and restate.WaitFirst waits for either",
	}
	switch {
	case w.isCancelled():
		red.Likely = cause.WaitsOnWhy
	case c.Key != "": // it is not the run, which may wait for people
		red.Likely = "who asks for the status wants it now: read the row, or the state, and wait for nothing"
	case strings.HasPrefix(until, "the timer"):
		red.Likely = "the order waits longer than it should: o.ApprovalLimit is how long"
	}
	return red
}
