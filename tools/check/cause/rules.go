// Package cause finds the likely cause of a claim that did not hold. A Rule looks at a
// Finding, which is plain data: the claim, the calls, the attempts, the ledger. The
// rules run in a fixed sequence, and the first rule that fits explains the failure.
//
// The words of a cause are two short sentences for a learner. The first one says what
// the check saw, or what the code did. The second one says what to change, without the
// code of the answer. The words begin in lower case, because they follow the label
// likely, and have no period at the end. A test holds the length and the form.
//
// A rule never reads the words of a verdict, so anybody can improve them. A rule may
// read the text that the program, the SDK, the server or the database has printed.
//
// To add a cause:
//
//  1. Write a rule: in this package, or in package cause/shop if the rule knows the
//     services, tables or functions of the shop. The id of a rule is a diagnosis of two
//     words or more, with hyphens between them, and its function has the same name. The
//     reason is OutcomeIsCause, or begins with "before ", "after " or "anywhere: ", and
//     names every rule that fits the same finding.
//  2. Write a wrong answer that the rule explains (see package answers).
//  3. Record what the checks find for that answer, with the first command below. The
//     file of each red script is in a folder that has the id of the likely cause as its
//     name. The command leaves a matrix.txt with one answer; make matrix writes all of it.
//  4. Keep one finding as testdata/causes/ID.json, cut down to what the rule reads. Each
//     rule must be the first one that fits its own finding. The second command tests
//     that, and needs no server.
//  5. Ask which programs show the same and do not have this cause. For each of them the
//     rule has to be silent: add what differs to the table in shop/silent_test.go.
//
// The commands:
//
//	CHECK_FINDINGS=/tmp/findings go test -count=1 ./tools/answers -run TestAnswers/NN-slug/all/NAME -matrix
//	go test ./tools/check/cause/...
package cause

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rule recognizes one likely cause.
type Rule struct {
	ID string
	// Before is the ID of the rule that comes right after this rule of a lesson: the more
	// special rule has to come first. A rule of the engine has no Before, and a lesson's
	// rule without Before comes last.
	Before string
	// Because is the reason for the rule's place: before rules that fit the same findings
	// and tell less, or after rules that tell more.
	Because string
	// Explain returns the cause in words for the learner, or "" if the rule does not fit.
	Explain func(*Finding) string
}

// Likely returns the id and the words of the first rule that fits the finding. Both
// are empty if no rule fits.
func Likely(f *Finding, rules []Rule) (id, why string) {
	for _, rule := range rules {
		if why := rule.Explain(f); why != "" {
			return rule.ID, why
		}
	}
	return "", ""
}

// Merge returns the engine's rules together with the rules of a lesson.
func Merge(lesson []Rule) []Rule {
	var all []Rule
	for _, rule := range Rules {
		all = append(append(all, rulesBefore(lesson, rule.ID)...), rule)
	}
	return append(all, rulesBefore(lesson, "")...)
}

// rulesBefore returns the rules that come before the rule with this ID.
func rulesBefore(rules []Rule, id string) (all []Rule) {
	for _, rule := range rules {
		if rule.Before == id {
			all = append(all, rule)
		}
	}
	return all
}

// OfWorkflow restricts a rule to scripts that called a workflow.
func OfWorkflow(explain func(*Finding) string) func(*Finding) string {
	return func(f *Finding) string {
		if !f.calledWorkflow() {
			return ""
		}
		return explain(f)
	}
}

// OutcomeIsCause is the reason of a rule that comes first: everything else that the
// script saw follows from what the claim got.
const OutcomeIsCause = "first: the outcome of the claim is the cause, and everything else that was seen follows from it"

