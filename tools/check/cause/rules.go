// Package cause finds the likely cause of a claim that did not hold. A Rule looks at a
// Finding, which is plain data: the claim, the calls, the attempts, the ledger. The
// rules are asked in order, and the first that fits explains the failure.
//
// A rule reads fields and never the words of a verdict, so that anybody can improve
// those. What it may read is what others have printed: the program, the SDK, the
// server, a database.
//
// To add a cause, write a rule: here, or in package cause/shop where it knows the shop's
// services, tables or functions. Its id reads as a diagnosis, two words or more with
// hyphens between them. Its reason begins with "before ", "after " or "anywhere: ", or is
// OutcomeIsCause, and names each rule that fits the same finding.
//
// Write a wrong answer that comes to the rule (see package answers), and record what the
// checks find there. The file of a red script is in a folder that has the id of the
// likely cause as its name:
//
//	CHECK_FINDINGS=/tmp/findings go test -count=1 ./tools/answers -run TestAnswers/NN-slug/all/NAME -matrix
//
// That leaves a matrix.txt with this answer alone: make matrix writes the whole one.
//
// Keep one finding, cut down to what the rule reads, as testdata/causes/ID.json. Each
// rule must be the first that fits its own finding, which needs no server to be tested:
//
//	go test ./tools/check/cause/...
package cause

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rule recognizes one likely cause.
type Rule struct {
	ID string
	// Before is the ID of the rule in front of which a lesson's rule stands: rules are
	// asked in order, and the more special one has to come first. A rule of the engine
	// has none, and a lesson's rule without one comes last.
	Before string
	// Because is why the rule stands where it stands: in front of rules that fit what it
	// fits as well and tell less, or behind rules that tell more.
	Because string
	// Explain returns the cause in words for the learner, "" where it does not fit.
	Explain func(*Finding) string
}

// Likely returns the id of the first rule that fits what was found, and the cause in
// words; both are empty when none fits.
func Likely(f *Finding, rules []Rule) (id, why string) {
	for _, rule := range rules {
		if why := rule.Explain(f); why != "" {
			return rule.ID, why
		}
	}
	return "", ""
}

// Merge returns the engine's rules with those of a lesson among them.
func Merge(lesson []Rule) []Rule {
	var all []Rule
	for _, rule := range Rules {
		all = append(append(all, rulesBefore(lesson, rule.ID)...), rule)
	}
	return append(all, rulesBefore(lesson, "")...)
}

// rulesBefore returns the rules that stand in front of the one with that ID.
func rulesBefore(rules []Rule, id string) (all []Rule) {
	for _, rule := range rules {
		if rule.Before == id {
			all = append(all, rule)
		}
	}
	return all
}

// OfWorkflow restricts a rule to scripts that have called a workflow.
func OfWorkflow(explain func(*Finding) string) func(*Finding) string {
	return func(f *Finding) string {
		if !f.calledWorkflow() {
			return ""
		}
		return explain(f)
	}
}

// OutcomeIsCause is why a rule stands in front: what else the script saw follows from
// what the claim got.
const OutcomeIsCause = "first: the outcome of the claim is the cause, and what else was seen follows from it"

