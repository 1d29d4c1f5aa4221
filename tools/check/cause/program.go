package cause

import (
	"example.com/workbook/tools/check/claim"
)

// Rules about the program: how it ends, or never does, and what it is given: a policy, a
// disk, a database.

// notJSON recognizes that a step's answer can't be written down, and the SDK panics in
// a goroutine of its own, where nothing recovers.
func notJSON(f *Finding) string {
	if f.HasText("failed to marshal") {
		return "what a step returns is written down as JSON, and this can't be, such as a NaN, a channel or a function: that ends the whole program"
	}
	return ""
}

// endsItself recognizes that the program ends without a panic whenever it is asked.
func endsItself(f *Finding) string {
	if f.HasOutcome(claim.ProgramEnded) && f.Claim.Got.Code >= 0 && !f.HasText("panic: ") {
		return "something in the code ends the program, os.Exit or log.Fatal: return an error in its place"
	}
	return ""
}

// neverReturns recognizes that a step was begun, has asked nobody, and does not end.
func neverReturns(f *Finding) string {
	if !f.HasTimedOut() || len(f.Ledger) > 0 {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End == "" && !a.HasStepsDone() {
			return "the function of a step does not return, and has asked nobody outside: does it wait for something?"
		}
	}
	return ""
}

// noDatabase recognizes that rows were written, and the file is not there.
func noDatabase(f *Finding) string {
	if f.Expects(claim.Database) {
		return "the program has deleted the file, or has opened another one"
	}
	return ""
}

// pausedSoon recognizes that a failure that passes was one too many for the policy.
func pausedSoon(f *Finding) string {
	if f.HasOutcome(claim.Paused) && len(f.Attempts) < claim.MaxRetries {
		return "the policy has so few attempts that a failure which passes is the last: give it enough for the time that you want to try"
	}
	return ""
}

// roomIsFinal recognizes that a full disk was taken for a no.
func roomIsFinal(f *Finding) string {
	if f.Facts[Restarted] && f.Expects(claim.Answers) && f.HasAnswerBetween(500, 599) {
		return "a disk that is full, or a database that is locked, may not be so for long: return the error as it is, then it is tried again"
	}
	return ""
}
