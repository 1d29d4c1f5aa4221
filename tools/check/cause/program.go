package cause

import (
	"example.com/workbook/tools/check/claim"
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

// endsItself recognizes that the program ends without a panic when it gets a call.
func endsItself(f *Finding) string {
	if f.HasOutcome(claim.ProgramEnded) && f.Claim.Got.Code >= 0 && !f.HasText("panic: ") {
		return "your code ends the program, for example with os.Exit or log.Fatal. Return an error instead"
	}
	return ""
}

// neverReturns recognizes that a step has started, has sent no request, and does not
// end.
func neverReturns(f *Finding) string {
	if !f.HasTimedOut() || len(f.Ledger) > 0 {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End == "" && !a.HasStepsDone() {
			return "a step's function started, sent no request and never returned. Find out what the function waits for"
		}
	}
	return ""
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
	if f.HasOutcome(claim.Paused) && len(f.Attempts) < claim.MaxRetries {
		return "a temporary failure used up the attempts of the retry policy, so Restate paused the invocation. Allow more attempts in that policy"
	}
	return ""
}

// roomIsFinal recognizes that a full disk was taken for a final error.
func roomIsFinal(f *Finding) string {
	full := f.Facts[Restarted] && f.Expects(claim.Answers) && f.HasAnswerBetween(500, 599)
	locked := f.ExpectsAnswer(200) && f.HasAnswerBetween(500, 599) && f.HasText("database is locked")
	if full || locked {
		return "your code made a terminal error of a full disk or a locked database. Return such an error unchanged, so that Restate retries"
	}
	return ""
}