// Rules are the engine's own, in the order in which they are asked.
var Rules = []Rule{
	{ID: "not-guessed", Explain: notGuessed,
		Because: OutcomeIsCause},
	{ID: "wrong-guess", Explain: wrongGuess,
		Because: OutcomeIsCause},
	{ID: "called-own-key", Explain: calledOwnKey,
		Because: OutcomeIsCause},
	{ID: "cancelled-outside-steps", Explain: cancelledOutsideSteps,
		Because: OutcomeIsCause},
	{ID: "slept-too-long", Explain: sleptTooLong,
		Because: OutcomeIsCause},
	{ID: "polled-for-promise", Explain: polledForPromise,
		Because: OutcomeIsCause},
	{ID: "asked-one-by-one", Explain: askedOneByOne,
		Because: OutcomeIsCause},
	{ID: "sent-without-delay", Explain: sentWithoutDelay,
		Because: OutcomeIsCause},
	{ID: "made-terminal", Explain: madeTerminal,
		Because: OutcomeIsCause},
	{ID: "left-servers-policy", Explain: leftServersPolicy,
		Because: OutcomeIsCause},
	{ID: "died-of-signal", Explain: diedOfSignal,
		Because: OutcomeIsCause},
	{ID: "idled-on", Explain: idledOn,
		Because: OutcomeIsCause},
	{ID: "asked-promise", Explain: askedPromise,
		Because: "before waited-without-end, which fits as well: only a run may wait for people"},
	{ID: "waited-without-end", Explain: waitedWithoutEnd,
		Because: "after asked-promise and waited-past-limit, whose findings it fits as well"},
	{ID: "not-written", Explain: notWritten,
		Because: "before all that look at what was done: a stub does nothing, or half of it, and would fit many of them"},
	{ID: "not-served", Explain: notServed,
		Because: "before lost-memory, which fits as well: what is not there has no state"},
	{ID: "paused-soon", Explain: pausedSoon,
		Because: "before the rules that read why an attempt failed: with so few attempts the policy is to blame, whatever failed"},
	{ID: "room-is-final", Explain: roomIsFinal,
		Because: "before in-no-step, effects-in-one-step, key-died and effect-doubled, which fit as well: the program that was put in the place of the other leaves such traces"},
	{ID: "ignores-cancel", Explain: ignoresCancel,
		Because: "before step-never-run, which fits as well: the cancel has ended the step"},
	{ID: "waits-on", Explain: waitsOn,
		Because: "before handler-hangs, never-returns and waits-within, which are about handlers that nobody cancelled"},
	{ID: "other-types", Explain: otherTypes,
		Because: "before refused-good and handler-panics, which fit as well: the message names the type"},
	{ID: "died-in-goroutine", Explain: diedInGoroutine,
		Because: "before all that look at the answer: a program that has died gives none"},
	{ID: "not-json", Explain: notJSON,
		Because: "before ends-itself, which is about programs that end without a panic of the SDK"},
	{ID: "ends-itself", Explain: endsItself,
		Because: "before the rules about retries: where the program has ended, no attempt is to blame"},
	{ID: "never-returns", Explain: neverReturns,
		Because: "before handler-hangs and waits-within: a step that is under way is nearer to the cause than its handler"},
	{ID: "no-database", Explain: noDatabase,
		Because: "anywhere: no other rule is about the file of the database"},
	{ID: "handler-hangs", Explain: handlerHangs,
		Because: "before waits-within, which fits as well: a service without keys has no lock that belongs to a key"},
	{ID: "waits-inside-step", Explain: waitsInsideStep,
		Because: "before not-replayable, which fits as well: what stands in the step is why"},
	{ID: "not-replayable", Explain: notReplayable,
		Because: "before the rules about retries: an attempt that cannot be replayed is retried over and over"},
	{ID: "two-runs", Explain: twoRuns,
		Because: "anywhere: no other rule reads this message of the SDK"},
	{ID: "runs-itself", Explain: OfWorkflow(runsItself),
		Because: "before the rules that take a 409 for an answer of the order or of the gateway: Restate itself has refused the call"},
	{ID: "refused-by-other", Explain: OfWorkflow(refusedByOther),
		Because: "before refused-good, which takes a 400 for the judged handler's own"},
	{ID: "kept-in-memory", Explain: OfWorkflow(keptInMemory),
		Because: "before too-early-to-tell, which takes any 4xx: the kill is why it is not found"},
	{ID: "told-twice", Explain: OfWorkflow(toldTwice),
		Because: "before lost-memory, which fits as well: a promise is no state"},
	{ID: "key-of-another-request", Explain: keyOfAnotherRequest,
		Because: "before retries-final, which fits as well: this 409 says no to the key, and not to what was asked"},
	{ID: "nonsense-accepted", Explain: nonsenseAccepted,
		Because: "before lost-memory and did-nothing, which fit as well: the handler has not looked at what came in"},
	{ID: "written-for-nothing", Explain: writtenForNothing,
		Because: "before status-written-twice, which fits as well: there should be no row at all"},
	{ID: "went-on-after-no", Explain: wentOnAfterNo,
		Because: "before refused-by-table and retries-final, which fit as well: the row is refused for what the dropped error left out"},
	{ID: "refused-by-table", Explain: refusedByTable,
		Because: "before retries-final, which fits as well: it is the database that says no"},
	{ID: "panicked-no", Explain: panickedNo,
		Because: "before retries-final, which fits as well: the panic is why the no is tried again"},
	{ID: "retries-final", Explain: retriesFinal,
		Because: "before handler-panics, which fits as well: what was retried says more than how the attempt ended"},
	{ID: "asks-again", Explain: asksAgain,
		Because: "before the rules about doubled requests: one attempt has asked again, and no crash is to blame"},
	{ID: "done-too-soon", Explain: doneTooSoon,
		Because: "before error-swallowed, which fits as well: the second call has not come to the gateway"},
	{ID: "error-swallowed", Explain: errorSwallowed,
		Because: "after done-too-soon and bad-end-after-no, whose findings it fits as well"},
	{ID: "unknown-is-no", Explain: unknownIsNo,
		Because: "after given-back-first, whose findings it fits as well"},
	{ID: "gave-up-early", Explain: gaveUpEarly,
		Because: "after bound-by-outage and bound-too-soon, whose findings it fits as well"},
	{ID: "own-effect-taken-for-error", Explain: ownEffectTakenForError,
		Because: "before payers-answer, which fits as well: the lost result is why the refund was there already"},
	{ID: "ran-concurrently", Explain: ranConcurrently,
		Because: "anywhere: no other rule is about a call that should wait for its turn"},
	{ID: "unknown-call", Explain: unknownCall,
		Because: "after found-its-own and not-undone, whose findings it fits as well"},
	{ID: "too-few-steps", Explain: tooFewSteps,
		Because: "anywhere: no other rule is about a place that the program did not come to"},
	{ID: "empty-name-in-request", Explain: emptyNameInRequest,
		Because: "before the rules about calls that never came: the message tells which name is empty"},
	{ID: "tried-by-caller", Explain: triedByCaller,
		Because: "before the rules about doubled requests: the caller has repeated them"},
	{ID: "fell-through", Explain: fellThrough,
		Because: "after looked-up-after-no, whose findings it fits as well"},
	{ID: "never-called", Explain: neverCalled,
		Because: "before in-no-step, which fits as well: work that the caller does itself is in no step of its own"},
	{ID: "step-never-run", Explain: stepNeverRun,
		Because: "after ignores-cancel and bad-end-after-cancel, whose findings it fits as well"},
	{ID: "json-names", Explain: jsonNames,
		Because: "before field-left-empty and did-nothing: a field by another name is not there, which is more than empty"},
	{ID: "empty-after-replay", Explain: emptyAfterReplay,
		Because: "before field-left-empty, which fits as well: the replay is why"},
	{ID: "price-of-one", Explain: priceOfOne,
		Because: "anywhere: no other rule compares an amount with a quantity"},
	{ID: "handler-panics", Explain: handlerPanics,
		Because: "after other-types and retries-final, whose findings it fits as well: they tell why"},
	{ID: "written-over", Explain: writtenOver,
		Because: "before the other rules about rows: somebody else's change is what was lost"},
	{ID: "state-before-row", Explain: stateBeforeRow,
		Because: "before state-ahead and no-row, which fit as well: no row at all tells how early the state was set"},
	{ID: "state-ahead", Explain: stateAhead,
		Because: "after state-before-row, whose findings it fits as well"},
	{ID: "not-repeatable", Explain: notRepeatable,
		Because: "before lost-memory and fails-outside-steps, which fit as well: the name of the constraint tells what ran twice"},
	{ID: "fails-outside-steps", Explain: failsOutsideSteps,
		Because: "after nothing-to-keep and not-repeatable, whose findings it fits as well"},
	{ID: "waits-within", Explain: waitsWithin,
		Because: "after handler-hangs, whose findings it fits as well"},
	{ID: "asked-when-replayed", Explain: askedWhenReplayed,
		Because: "before asked-on-replay, which fits as well: nothing has failed, so each step was replayed"},
	{ID: "lost-memory", Explain: lostMemory,
		Because: "after not-served, told-twice, not-final, nonsense-accepted and not-repeatable, whose findings it fits as well: they leave no state"},
	{ID: "other-entry", Explain: otherEntry,
		Because: "before field-left-empty, which fits as well: the names of the entries tell why"},
	{ID: "of-all-keys", Explain: ofAllKeys,
		Because: "after lost-memory: a key without state has lost more than it has got from another"},
	{ID: "did-nothing", Explain: didNothing,
		Because: "before field-left-empty and not-asked, which fit as well: nothing at all was done"},
	{ID: "answered-from-nothing", Explain: answeredFromNothing,
		Because: "before field-left-empty and not-asked, which fit as well: the state that was read is why nothing was done"},
	{ID: "captured-variable", Explain: capturedVariable,
		Because: "before left-empty, which fits as well: the replay is why"},
	{ID: "left-empty", Explain: leftEmpty,
		Because: "before other-value-in-request, which fits as well: empty says more than another value"},
	{ID: "step-unnamed", Explain: stepUnnamed,
		Because: "anywhere: no other rule is about names of steps"},
	{ID: "chance-ignored", Explain: chanceIgnored,
		Because: "anywhere: no other rule is about answers that are to differ"},
	{ID: "in-no-step", Explain: inNoStep,
		Because: "before asked-on-replay, repeated-outside-step and outside-of-steps, which fit as well: the kill between two steps proves it"},
	{ID: "effects-in-one-step", Explain: effectsInOneStep,
		Because: "before repeated-outside-step and effect-doubled, which fit as well: several kinds were repeated at once"},
	{ID: "effect-doubled", Explain: effectDoubled,
		Because: "before the rules about doubled requests: what was done twice matters more than what was asked twice"},
	{ID: "asked-on-replay", Explain: askedOnReplay,
		Because: "after asked-when-replayed and in-no-step, whose findings it fits as well"},
	{ID: "repeated-outside-step", Explain: repeatedOutsideStep,
		Because: "before outside-of-steps, which fits as well: several attempts show it"},
	{ID: "outside-of-steps", Explain: outsideOfSteps,
		Because: "after in-no-step and repeated-outside-step, whose findings it fits as well"},
	{ID: "waits-for-itself", Explain: waitsForItself,
		Because: "anywhere: no other rule is about a handler that waits for its turn"},
	{ID: "other-value-in-request", Explain: otherValueInRequest,
		Because: "after unlike-the-payments, left-empty and outside-of-steps, whose findings it fits as well"},
	{ID: "field-left-empty", Explain: fieldLeftEmpty,
		Because: "after empty-after-replay, other-entry, did-nothing and answered-from-nothing, whose findings it fits as well: they tell why"},
	{ID: "not-asked", Explain: notAsked,
		Because: "after did-nothing and answered-from-nothing, whose findings it fits as well: they tell why"},
	{ID: "no-row", Explain: noRow,
		Because: "after state-before-row, whose findings it fits as well"},
}