// Rules are the rules of the engine, in the sequence in which they run.
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
	{ID: "wrapped-nil", Explain: wrappedNil,
		Because: OutcomeIsCause},
	{ID: "bound-twice", Explain: boundTwice,
		Because: OutcomeIsCause},
	{ID: "left-a-request", Explain: leftARequest,
		Because: OutcomeIsCause},
	{ID: "stopped-early", Explain: stoppedEarly,
		Because: OutcomeIsCause},
	{ID: "left-servers-policy", Explain: leftServersPolicy,
		Because: OutcomeIsCause},
	{ID: "policy-kills", Explain: policyKills,
		Because: OutcomeIsCause},
	{ID: "policy-waits", Explain: policyWaits,
		Because: OutcomeIsCause},
	{ID: "policy-too-short", Explain: policyTooShort,
		Because: OutcomeIsCause},
	{ID: "died-of-signal", Explain: diedOfSignal,
		Because: OutcomeIsCause},
	{ID: "idled-on", Explain: idledOn,
		Because: OutcomeIsCause},
	{ID: "asked-promise", Explain: askedPromise,
		Because: "before waited-without-end, which also fits: only the workflow's run may wait for a person"},
	{ID: "waited-without-end", Explain: waitedWithoutEnd,
		Because: "after asked-promise and waited-past-limit, whose findings it also fits"},
	{ID: "not-written", Explain: notWritten,
		Because: "before all rules that look at what was done: a stub does nothing, or half of the work, and would fit many of them"},
	{ID: "not-served", Explain: notServed,
		Because: "before lost-memory, which also fits: a service that does not exist has no state"},
	{ID: "paused-soon", Explain: pausedSoon,
		Because: "before the rules that read why an attempt failed: with so few attempts the policy is the cause, and not the failure"},
	{ID: "room-is-final", Explain: roomIsFinal,
		Because: "before in-no-step, effects-in-one-step, key-died and effect-doubled, which also fit: the restart of the program leaves the same traces"},
	{ID: "ignores-cancel", Explain: ignoresCancel,
		Because: "before step-never-run, which also fits: the cancel ended the step"},
	{ID: "waits-on", Explain: waitsOn,
		Because: "anywhere: no other rule is about a wait that goes on after a cancel"},
	{ID: "other-types", Explain: otherTypes,
		Because: "before refused-good and handler-panics, which also fit: the message names the type"},
	{ID: "died-in-goroutine", Explain: diedInGoroutine,
		Because: "before all rules that look at the answer: a program that has died gives none"},
	{ID: "not-json", Explain: notJSON,
		Because: "before ends-itself, which is about programs that end without a panic of the SDK"},
	{ID: "ends-itself", Explain: endsItself,
		Because: "before the rules about retries: the program has ended, so the cause is not in an attempt"},
	{ID: "empty-key", Explain: emptyKey,
		Because: "anywhere: no other rule is about a call without an object key"},
	{ID: "never-returns", Explain: neverReturns,
		Because: "anywhere: no other rule is about a step that never ends"},
	{ID: "no-database", Explain: noDatabase,
		Because: "anywhere: no other rule is about the database file"},
	{ID: record.WaitsInsideStep, Explain: waitsInsideStep,
		Because: "before not-replayable, which also fits: the wait inside the step is the reason"},
	{ID: "other-value-on-replay", Explain: otherValueOnReplay,
		Because: "before not-replayable, which also fits: the message tells that only the value was another one"},
	{ID: "not-replayable", Explain: notReplayable,
		Because: "before the rules about retries: an attempt that cannot be replayed is retried over and over"},
	{ID: "two-runs", Explain: twoRuns,
		Because: "anywhere: no other rule reads this message of the SDK"},
	{ID: "runs-itself", Explain: OfWorkflow(runsItself),
		Because: "before the rules that take a 409 for an answer of the order or of the gateway: here Restate itself refused the call"},
	{ID: "refused-by-other", Explain: OfWorkflow(refusedByOther),
		Because: "before refused-good, which takes a 400 for an answer of the judged handler"},
	{ID: "kept-in-memory", Explain: OfWorkflow(keptInMemory),
		Because: "before too-early-to-tell, which takes any 4xx: the kill is the reason for this 404"},
	{ID: "told-twice", Explain: OfWorkflow(toldTwice),
		Because: "before lost-memory, which also fits: a promise is not part of the state"},
	{ID: "key-of-another-request", Explain: keyOfAnotherRequest,
		Because: "before retries-final, which also fits: this 409 refuses the key, and not the request itself"},
	{ID: "nonsense-accepted", Explain: nonsenseAccepted,
		Because: "before lost-memory and did-nothing, which also fit: the handler did not check its input"},
	{ID: "written-for-nothing", Explain: writtenForNothing,
		Because: "before status-written-twice, which also fits: there should be no row at all"},
	{ID: "went-on-after-no", Explain: wentOnAfterNo,
		Because: "before row-without-booking, refused-by-table and retries-final, which also fit: the row lacks a value because an error was ignored"},
	{ID: "refused-by-table", Explain: refusedByTable,
		Because: "before retries-final, which also fits: here the database refuses"},
	{ID: "panicked-no", Explain: panickedNo,
		Because: "before retries-final, which also fits: Restate retries because of the panic"},
	{ID: "retries-final", Explain: retriesFinal,
		Because: "before handler-panics, which also fits: what was retried tells more than how the attempt ended"},
	{ID: "asks-again", Explain: asksAgain,
		Because: "before the rules about doubled requests: one attempt sent the request again, without a crash"},
	{ID: "done-too-soon", Explain: doneTooSoon,
		Because: "before error-swallowed, which also fits: the second call sent no request to the gateway"},
	{ID: "set-before-no", Explain: setBeforeNo,
		Because: "before other-value-in-answer, which also fits: the unwanted field came with the call that was refused"},
	{ID: "error-swallowed", Explain: errorSwallowed,
		Because: "after done-too-soon and bad-end-after-no, whose findings it also fits"},
	{ID: "failure-ignored", Explain: failureIgnored,
		Because: "before did-nothing, field-left-empty and not-asked, which also fit: the failed request is the reason"},
	{ID: "unknown-is-no", Explain: unknownIsNo,
		Because: "after given-back-first, whose findings it also fits"},
	{ID: "gave-up-early", Explain: gaveUpEarly,
		Because: "after bound-by-outage and bound-too-soon, whose findings it also fits"},
	{ID: "own-effect-taken-for-error", Explain: ownEffectTakenForError,
		Because: "before payers-answer, which also fits: the refund was made before because a result was lost"},
	{ID: "ran-concurrently", Explain: ranConcurrently,
		Because: "anywhere: no other rule is about a call that should wait for its key"},
	{ID: "unknown-call", Explain: unknownCall,
		Because: "after found-its-own and not-undone, whose findings it also fits"},
	{ID: "error-of-its-own", Explain: errorOfItsOwn,
		Because: "after refused-by-other, other-types, accepted-is-no and payers-answer, whose findings it also fits: they tell the reason of the error"},
	{ID: "too-few-steps", Explain: tooFewSteps,
		Because: "anywhere: no other rule is about a step that the program never created"},
	{ID: "empty-name-in-request", Explain: emptyNameInRequest,
		Because: "before the rules about calls that never came: the message tells which name is empty"},
	{ID: "tried-by-caller", Explain: triedByCaller,
		Because: "before the rules about doubled requests: the caller repeated them"},
	{ID: "fell-through", Explain: fellThrough,
		Because: "after looked-up-after-no, whose findings it also fits"},
	{ID: "called-by-http", Explain: calledByHTTP,
		Because: "before never-called, which is about plain Go calls: an HTTP request tells more"},
	{ID: "never-called", Explain: neverCalled,
		Because: "before in-no-step, which also fits: work that the caller does itself is in no step of the other handler"},
	{ID: "step-never-run", Explain: stepNeverRun,
		Because: "after ignores-cancel and bad-end-after-cancel, whose findings it also fits"},
	{ID: "json-names", Explain: jsonNames,
		Because: "before field-left-empty and did-nothing: a field with another name is missing, which tells more than empty"},
	{ID: "number-as-text", Explain: numberAsText,
		Because: "before other-value-in-answer, which also fits: the value is right, and only its type is not"},
	{ID: "empty-after-replay", Explain: emptyAfterReplay,
		Because: "before field-left-empty, which also fits: the replay is the reason"},
	{ID: "price-of-one", Explain: priceOfOne,
		Because: "anywhere: no other rule compares an amount with a quantity"},
	{ID: "handler-panics", Explain: handlerPanics,
		Because: "after other-types and retries-final, whose findings it also fits: they tell the reason of the panic"},
	{ID: "written-over", Explain: writtenOver,
		Because: "before the other rules about rows: the program overwrote the change of another program"},
	{ID: "state-before-row", Explain: stateBeforeRow,
		Because: "before state-ahead and no-row, which also fit: a missing row shows how early the state was set"},
	{ID: "state-ahead", Explain: stateAhead,
		Because: "after state-before-row, whose findings it also fits"},
	{ID: "not-repeatable", Explain: notRepeatable,
		Because: "before lost-memory and fails-outside-steps, which also fit: the name of the constraint tells what ran twice"},
	{ID: "fails-outside-steps", Explain: failsOutsideSteps,
		Because: "after nothing-to-keep and not-repeatable, whose findings it also fits"},
	{ID: "asked-when-replayed", Explain: askedWhenReplayed,
		Because: "before asked-on-replay, which also fits: nothing failed, so each step was replayed"},
	{ID: "waits-for-itself", Explain: waitsForItself,
		Because: "before lost-memory, which also fits: the claim is about the wait, and the call has read nothing yet"},
	{ID: "kept-a-copy", Explain: keptACopy,
		Because: "before lost-memory and of-all-keys, which also fit: the script itself deleted the state"},
	{ID: "state-not-read", Explain: stateNotRead,
		Because: "before lost-memory and field-left-empty, which also fit: the state is there"},
	{ID: "lost-memory", Explain: lostMemory,
		Because: "after not-served, told-twice, not-final, nonsense-accepted and not-repeatable, whose findings it also fits: they leave no state"},
	{ID: "other-entry", Explain: otherEntry,
		Because: "before field-left-empty, which also fits: the names of the entries tell the reason"},
	{ID: "state-not-used", Explain: stateNotUsed,
		Because: "after other-entry, which knows why the handler found nothing"},
	{ID: "of-all-keys", Explain: ofAllKeys,
		Because: "after lost-memory: a key without state has lost its data, which matters more than the data of another key"},
	{ID: "change-not-kept", Explain: changeNotKept,
		Because: "after lost-memory and other-entry: without state, or with another name, the change cannot be kept"},
	{ID: "did-nothing", Explain: didNothing,
		Because: "before field-left-empty and not-asked, which also fit: the handler did no work at all"},
	{ID: "answered-from-nothing", Explain: answeredFromNothing,
		Because: "before field-left-empty and not-asked, which also fit: the handler did nothing because of the state that it read"},
	{ID: "captured-variable", Explain: capturedVariable,
		Because: "before left-empty, which also fits: the replay is the reason"},
	{ID: "left-empty", Explain: leftEmpty,
		Because: "before other-value-in-request, which also fits: an empty value tells more than a wrong one"},
	{ID: "step-unnamed", Explain: stepUnnamed,
		Because: "anywhere: no other rule is about the names of steps"},
	{ID: "chance-ignored", Explain: chanceIgnored,
		Because: "anywhere: no other rule is about answers that should differ"},
	{ID: "sent-twice", Explain: sentTwice,
		Because: "before the other rules about doubled requests: one attempt sent both"},
	{ID: "in-no-step", Explain: inNoStep,
		Because: "before asked-on-replay, repeated-outside-step and outside-of-steps, which also fit: the end between two steps proves it"},
	{ID: "effects-in-one-step", Explain: effectsInOneStep,
		Because: "before repeated-outside-step and effect-doubled, which also fit: several kinds were repeated at once"},
	{ID: "asked-on-replay", Explain: askedOnReplay,
		Because: "before effect-doubled, which also fits if no key was sent: a key does not help a request that is in no step"},
	{ID: "effect-doubled", Explain: effectDoubled,
		Because: "before the rules about doubled requests: a doubled effect matters more than a doubled request"},
	{ID: "not-in-its-own-step", Explain: notInItsOwnStep,
		Because: "before repeated-outside-step and outside-of-steps: the crash in the step tells more than the number of requests"},
	{ID: "requests-in-one-step", Explain: requestsInOneStep,
		Because: "before repeated-outside-step, which also fits: the step that failed shows where the requests were sent"},
	{ID: "repeated-outside-step", Explain: repeatedOutsideStep,
		Because: "before outside-of-steps, which also fits: several attempts show it"},
	{ID: "outside-of-steps", Explain: outsideOfSteps,
		Because: "after in-no-step and repeated-outside-step, whose findings it also fits"},
	{ID: "other-value-in-request", Explain: otherValueInRequest,
		Because: "after unlike-the-payments, left-empty and outside-of-steps, whose findings it also fits"},
	{ID: "field-left-empty", Explain: fieldLeftEmpty,
		Because: "after empty-after-replay, other-entry, did-nothing and answered-from-nothing, whose findings it also fits: they tell the reason"},
	{ID: "not-asked", Explain: notAsked,
		Because: "after did-nothing and answered-from-nothing, whose findings it also fits: they tell the reason"},
	{ID: "no-row", Explain: noRow,
		Because: "after state-before-row, whose findings it also fits"},
	{ID: "code-left-out", Explain: codeLeftOut,
		Because: "anywhere: no other rule is about a refusal with the code 500 of a handler in which nothing failed"},
	{ID: "called-unasked", Explain: calledUnasked,
		Because: "after undone-for-nothing, whose findings it also fits"},
	{ID: "other-value-in-answer", Explain: otherValueInAnswer,
		Because: "after kept-a-copy, state-not-read, wrong-amount, change-not-kept, status-made-up, empty-after-replay, price-of-one, other-entry, of-all-keys, did-nothing and field-left-empty, whose findings it also fits: they tell the reason"},
}

