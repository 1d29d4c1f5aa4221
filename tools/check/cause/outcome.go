package cause

import (
	"net/http"
	"syscall"
	"time"

	"example.com/workbook/tools/check/claim"
)

// Rules that need only the claim: the outcome of the claim is the cause.

// notGuessed recognizes that the learner has not written a guess yet.
func notGuessed(f *Finding) string {
	if f.HasOutcome(claim.NoGuess) {
		return "your guess is still missing. Write down what you expect; then the check shows what really happened"
	}
	return ""
}

// wrongGuess recognizes that the guess differs from what happened.
func wrongGuess(f *Finding) string {
	if f.HasOutcome(claim.GuessedCounts) {
		return "your guess differs from what happened. Find out why, and then correct it; the workbook keeps your first guess"
	}
	return ""
}

// calledOwnKey recognizes that a handler called another handler on its own key and
// waits for it.
func calledOwnKey(f *Finding) string {
	if f.HasOutcome(claim.WaitsForItself) {
		return "the handler holds its object key while it waits for a call that needs the same object key. Do the work of that call in the handler, or in a plain Go function"
	}
	return ""
}

// cancelledOutsideSteps recognizes that a cancelled handler waits for a request that
// is in no step.
func cancelledOutsideSteps(f *Finding) string {
	if f.HasOutcome(claim.OutsideOfSteps) {
		return "the " + claim.RequestNoun(f.Claim.Got.Calls) + " is in no step, and only a step or a wait tells the handler that it was cancelled. Put the request into a restate.Run"
	}
	return ""
}

// sleptTooLong recognizes that a handler sleeps when it should answer, or wait for a
// promise.
func sleptTooLong(f *Finding) string {
	switch {
	case !f.HasOutcome(claim.Sleeps) && !f.sleepsOn():
		return ""
	case f.Claim.Got.Workflow || f.sleepsOn():
		return "the handler sleeps, and does not notice a promise that is resolved in the meantime. Wait for the promise and for a timer with restate.WaitFirst"
	}
	return "the handler sleeps, so its caller has to wait for the answer. Use Send with restate.WithDelay, and Restate does the waiting"
}

// sleepsOn reports whether an answer did not come, and the journal ends with a sleep that
// goes on, although a promise is resolved.
func (f *Finding) sleepsOn() bool {
	last, resolved, open := "", 0, 0
	for _, e := range f.Journal {
		switch e.Type {
		case "Command: GetPromise":
			open++
		case "Notification: GetPromise":
			open--
			resolved++
			continue
		}
		last = e.Type
	}
	return f.HasOutcome(claim.NothingWithin) && last == "Command: Sleep" && resolved > 0 && open == 0
}

// polledForPromise recognizes that a handler checks again and again instead of waiting
// for a promise.
func polledForPromise(f *Finding) string {
	if f.HasOutcome(claim.SleepsAgain) || f.HasOutcome(claim.NoPromise) {
		return "the handler does not wait for a promise, and a variable is lost when the program dies. Wait for a restate.Promise, which Restate stores"
	}
	return ""
}

// askedOneByOne recognizes that requests which should run at the same time run one
// after another.
func askedOneByOne(f *Finding) string {
	switch {
	case !f.HasOutcome(claim.RunsApart):
		return ""
	case f.Claim.Got.N >= f.Claim.Want.Count.N:
		return "restate.RunAsync does not start a step, and Result starts only the step that it waits for. Create all steps first, and then wait for all of them in a loop over restate.Wait"
	}
	return "your code waits for each result before it creates the next step. Create all steps first, and then wait for all of them in a loop over restate.Wait"
}

const tinyDelay = "the call was sent without a delay, or with a very short one. Pass restate.WithDelay; time.Duration(3600) is 3600 nanoseconds, so multiply by time.Second"

// sentWithoutDelay recognizes that a call is not scheduled, or scheduled for the wrong
// time.
func sentWithoutDelay(f *Finding) string {
	switch got := f.Claim.Got; {
	case got.Outcome == claim.NotDelayed && got.Calls == "Command: Call":
		return "Request calls the handler now and waits for its answer. Use Send, which does not wait, and pass it restate.WithDelay"
	case got.Outcome == claim.NotDelayed && got.Calls == "Command: OneWayCall":
		return tinyDelay
	case got.Outcome == claim.Delayed && got.Time < time.Second:
		return tinyDelay
	case got.Outcome == claim.Delayed:
		return "the call is scheduled for the wrong time. A time.Duration is a number times a unit: multiply the seconds by time.Second"
	}
	return ""
}

