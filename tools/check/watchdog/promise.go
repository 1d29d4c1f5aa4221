package watchdog

import (
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// resumes is the longest time that a handler needs to go on after its timer went off.
const resumes = 3 * time.Second

// checkPromise returns an error when the call of the script waits for a durable promise,
// without a timer that ends soon or ended just now. Several looks in a row must find the
// call waiting, because the call that resolves the promise, or a cancel, may still be
// coming.
func (w *Watch) checkPromise(c *world.Call, i world.Invocation, entries []world.JournalEntry, want claim.Claim) error {
	open, left := 0, (*time.Duration)(nil)
	for _, e := range entries {
		switch e.Type {
		case "Command: GetPromise":
			open++
		case "Notification: GetPromise":
			open--
		case "Command: Sleep":
			ahead := time.Until(e.WakeTime())
			if -resumes < ahead && ahead < maxSleep {
				return nil
			}
			ahead = max(ahead, 0)
			left = &ahead
		}
	}
	looks := 5
	switch {
	case w.hasOtherOpen(c):
		looks = 25 // on a busy machine, a call that resolves the promise takes seconds
	case w.isCancelled():
		looks = 15
	}
	// One of two promises may stay open while the handler continues.
	if w.waits[i.ID]++; open <= 0 || world.IsOpen(entries, "Run", "Call") {
		delete(w.waits, i.ID)
	}
	if w.waits[i.ID] < looks {
		return nil
	}
	return record.Fail(want.With(claim.GotWaitsForPromise(i.HandlerName(), c.Key == "", left)))
}

// hasOtherOpen reports whether the script has another call without an answer, which may still
// resolve the promise.
func (w *Watch) hasOtherOpen(c *world.Call) bool {
	for _, other := range w.Calls {
		if other != c && !other.Answered() {
			return true
		}
	}
	return false
}
