package watchdog

import (
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// looksUntilDeaf is how many looks in a row must find a cancelled invocation in the same
// place.
const looksUntilDeaf = 5

// checkCancel returns an error when a cancelled invocation waits for the outside world
// and cannot notice the cancel, because it is neither in a step nor in a wait.
func (w *Watch) checkCancel(i world.Invocation, entries []world.JournalEntry, want claim.Claim) error {
	signalled := world.IsSignalled(entries)
	at := "deaf " + i.ID
	if !signalled || w.Held == "" || !w.isCancelled() || i.Status != "running" || world.IsOpen(entries, world.WaitEntries...) {
		delete(w.waits, at)
		return nil
	}
	if w.waits[at]++; w.waits[at] < looksUntilDeaf {
		return nil
	}
	_, kind, _ := strings.Cut(w.HeldHow, " ")
	return record.Fail(want.With(claim.GotOutsideOfSteps(i.HandlerName(), kind)))
}