// EffectKinds are the kinds of effect that may happen only once. A price is not among
// them, because reading a price has no effect.
var EffectKinds = []sandbox.Kind{sandbox.Charge, sandbox.Ship, sandbox.Mail, sandbox.Reserve, sandbox.Refund}

// unwrittenTask finds the task whose code is not written yet in a handler's answer.
var unwrittenTask = regexp.MustCompile(`TODO \d+\.\d+`)

// notWritten recognizes the answer of a task whose code is still missing.
func notWritten(f *Finding) string {
	if !f.Claim.IsUnwritten() {
		return ""
	}
	todo := cmp.Or(unwrittenTask.FindString(f.Claim.Got.Text), "the TODO")
	return "the code for " + todo + " is not written yet. Write it where the TODO is, and delete the line that reports the TODO"
}

// notReplayable recognizes that a handler did not follow its journal on replay.
func notReplayable(f *Finding) string {
	if f.isNotReplayable() || slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Code == proxy.Mismatch }) {
		return "on replay, the handler did something other than its journal says. The path through the handler must not depend on time, chance, map order or package variables"
	}
	return ""
}

// codeLeftOut recognizes that the first attempt of the only handler refused with the code 500,
// although each step succeeded and no request failed. Only a terminal error ends a call at
// its first attempt, and 500 is the code of a terminal error that was made without one.
func codeLeftOut(f *Finding) string {
	no := f.ExpectsNo() || f.Expects(claim.Refusal)
	if !no || !f.HasAnswer(http.StatusInternalServerError) || f.Last == nil || len(f.Attempts) == 0 {
		return ""
	}
	if slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.What == sandbox.Dropped || e.Status >= http.StatusBadRequest }) {
		return ""
	}
	for _, a := range f.Attempts {
		failed := slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How != "ok" })
		if a.N != 1 || a.End != "done" || a.Service != f.Last.Service || failed {
			return ""
		}
	}
	return "the terminal error has the code 500, which is the code of an error that was made without one. Make it with restate.ToTerminalError and restate.WithErrorCode"
}

