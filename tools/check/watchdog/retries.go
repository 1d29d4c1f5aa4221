package watchdog

import (
	"context"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/ui"
)

// maxRetries returns the number of retries after which the check assumes that every
// later attempt fails too.
func (w *Watch) maxRetries() int {
	if w.Only != nil {
		return 1 // such a call must be answered at its first attempt
	}
	if w.AllFailing {
		return claim.MaxRetriesAllFailing + w.Failing
	}
	return claim.MaxRetries + w.Failing
}

// ExpectFailures allows for n more requests that the script makes fail; all requests if n
// is below 0.
func (w *Watch) ExpectFailures(n int) {
	if n < 0 {
		w.AllFailing = true
		return
	}
	w.Failing += n
}

// CheckInvocation returns an error when an invocation will not end. call is the
// idempotency key of the call that the script waits for.
func (w *Watch) CheckInvocation(ctx context.Context, i world.Invocation, want claim.Claim, call string) error {
	failure := ui.FirstLine(i.LastFailure)
	switch {
	case i.LastFailureCode == "RT0016":
		return record.Fail(want.With(claim.GotNotReplayable(i.HandlerName(), mismatch(i.LastFailure))))
	case i.Status == "paused":
		return record.Fail(want.With(claim.GotPaused(i.HandlerName(), w.World.KeyHeldBy(ctx, i), failure)))
	case i.Status == "backing-off" && i.Retries >= w.maxRetries() && w.failures(i) >= w.maxRetries() && !w.mayHearCancel(ctx, i) && !w.wasDenied(i):
		return record.Fail(want.With(claim.GotRetried(i.HandlerName(), i.Retries, failure)))
	case i.Status == "pending" && call != "" && i.IdempotencyKey == call && w.Held != "":
		return record.Fail(want.With(claim.GotWaitsForTurn(i.HandlerName())))
	}
	return nil
}

// failures returns how often the learner's code has failed i: all retries but those for
// which the program could not be reached. After a kill, a busy machine may need many attempts
// to start the program again.
func (w *Watch) failures(i world.Invocation) int {
	return i.Retries - countUnreached(w.World.AttemptsOf([]world.Invocation{i}))
}

func countUnreached(attempts []proxy.Attempt) (n int) {
	for _, a := range attempts {
		if !a.HasReachedProgram() {
			n++
		}
	}
	return n
}

// Denial begins the error of the database for a row that a script makes it refuse.
const Denial = "the check refuses "

// wasDenied reports whether i failed because the script made the database refuse a row,
// which the database accepts by now.
func (w *Watch) wasDenied(i world.Invocation) bool {
	return !w.Denies && strings.Contains(i.LastFailure, Denial)
}

// mayHearCancel reports whether the script has cancelled the failing invocation i, and
// the next attempt may end it. Restate also cancels the calls that a cancelled handler
// waits for.
func (w *Watch) mayHearCancel(ctx context.Context, i world.Invocation) bool {
	for _, c := range w.Calls {
		denied := i.Parent != "" && strings.Contains(i.LastFailure, Denial)
		if c.Cancelled && (c.Matches(i) || denied) {
			entries, err := w.World.Journal(ctx, i.ID)
			return err != nil || w.hearsCancel(i, world.IsSignalled(entries))
		}
	}
	return false
}

// hearsCancel reports whether a cancelled invocation has attempts left. Attempts that
// failed before the cancel was in the journal do not count. After that, the invocation
// has as many attempts as any other.
func (w *Watch) hearsCancel(i world.Invocation, signalled bool) bool {
	if !signalled {
		return true
	}
	if _, ok := w.heardAt[i.ID]; !ok {
		w.heardAt[i.ID] = i.Retries
	}
	return i.Retries < w.heardAt[i.ID]+w.maxRetries()
}

// mismatch returns what Restate reports about code that differs from the journal,
// without the words that are the same each time.
func mismatch(failure string) string {
	var said []string
	for _, line := range strings.Split(failure, "\n")[1:] {
		line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
		line = strings.TrimPrefix(line, "The mismatch happened while ")
		line, _, _ = strings.Cut(line, ". This usually")
		if line == "" || line == "Difference:" || strings.HasPrefix(line, "This ") {
			continue
		}
		said = append(said, line)
		if strings.HasPrefix(line, "'await'") {
			break // internal numbers of the SDK follow
		}
	}
	text := strings.Join(said, ", ")
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	if text == "" {
		text, _, _ = strings.Cut(failure, "\n")
	}
	return text
}
