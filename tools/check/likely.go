package check

import (
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// likely turns what was seen into the probable cause, or "" when nothing fits.
// The rules look at facts only: the ledger, the attempts, the answer. The
// first that fits is said.
func likely(s *Script) string {
	for _, rule := range rules {
		if why := rule(s); why != "" {
			return why
		}
	}
	return ""
}

var rules = []func(*Script) string{
	notWritten,
	notServed,
	neverServed,
	noLimit,
	doneWithout,
	pausedSoon,
	roomIsFinal,
	tokenSaid,
	linesUnsaid,
	ignoresCancel,
	waitsOn,
	otherTypes,
	diedInGoroutine,
	notJSON,
	endsItself,
	neverReturns,
	noDatabase,
	hangs,
	waitsInsideStep,
	notReplayable,
	twoRuns,
	aboutWorkflow,
	requestForRow,
	sharedKey,
	takenAsGood,
	writtenForNothing,
	wentOn,
	idIsKey,
	refusedByTable,
	unbounded,
	boundByOutage,
	panickedNo,
	retriesFinal,
	asksAgain,
	doneTooSoon,
	swallows,
	failureIsNo,
	givenBackFirst,
	unknownIsNo,
	boundTooSoon,
	boundTooLate,
	unlikeThePayments,
	givesUp,
	lookedUp,
	declinedUnheard,
	refundLost,
	ownDoing,
	payersAnswer,
	statusMadeUp,
	beside,
	otherAmount,
	stillCompleted,
	refusedGood,
	notVoided,
	otherKey,
	endedEarly,
	notUndone,
	unknownCall,
	tooFewSteps,
	ofNothing,
	triedByCaller,
	undoneForNothing,
	fellThrough,
	neverCalled,
	stepNeverRun,
	jsonNames,
	emptyAfterReplay,
	priceOfOne,
	panicked,
	cancelledIsFailed,
	cancelledAsking,
	gatewaysCode,
	declineIsRefusal,
	rowFirst,
	deferred,
	writtenOver,
	wentBack,
	stateBeforeRow,
	stateAhead,
	notFailed,
	notRepeatable,
	failsOutsideSteps,
	waitsWithin,
	askedWhenReplayed,
	lostMemory,
	otherEntry,
	ofAllKeys,
	didNothing,
	answeredFromNothing,
	capturedVariable,
	leftEmpty,
	unnamed,
	noChance,
	inNoStep,
	effectsInOneStep,
	keyDied,
	doubled,
	askedOnReplay,
	repeatedOutsideStep,
	outsideOfSteps,
	waitsForItself,
	saysElse,
	fieldLeftEmpty,
	notAsked,
	noRow,
	neverWritten,
}

// effectKinds are what may happen once only; a price is no effect.
var effectKinds = []sandbox.Kind{sandbox.Charge, sandbox.Ship, sandbox.Mail, sandbox.Reserve, sandbox.Refund}

func notWritten(s *Script) string {
	if i := strings.Index(s.got, "TODO "); i >= 0 {
		return "this task is still to be written"
	}
	return ""
}

func notReplayable(s *Script) string {
	if strings.Contains(s.got, "RT0016") || slices.ContainsFunc(s.attempts, func(a string) bool { return strings.Contains(a, "570") }) {
		return "the path through the handler depends on something that the journal does not know: time, chance, the order of a map, a variable"
	}
	return ""
}

func panicked(s *Script) string {
	if slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.Panicked }) {
		return "the handler panics; a panic is retried like any other error"
	}
	return ""
}

// sharedKey: the other end knows the key from another request.
func sharedKey(s *Script) string {
	if slices.ContainsFunc(s.ledger, func(e sandbox.Entry) bool { return e.Status == http.StatusConflict && e.Detail == sandbox.AnotherBody }) {
		return "the same key came with another request before: a key names one effect of one order"
	}
	return ""
}

// capturedVariable: something is empty that a step before the crash had set.
func capturedVariable(s *Script) string {
	replayed := slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.Replayed > 0 })
	if replayed && (s.got == `""` || s.got == "it is empty") {
		return capturedWhy
	}
	return ""
}

const capturedWhy = "a variable that a step sets is empty after a replay: use what the step returns"

// leftEmpty: something is empty, and no replay is to blame.
func leftEmpty(s *Script) string {
	if s.got == `""` || s.got == "it is empty" {
		return "this was left empty: what belongs there is in what a step has returned"
	}
	return ""
}