// handlerPanics recognizes that an attempt ended in a panic.
func handlerPanics(f *Finding) string {
	switch {
	case !f.hasPanicked():
		return ""
	case f.HasText("invalid memory address"):
		return "the handler panicked, because it used a pointer or an error that is nil. Find the variable that is nil there, and the line that should have set it"
	}
	return "the handler panicked, and Restate retries a panic like any other error. Remove the reason for the panic, or return an error instead"
}

// keyOfAnotherRequest recognizes that the outside world knows the idempotency key from
// another request.
func keyOfAnotherRequest(f *Finding) string {
	if slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.Status == http.StatusConflict && e.Detail == sandbox.AnotherBody && !f.usedKeyBefore(e)
	}) {
		return "an earlier request had the same idempotency key and another body, so the answer is 409. Make the key from the whole order id, so that no other order has it"
	}
	return ""
}

// usedKeyBefore reports whether an earlier request about the same subject had the same
// idempotency key.
func (f *Finding) usedKeyBefore(refused sandbox.Entry) bool {
	return slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.What == sandbox.Request && e.N < refused.Request && e.Key == refused.Key && e.Subject == refused.Subject
	})
}

// capturedVariable recognizes that a value is empty which a step had set before the
// crash.
func capturedVariable(f *Finding) string {
	if f.hasReplayed() && (f.hasEmptyValue() || f.lostKey()) {
		return capturedWhy
	}
	return ""
}