// EffectKinds are what may happen once only; a price is no effect.
var EffectKinds = []sandbox.Kind{sandbox.Charge, sandbox.Ship, sandbox.Mail, sandbox.Reserve, sandbox.Refund}

// unwrittenTask finds the task whose code is not written yet in a handler's answer.
var unwrittenTask = regexp.MustCompile(`TODO \d+\.\d+`)

func notWritten(f *Finding) string {
	if !f.Claim.IsUnwritten() {
		return ""
	}
	todo := cmp.Or(unwrittenTask.FindString(f.Claim.Got.Text), "the TODO")
	return "the code for " + todo + " is not written yet. Write it where the TODO is, and delete the line that reports the TODO"
}

func notReplayable(f *Finding) string {
	if f.isNotReplayable() || slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Code == proxy.Mismatch }) {
		return "on replay, the handler did something other than its journal says. The path through the handler must not depend on time, chance, map order or package variables"
	}
	return ""
}

func handlerPanics(f *Finding) string {
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Panicked }) {
		return "the handler panicked, and Restate retries a panic like any other error. Remove the reason for the panic, or return an error instead"
	}
	return ""
}

// keyOfAnotherRequest recognizes that the other end knows the key from another
// request.
func keyOfAnotherRequest(f *Finding) string {
	if slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Status == http.StatusConflict && e.Detail == sandbox.AnotherBody }) {
		return "an earlier request had the same idempotency key and another body, so the answer is 409. Make the key from the whole order id, so that no other order has it"
	}
	return ""
}