// unnamed: a step has no name.
func unnamed(s *Script) string {
	if strings.HasPrefix(s.expected, "a name for each step") {
		return "restate.WithName, behind the function of a step, gives it a name"
	}
	return ""
}

// noChance: what chance should decide comes out the same each time.
func noChance(s *Script) string {
	if s.expected == "two answers that differ" {
		return "chance has no part in it: restate.Rand(ctx) gives each invocation numbers of its own"
	}
	return ""
}

// didNothing: the handler has answered, at once, and no step was run, nobody
// was asked, no other handler called and no state looked at.
func didNothing(s *Script) string {
	if s.last == nil || s.last.status != http.StatusOK || len(s.ledger) > 0 || len(s.tries) == 0 || s.got == "" {
		return ""
	}
	for _, a := range s.tries {
		if a.End != "done" || len(a.Steps) > 0 || a.Service != s.last.target.service || a.Handler != s.last.target.handler {
			return ""
		}
	}
	if s.lookedAtState() {
		return ""
	}
	return "the answer came at once, and nothing was done for it: no step was run, and nobody was asked"
}

// finished says that no step of an attempt was under way at its end.
func finished(a proxy.Attempt) bool {
	return !slices.ContainsFunc(a.Steps, func(r proxy.Ran) bool { return r.How == "begun" })
}

// triedAgain says whether an invocation has had more than one attempt.
func (s *Script) triedAgain() bool {
	return slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.N > 1 })
}

// inNoStep: an attempt was killed between two steps, and yet something that it
// had asked for is asked for again.
func inNoStep(s *Script) string {
	if !slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.End == "killed" && finished(a) }) {
		return ""
	}
	for _, kind := range effectKinds {
		if sandbox.Requests(s.ledger, kind) > 1 {
			return string(kind) + " was asked for outside of any step, and so again on every attempt: put it into a restate.Run"
		}
	}
	return ""
}

// effectsInOneStep: an attempt died in a step, and several things that were asked for
// by then are not in the journal. Which of them the step itself has asked for, nobody
// can tell.
func effectsInOneStep(s *Script) string {
	for _, a := range s.tries {
		if a.N > 1 || finished(a) {
			continue
		}
		kinds := 0
		for _, kind := range effectKinds {
			if sandbox.Requests(s.ledger, kind) > 1 {
				kinds++
			}
		}
		if kinds > 1 {
			return "between one result in the journal and the next there are two effects, and a crash repeats the first: are two in one step, or is one in none?"
		}
	}
	return ""
}

// stableKey is what the judged handler can take its key from.
func (s *Script) stableKey() string {
	if strings.HasPrefix(s.where.function, "Payment.") {
		return "the payment's id is what all of them have in common"
	}
	return "take it from the order, or from restate.UUID(ctx) in front of the step"
}

// doubled: more than one effect of a kind.
func doubled(s *Script) string {
	for _, kind := range effectKinds {
		if sandbox.Effects(s.ledger, kind) < 2 {
			continue
		}
		keys := sandbox.Keys(s.ledger, kind)
		switch {
		case len(keys) >= 2 && len(keys) <= invocationsWithSteps(s):
			return "each call made a key of its own: for two calls to be one effect, the key must come from what they have in common"
		case len(keys) >= 2:
			return "the key is another one on every attempt: " + s.stableKey()
		case len(keys) == 0:
			return string(kind) + " was asked without a key, so nobody can tell the second request from a new one"
		}
	}
	return ""
}

// repeatedOutsideStep: asked more often than steps were run.
func repeatedOutsideStep(s *Script) string {
	asked, ran := 0, 0
	for _, e := range s.ledger {
		if e.What == sandbox.Request {
			asked++
		}
	}
	for _, a := range s.tries {
		for _, step := range a.Steps {
			if step.How != "replayed" {
				ran++
			}
		}
	}
	if asked <= ran {
		return ""
	}
	for _, kind := range append([]sandbox.Kind{sandbox.Price, sandbox.Lookup}, effectKinds...) {
		if sandbox.Requests(s.ledger, kind) < 2 || !s.triedAgain() {
			continue
		}
		if !slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.Replayed > 0 }) {
			return string(kind) + " was asked again on every attempt: is it inside a restate.Run?"
		}
	}
	return ""
}

func waitsForItself(s *Script) string {
	if strings.Contains(s.got, "waits for its turn") {
		return "a handler with an ObjectContext waits until the key is free; one that only reads need not"
	}
	return ""
}