// hasReplayed reports whether an attempt read a step from the journal.
func (f *Finding) hasReplayed() bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Replayed > 0 })
}

// lostKey reports whether a request had an idempotency key, and a later request of the same
// kind about the same subject had none.
func (f *Finding) lostKey() bool {
	keyed := map[[2]string]bool{}
	for _, e := range f.Ledger {
		what := [2]string{string(e.Kind), e.Subject}
		if e.What != sandbox.Request || !slices.Contains(EffectKinds, e.Kind) {
			continue
		}
		if e.Key == "" && keyed[what] {
			return true
		}
		keyed[what] = keyed[what] || e.Key != ""
	}
	return false
}

// leftEmpty recognizes that a field is empty without a replay.
func leftEmpty(f *Finding) string {
	switch {
	case !f.hasEmptyValue():
		return ""
	case f.Expects(claim.Carried):
		return "the field " + f.Claim.Want.Field + " of the " + claim.RequestNoun(f.Claim.Of) + " is empty. Fill it with the value that a step returned"
	}
	return "the field " + f.Claim.Of + " of the answer is empty. Fill it with the value that a step returned"
}

// stepUnnamed recognizes that a step has no name of its own.
func stepUnnamed(f *Finding) string {
	switch {
	case f.HasOutcome(claim.Unnamed):
		return "a step has no name. Pass restate.WithName to restate.Run, after the step's function"
	case f.HasOutcome(claim.SameName):
		return "two steps have the same name, so people cannot distinguish them in the journal. Give each step a name of its own"
	}
	return ""
}