// capturedVariable recognizes that something is empty that a step before the crash had
// set.
func capturedVariable(f *Finding) string {
	replayed := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Replayed > 0 })
	if replayed && f.hasEmptyValue() {
		return capturedWhy
	}
	return ""
}

// leftEmpty recognizes that something is empty, and no replay is to blame.
func leftEmpty(f *Finding) string {
	if f.hasEmptyValue() {
		return "the field " + cmp.Or(f.Claim.Want.Field, f.Claim.Of) + " is empty. Fill it with the value that a step returned"
	}
	return ""
}

// stepUnnamed recognizes that a step has no name.
func stepUnnamed(f *Finding) string {
	if f.Expects(claim.StepNames) {
		return "a step has no name. Pass restate.WithName to restate.Run, after the step's function"
	}
	return ""
}

// chanceIgnored recognizes that what chance should decide comes out the same each
// time.
func chanceIgnored(f *Finding) string {
	if f.Expects(claim.OtherAnswer) {
		return "different invocations got the same answer, so chance plays no part. Draw with restate.Rand(ctx), which gives different numbers to each invocation"
	}
	return ""
}

// didNothing recognizes that the handler has answered, at once, and no step was run,
// nobody was asked, no other handler called and no state looked at.
func didNothing(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || len(f.Ledger) > 0 || len(f.Attempts) == 0 || f.Expects("") {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End != "done" || len(a.Steps) > 0 || a.Service != f.Last.Service || a.Handler != f.Last.Handler {
			return ""
		}
	}
	if f.lookedAtState() {
		return ""
	}
	return "the handler answered at once: it ran no step, and the outside world got no request. Do the work of the task before you return the answer"
}

