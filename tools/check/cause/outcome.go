package cause

import (
	"net/http"
	"syscall"
	"time"

	"example.com/workbook/tools/check/claim"
)

// Rules that need the claim alone: its outcome is what is wrong.

// notGuessed recognizes that the learner has not guessed yet.
func notGuessed(f *Finding) string {
	if f.HasOutcome(claim.NoGuess) {
		return "guess first; then the check tells what happened"
	}
	return ""
}

// wrongGuess recognizes that something else happened than was guessed.
func wrongGuess(f *Finding) string {
	if f.HasOutcome(claim.GuessedCounts) {
		return "a wrong guess is worth most: find out why, then correct it (the first one is kept)"
	}
	return ""
}

// calledOwnKey recognizes a handler that has called another on its own key.
func calledOwnKey(f *Finding) string {
	if f.HasOutcome(claim.WaitsForItself) {
		return "a handler that calls its own key waits for itself: do it in the handler, or in a plain function that both use"
	}
	return ""
}

// cancelledOutsideSteps recognizes a handler that was cancelled while a request that
// is in no step keeps it waiting.
func cancelledOutsideSteps(f *Finding) string {
	if f.HasOutcome(claim.OutsideOfSteps) {
		return f.Claim.Got.Calls + " is asked outside of any step: a handler hears that it was cancelled in a step or a wait. put the request into a restate.Run"
	}
	return ""
}

// sleptTooLong recognizes a handler that sleeps where it should answer, or listen.
func sleptTooLong(f *Finding) string {
	switch {
	case !f.HasOutcome(claim.Sleeps):
		return ""
	case f.Claim.Got.Workflow:
		return "who sleeps hears nothing meanwhile: restate.WaitFirst waits for a promise and for a timer, whichever comes first"
	}
	return "who sleeps does not answer: Send with restate.WithDelay leaves the waiting to Restate"
}

// polledForPromise recognizes a handler that looks again and again in place of
// waiting for a promise.
func polledForPromise(f *Finding) string {
	if f.HasOutcome(claim.SleepsAgain) || f.HasOutcome(claim.NoPromise) {
		return "a promise is waited for, and kept by Restate: what a program looks at now and then dies with it"
	}
	return ""
}

// askedOneByOne recognizes requests that should be under way at once.
func askedOneByOne(f *Finding) string {
	switch {
	case !f.HasOutcome(claim.RunsApart):
		return ""
	case f.Claim.Got.N >= f.Claim.Want.Count.N:
		return "RunAsync begins nothing, it is begun when it is waited for: Result waits for this one alone, restate.Wait for all it is given"
	}
	return "each result is waited for before the next request is made: make all steps first, then restate.Wait for them"
}

const tinyDelay = "it was sent without a delay, or with a tiny one: time.Duration(3600) is 3600 nanoseconds"

// sentWithoutDelay recognizes a call that does not wait for its time, or for another.
func sentWithoutDelay(f *Finding) string {
	switch got := f.Claim.Got; {
	case got.Outcome == claim.NotDelayed && got.Calls == "Command: Call":
		return "Request calls now and waits for the answer; Send does neither, and takes restate.WithDelay"
	case got.Outcome == claim.NotDelayed && got.Calls == "Command: OneWayCall":
		return tinyDelay
	case got.Outcome == claim.Delayed && got.Time < time.Second:
		return tinyDelay
	case got.Outcome == claim.Delayed:
		return "a time.Duration is a number times its unit: so many seconds are time.Duration(n) * time.Second"
	}
	return ""
}

// madeTerminal recognizes that an error which may pass was not tried again.
func madeTerminal(f *Finding) string {
	status := f.Claim.Got.Status
	if f.Expects(claim.Failure) && f.HasOutcome(claim.AnsweredAtOnce) && status >= http.StatusInternalServerError && status != http.StatusNotImplemented {
		return "an error that may pass was made terminal: return it as it is, then Restate tries again"
	}
	return ""
}

// leftServersPolicy recognizes a service without a retry policy of its own.
func leftServersPolicy(f *Finding) string {
	if f.HasOutcome(claim.ServersPolicy) {
		return "restate.Reflect takes options behind the service: restate.WithInvocationRetryPolicy"
	}
	return ""
}

// diedOfSignal recognizes a program that SIGTERM ends at once.
func diedOfSignal(f *Finding) string {
	if f.Expects(claim.ProgramWell) && f.Claim.Got.Exit == "signal: "+syscall.SIGTERM.String() {
		return "nothing in the program waits for that signal: signal.NotifyContext takes os.Interrupt and syscall.SIGTERM"
	}
	return ""
}

const waitsWithinWhy = "the handler waits for something in the program itself: a lock, perhaps, that another handler has"

const hangsWhy = "the handler waits for something in the program itself: time.Sleep, a lock, or goroutines that use ctx, as only the handler itself may"

// idledOn recognizes a handler that does nothing that anybody sees.
func idledOn(f *Finding) string {
	switch {
	case !f.HasOutcome(claim.Idle) || f.Facts[Cancelled]:
		return ""
	case f.Claim.Got.Key == "":
		return hangsWhy
	}
	return waitsWithinWhy
}

// askedPromise recognizes a handler beside a workflow's run that waits for a promise.
func askedPromise(f *Finding) string {
	if f.HasOutcome(claim.WaitsForPromise) && !f.Facts[Cancelled] && !f.Claim.Got.Run {
		return "who asks for the status wants it now: read the row, or the state, and wait for nothing"
	}
	return ""
}

// waitedWithoutEnd recognizes a run that waits for a promise that nobody resolves.
func waitedWithoutEnd(f *Finding) string {
	if f.HasOutcome(claim.WaitsForPromise) && !f.Facts[Cancelled] {
		return "a wait for a person needs an end: restate.After makes a timer, and restate.WaitFirst waits for either"
	}
	return ""
}