// chanceIgnored recognizes that invocations which should draw at random got the same
// answer.
func chanceIgnored(f *Finding) string {
	if f.Expects(claim.OtherAnswer) {
		return "different invocations got the same answer, so the draw is not random. Draw with restate.Rand(ctx), which gives different numbers to each invocation"
	}
	return ""
}

// didNothing recognizes that the handler answered at once: it ran no step, sent no
// request, called no handler and read no state.
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
	did := "ran no step and sent no request"
	if f.Last.OfObject() {
		did = "ran no step, sent no request and read no state"
	}
	return "the handler answered at once: it " + did + ". Do the work of the task before you return the answer"
}

// TriedAgain reports whether an invocation had more than one attempt.
func (f *Finding) TriedAgain() bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.N > 1 })
}

// inNoStep recognizes that an attempt ended between two steps, and that a request which
// had been accepted came again.
func inNoStep(f *Finding) string {
	if !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return (a.End == "killed" || strings.HasPrefix(a.End, "error")) && a.HasStepsDone()
	}) {
		return ""
	}
	for _, kind := range EffectKinds {
		for _, again := range f.acceptedAndSent() {
			if again.kind == kind {
				return "the " + claim.RequestNoun(string(kind)) + " is outside of every step, so each attempt sends it again. Put the request into a restate.Run"
			}
		}
	}
	return ""
}

// sentAgain is a kind of request about a subject that came again although it had been
// accepted.
type sentAgain struct {
	kind    sandbox.Kind
	subject string
}

// acceptedAndSent returns what was accepted and then sent again.
func (f *Finding) acceptedAndSent() (all []sentAgain) {
	accepted := map[sentAgain]bool{}
	for _, e := range f.Ledger {
		what := sentAgain{e.Kind, e.Subject}
		switch {
		case !slices.Contains(EffectKinds, e.Kind):
		case e.What == sandbox.Effect:
			accepted[what] = true
		case e.What == sandbox.Request && accepted[what] && !slices.Contains(all, what):
			all = append(all, what)
		}
	}
	return all
}