// madeTerminal recognizes that Restate did not retry a temporary error. An error without a
// message is none that a query or a request has returned.
func madeTerminal(f *Finding) string {
	status := f.Claim.Got.Status
	if f.Expects(claim.Failure) && f.HasOutcome(claim.AnsweredAtOnce) && status >= http.StatusInternalServerError && status != http.StatusNotImplemented && !f.HasText(`"message":""`) {
		return "your code turned a retryable error into a terminal one, so Restate did not retry. Return the error unchanged, and set no retry limit for that step"
	}
	return ""
}

// wrappedNil recognizes that fmt.Errorf made an error of nil. The text is what package fmt
// prints for %w and nil.
func wrappedNil(f *Finding) string {
	if f.HasText("%!w(<nil>)") {
		return "your code wraps an error that is nil, and fmt.Errorf makes an error of it all the same. Test the error first, and wrap it only if it is not nil"
	}
	return ""
}

// boundTwice recognizes that main binds a service twice, in the SDK's own words.
func boundTwice(f *Finding) string {
	if f.HasOutcome(claim.NotServing) && f.HasText("service definition with the same name exists") {
		return "the program binds two services with the same name, and the SDK refuses that. Bind each service once in main.go"
	}
	return ""
}

// leftServersPolicy recognizes that a service has no retry policy and follows the
// server's default.
func leftServersPolicy(f *Finding) string {
	if f.HasOutcome(claim.ServersPolicy) {
		return "the service has no retry policy, so the server's default applies. Pass restate.WithInvocationRetryPolicy to restate.Reflect, after the service"
	}
	return ""
}

// policyKills recognizes that a retry policy kills an invocation after its last attempt.
func policyKills(f *Finding) string {
	if f.HasOutcome(claim.KilledAtLast) {
		return "after the last attempt, this retry policy kills the invocation, and nobody can resume it. Use restate.PauseOnMaxAttempts"
	}
	return ""
}

// policyWaits recognizes that a retry policy waits too long before the first retry.
func policyWaits(f *Finding) string {
	if f.Expects(claim.PolicyStart) && f.HasOutcome(claim.Took) {
		return "every failure, however short, delays the invocation by the first wait of this retry policy. Use a shorter restate.WithInitialRetryInterval"
	}
	return ""
}

// policyTooShort recognizes that a retry policy gives up before a longer outage ends.
func policyTooShort(f *Finding) string {
	if f.HasOutcome(claim.PausesAfter) {
		return "an outage uses up the attempts of this retry policy too soon, and then Restate pauses every invocation. Allow more with restate.WithMaxRetryAttempts"
	}
	return ""
}

// diedOfSignal recognizes that SIGTERM ends the program at once.
func diedOfSignal(f *Finding) string {
	if f.Expects(claim.ProgramWell) && f.Claim.Got.Exit == "signal: "+syscall.SIGTERM.String() {
		return "SIGTERM ended the program at once, because the program does not handle that signal. Pass os.Interrupt and syscall.SIGTERM to signal.NotifyContext, and serve until its context ends"
	}
	return ""
}

const waitsWithinWhy = "the handler waits for something inside your program, perhaps a lock that another handler holds. Remove that wait: for each object key, Restate already runs one writer at a time"

const hangsWhy = "the handler waits inside your program, perhaps in time.Sleep, for a lock, or for a goroutine that uses ctx. Let Restate do the waiting, and use ctx only in the handler itself"

// idledOn recognizes that a handler runs and does nothing that Restate or the outside
// world can see.
func idledOn(f *Finding) string {
	switch {
	case !f.HasOutcome(claim.Idle) || f.Facts[Cancelled]:
		return ""
	case f.Claim.Got.Key == "":
		return hangsWhy
	}
	return waitsWithinWhy
}

// askedPromise recognizes that a shared handler of a workflow waits for a promise.
func askedPromise(f *Finding) string {
	if f.HasOutcome(claim.WaitsForPromise) && !f.Facts[Cancelled] && !f.Claim.Got.Run {
		return f.Claim.Got.By + " waits for a promise, but its caller needs the answer now. Read the row or the state, and return without waiting"
	}
	return ""
}

// waitedWithoutEnd recognizes that a workflow's run waits for a promise that nobody
// resolves.
func waitedWithoutEnd(f *Finding) string {
	if f.HasOutcome(claim.WaitsForPromise) && !f.Facts[Cancelled] && !f.Claim.Got.Timer {
		return "the handler waits for a promise that nobody resolves, and no time limit ends the wait. Create a timer with restate.After, and wait for the promise or the timer with restate.WaitFirst"
	}
	return ""
}
