package cause

import (
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about the program: how it ends, and how it uses its policy, disk and database.

// notJSON recognizes that a step's result has no JSON form. The SDK then panics in a
// goroutine of its own, in which nothing recovers.
func notJSON(f *Finding) string {
	if f.HasText("failed to marshal") {
		return "a step returned a value that JSON cannot hold, such as NaN, a channel or a function, and that ended the program. Return a value that JSON can hold"
	}
	return ""
}

// endsItself recognizes that the program ends without a panic when it gets a call, and that
// the Go runtime did not end it.
func endsItself(f *Finding) string {
	if f.HasOutcome(claim.ProgramEnded) && f.Claim.Got.Code >= 0 && !f.HasText("panic: ") && !f.HasText(fatalError) {
		return "your code ends the program, for example with os.Exit or log.Fatal. Return an error instead"
	}
	return ""
}

// fatalError begins what the Go runtime prints if it ends a program for a reason that no
// recover prevents, such as two writers of one map.
const fatalError = "fatal error: "

// neverReturns recognizes that a step has started, has sent no request, and does not
// end. If more than one step has no result, restate.RunAsync may have created steps that
// never started.
func neverReturns(f *Finding) string {
	if !f.HasTimedOut() || len(f.Ledger) > 0 {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End == "" && countUndone(a) == 1 {
			return "a step's function started, sent no request and never returned. Find out what the function waits for"
		}
	}
	return ""
}

// countUndone counts the steps of an attempt that have no result.
func countUndone(a proxy.Attempt) (n int) {
	for _, step := range a.Steps {
		if step.How == "begun" {
			n++
		}
	}
	return n
}

// noDatabase recognizes that the database file is missing although rows were written.
func noDatabase(f *Finding) string {
	if f.Expects(claim.Database) {
		return "the program deleted its database file, or opened another file. Keep the file, and open the one that the program is told to use"
	}
	return ""
}

// pausedSoon recognizes that a temporary failure used up the attempts of the retry
// policy.
func pausedSoon(f *Finding) string {
	if f.HasOutcome(claim.Paused) && len(f.Attempts) < claim.MaxRetries && f.failedForATime() {
		return "a temporary failure used up the attempts of the retry policy, so Restate paused the invocation. Allow more attempts in that policy"
	}
	return ""
}

// failedForATime reports whether something failed that does not fail forever: a request, the
// program, or the database.
func (f *Finding) failedForATime() bool {
	if f.Failing > 0 || f.AllFailing || f.Facts[Denied] || f.Facts[Unreachable] || f.Facts[KilledProgram] {
		return true
	}
	busy := func(a proxy.Attempt) bool { return strings.Contains(a.End, "database is locked") }
	return slices.ContainsFunc(f.Ledger, isTemporary) || slices.ContainsFunc(f.Attempts, busy)
}

// isTemporary reports whether a request got a 5xx or no answer.
func isTemporary(e sandbox.Entry) bool {
	return e.What == sandbox.Dropped || e.What == sandbox.Answer && e.Status >= http.StatusInternalServerError
}

// roomIsFinal recognizes that a full disk or a locked database was taken for a final error.
// A call whose requests have failed may have another reason for its 5xx.
func roomIsFinal(f *Finding) string {
	noRoom := func(a proxy.Attempt) bool { return strings.Contains(a.End, "disk is full") }
	found := slices.ContainsFunc(f.Attempts, noRoom) && !slices.ContainsFunc(f.Ledger, isTemporary)
	full := f.Facts[Restarted] && f.Expects(claim.Answers) && f.HasAnswerBetween(500, 599) && found
	locked := f.ExpectsAnswer(200) && f.HasAnswerBetween(500, 599) && f.HasText("database is locked")
	if full || locked {
		return "your code made a terminal error of a full disk or a locked database. Return such an error unchanged, so that Restate retries"
	}
	return ""
}