// effectsInOneStep recognizes that an attempt died or failed in a step, that a request from
// before came again although it had been accepted, and that another kind of request about
// the same subject came again too. The ledger does not show which of them the step itself
// sent.
func effectsInOneStep(f *Finding) string {
	if !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return !a.HasStepsDone() }) {
		return ""
	}
	for _, again := range f.acceptedAndSent() {
		own := slices.DeleteFunc(slices.Clone(f.Ledger), func(e sandbox.Entry) bool { return e.Subject != again.subject })
		for _, kind := range EffectKinds {
			if kind != again.kind && f.wentTogether(own, again.kind, kind) {
				return "two requests were sent before the journal had the result of the first, so the next attempt sent both again. Put each request into a step of its own"
			}
		}
	}
	return ""
}

// wentTogether reports whether the ledger has two of the first kind of request, each with
// one of the other kind after it.
func (f *Finding) wentTogether(ledger []sandbox.Entry, first, then sandbox.Kind) bool {
	pairs, open := 0, false
	for _, e := range ledger {
		switch {
		case e.What != sandbox.Request:
		case e.Kind == first:
			open = true
		case e.Kind == then && open:
			pairs++
			open = false
		}
	}
	return pairs > 1
}

// effectDoubled recognizes more than one effect of a kind.
func effectDoubled(f *Finding) string {
	kind, keys, ok := FirstDoubled(f)
	switch {
	case !ok:
		return ""
	case len(keys) == 0:
		return "the " + claim.RequestNoun(string(kind)) + " has no idempotency key, so the outside world cannot recognize a repeated request. Send a key that is the same on every attempt"
	case len(keys) <= InvocationsWithSteps(f):
		return "each call sent a new idempotency key, so two calls had two effects. Make the key from something that both calls share, such as the order's id"
	}
	return OtherKeyWhy + "Take the key from the order, or from restate.UUID(ctx) before the step"
}

// OtherKeyWhy is the first sentence about a key that changes; the second one says
// where the key can come from.
const OtherKeyWhy = "the idempotency key is different on every attempt, so a repeated request counts as a new one. "

// FirstDoubled returns the first kind that had more than one effect about one subject
// without one key for all of them.
func FirstDoubled(f *Finding) (kind sandbox.Kind, keys []string, ok bool) {
	for _, kind := range EffectKinds {
		for _, subject := range f.subjects() {
			own := slices.DeleteFunc(slices.Clone(f.Ledger), func(e sandbox.Entry) bool { return e.Subject != subject })
			keys := sandbox.Keys(own, kind)
			if sandbox.Effects(own, kind) > 1 && len(keys) != 1 {
				return kind, keys, true
			}
		}
	}
	return "", nil, false
}

// subjects returns the subjects of the ledger, in the sequence in which they came.
func (f *Finding) subjects() (all []string) {
	for _, e := range f.Ledger {
		if !slices.Contains(all, e.Subject) {
			all = append(all, e.Subject)
		}
	}
	return all
}

// requestsInOneStep recognizes that an attempt of the judged handler failed in its only step,
// after a request of that attempt had its answer, and that the request was sent again.
func requestsInOneStep(f *Finding) string {
	if !f.Expects(claim.Requests) || !f.HasOutcome(claim.Counted) || f.Claim.Got.N <= f.Claim.Want.Count.N {
		return ""
	}
	alone := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Service+"."+a.Handler == f.Where.Function && strings.HasPrefix(a.End, "error") && len(a.Steps) == 1 && a.Steps[0].How == "begun"
	})
	failed := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Status >= http.StatusInternalServerError })
	if !alone || !failed {
		return ""
	}
	return "one step sent several requests, and when one of them failed, the next attempt sent all again. Put each request into a step of its own"
}

// repeatedOutsideStep recognizes that there were more requests than runs of steps.
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
			return "every attempt sent the " + claim.RequestNoun(string(kind)) + " again. Put the request into a restate.Run"
		}
	}
	return ""
}

// waitsForItself recognizes that a handler waits for its key although it only reads.
func waitsForItself(f *Finding) string {
	if f.HasOutcome(claim.WaitsForTurn) {
		return "the handler takes an ObjectContext, so it waits until no other handler holds its object key. A handler that only reads can take an ObjectSharedContext"
	}
	return ""
}