// TriedAgain reports whether an invocation has had more than one attempt.
func (f *Finding) TriedAgain() bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.N > 1 })
}

// inNoStep recognizes that an attempt was killed between two steps, and yet something
// that it had asked for is asked for again.
func inNoStep(f *Finding) string {
	if !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.End == "killed" && a.HasStepsDone() }) {
		return ""
	}
	for _, kind := range EffectKinds {
		if sandbox.Requests(f.Ledger, kind) > 1 {
			return "the " + string(kind) + " request is outside of every step, so each attempt sends it again. Put the request into a restate.Run"
		}
	}
	return ""
}

// effectsInOneStep recognizes that an attempt died in a step, and several things that
// were asked for by then are not in the journal. Which of them the step itself has
// asked for, nobody can tell.
func effectsInOneStep(f *Finding) string {
	for _, a := range f.Attempts {
		if a.N > 1 || a.HasStepsDone() {
			continue
		}
		kinds := 0
		for _, kind := range EffectKinds {
			if sandbox.Requests(f.Ledger, kind) > 1 {
				kinds++
			}
		}
		if kinds > 1 {
			return "two effects happened between one journal entry and the next, so a crash repeats the first. Put each effect into a step of its own"
		}
	}
	return ""
}

// effectDoubled recognizes more than one effect of a kind.
func effectDoubled(f *Finding) string {
	kind, keys, ok := FirstDoubled(f)
	switch {
	case !ok:
		return ""
	case len(keys) == 0:
		return "the " + string(kind) + " request has no idempotency key, so the outside world cannot recognize a repeated request. Send a key that is the same on every attempt"
	case len(keys) <= InvocationsWithSteps(f):
		return "each call sent a new idempotency key, so two calls had two effects. Make the key from something that both calls share, such as the order's id"
	}
	return OtherKeyWhy + "Take it from the order, or from restate.UUID(ctx) before the step"
}

// OtherKeyWhy is the first sentence about a key that changes; the second one says
// where the key can come from.
const OtherKeyWhy = "the idempotency key is different on every attempt, so a repeated request counts as a new one. "

// FirstDoubled returns the first kind of which there is more than one effect, and not
// one key for all of them.
func FirstDoubled(f *Finding) (kind sandbox.Kind, keys []string, ok bool) {
	for _, kind := range EffectKinds {
		keys := sandbox.Keys(f.Ledger, kind)
		if sandbox.Effects(f.Ledger, kind) > 1 && len(keys) != 1 {
			return kind, keys, true
		}
	}
	return "", nil, false
}

// repeatedOutsideStep recognizes that more was asked for than steps were run.
func repeatedOutsideStep(f *Finding) string {
	asked, ran := 0, 0
	for _, e := range f.Ledger {
		if e.What == sandbox.Request {
			asked++
		}
	}
	for _, a := range f.Attempts {
		for _, step := range a.Steps {
			if step.How != "replayed" {
				ran++
			}
		}
	}
	if asked <= ran {
		return ""
	}
	for _, kind := range append([]sandbox.Kind{sandbox.Price, sandbox.Lookup}, EffectKinds...) {
		if sandbox.Requests(f.Ledger, kind) < 2 || !f.TriedAgain() {
			continue
		}
		if !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Replayed > 0 }) {
			return "every attempt sent the " + string(kind) + " request again. Put the request into a restate.Run"
		}
	}
	return ""
}

func waitsForItself(f *Finding) string {
	if f.HasOutcome(claim.WaitsForTurn) {
		return "the handler takes an ObjectContext, so it waits until no other handler has the key. A handler that only reads can take an ObjectSharedContext"
	}
	return ""
}
