package watchdog

import (
	"fmt"
	"strings"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// looksUntilDeaf is how many looks in a row see a cancelled invocation stand still.
const looksUntilDeaf = 5

// checkCancel: an invocation was cancelled while the outside world keeps its program
// waiting, and is in no step and in no wait, where it would hear of it.
func (w *Watch) checkCancel(i world.Invocation, entries []world.JournalEntry, expected string) error {
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
	return &record.ClaimError{
		Expected: expected,
		Got:      fmt.Sprintf("none: %s/%s was cancelled, and stands outside of any step", i.Service, i.Handler),
		Likely:   kind + " is asked outside of any step: a handler hears that it was cancelled in a step or a wait. put the request into a restate.Run",
	}
}
