// Package cause finds the likely cause of a claim that did not hold. A Rule looks at
// a Finding, which is plain data; the rules are asked in order, and the first that
// fits explains the failure.
package cause

import (
	"net/http"
	"slices"
	"strings"

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
	// Explain returns the cause in words for the learner, "" where it does not fit.
	Explain func(*Finding) string
}

// Likely returns the probable cause of what was found, or "" when nothing fits: that
// of the first rule that fits.
func Likely(f *Finding, rules []Rule) string {
	for _, rule := range rules {
		if why := rule.Explain(f); why != "" {
			return why
		}
	}
	return ""
}

// Merge returns the engine's rules with those of a lesson among them.
func Merge(lesson []Rule) []Rule {
	var all []Rule
	for _, rule := range Rules {
		all = append(append(all, before(lesson, rule.ID)...), rule)
	}
	return append(all, before(lesson, "")...)
}

// before returns the rules that stand in front of the one with that ID.
func before(rules []Rule, id string) (all []Rule) {
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

// Rules are the engine's own, in the order in which they are asked.
var Rules = []Rule{
	{ID: "not-written", Explain: notWritten},
	{ID: "not-served", Explain: notServed},
	{ID: "paused-soon", Explain: pausedSoon},
	{ID: "room-is-final", Explain: roomIsFinal},
	{ID: "ignores-cancel", Explain: ignoresCancel},
	{ID: "waits-on", Explain: waitsOn},
	{ID: "other-types", Explain: otherTypes},
	{ID: "died-in-goroutine", Explain: diedInGoroutine},
	{ID: "not-j-s-o-n", Explain: notJSON},
	{ID: "ends-itself", Explain: endsItself},
	{ID: "never-returns", Explain: neverReturns},
	{ID: "no-database", Explain: noDatabase},
	{ID: "handler-hangs", Explain: handlerHangs},
	{ID: "waits-inside-step", Explain: waitsInsideStep},
	{ID: "not-replayable", Explain: notReplayable},
	{ID: "two-runs", Explain: twoRuns},
	{ID: "runs-itself", Explain: OfWorkflow(runsItself)},
	{ID: "refused-by-other", Explain: OfWorkflow(refusedByOther)},
	{ID: "kept-in-memory", Explain: OfWorkflow(keptInMemory)},
	{ID: "told-twice", Explain: OfWorkflow(toldTwice)},
	{ID: "key-of-another-request", Explain: keyOfAnotherRequest},
	{ID: "nonsense-accepted", Explain: nonsenseAccepted},
	{ID: "written-for-nothing", Explain: writtenForNothing},
	{ID: "went-on-after-no", Explain: wentOnAfterNo},
	{ID: "refused-by-table", Explain: refusedByTable},
	{ID: "panicked-no", Explain: panickedNo},
	{ID: "retries-final", Explain: retriesFinal},
	{ID: "asks-again", Explain: asksAgain},
	{ID: "done-too-soon", Explain: doneTooSoon},
	{ID: "error-swallowed", Explain: errorSwallowed},
	{ID: "unknown-is-no", Explain: unknownIsNo},
	{ID: "gave-up-early", Explain: gaveUpEarly},
	{ID: "own-effect-taken-for-error", Explain: ownEffectTakenForError},
	{ID: "ran-concurrently", Explain: ranConcurrently},
	{ID: "unknown-call", Explain: unknownCall},
	{ID: "too-few-steps", Explain: tooFewSteps},
	{ID: "empty-name-in-request", Explain: emptyNameInRequest},
	{ID: "tried-by-caller", Explain: triedByCaller},
	{ID: "fell-through", Explain: fellThrough},
	{ID: "never-called", Explain: neverCalled},
	{ID: "step-never-run", Explain: stepNeverRun},
	{ID: "json-names", Explain: jsonNames},
	{ID: "empty-after-replay", Explain: emptyAfterReplay},
	{ID: "handler-panics", Explain: handlerPanics},
	{ID: "written-over", Explain: writtenOver},
	{ID: "state-before-row", Explain: stateBeforeRow},
	{ID: "state-ahead", Explain: stateAhead},
	{ID: "not-repeatable", Explain: notRepeatable},
	{ID: "fails-outside-steps", Explain: failsOutsideSteps},
	{ID: "waits-within", Explain: waitsWithin},
	{ID: "asked-when-replayed", Explain: askedWhenReplayed},
	{ID: "lost-memory", Explain: lostMemory},
	{ID: "other-entry", Explain: otherEntry},
	{ID: "of-all-keys", Explain: ofAllKeys},
	{ID: "did-nothing", Explain: didNothing},
	{ID: "answered-from-nothing", Explain: answeredFromNothing},
	{ID: "captured-variable", Explain: capturedVariable},
	{ID: "left-empty", Explain: leftEmpty},
	{ID: "step-unnamed", Explain: stepUnnamed},
	{ID: "chance-ignored", Explain: chanceIgnored},
	{ID: "in-no-step", Explain: inNoStep},
	{ID: "effects-in-one-step", Explain: effectsInOneStep},
	{ID: "effect-doubled", Explain: effectDoubled},
	{ID: "asked-on-replay", Explain: askedOnReplay},
	{ID: "repeated-outside-step", Explain: repeatedOutsideStep},
	{ID: "outside-of-steps", Explain: outsideOfSteps},
	{ID: "waits-for-itself", Explain: waitsForItself},
	{ID: "other-value-in-request", Explain: otherValueInRequest},
	{ID: "field-left-empty", Explain: fieldLeftEmpty},
	{ID: "not-asked", Explain: notAsked},
	{ID: "no-row", Explain: noRow},
}

// EffectKinds are what may happen once only; a price is no effect.
var EffectKinds = []sandbox.Kind{sandbox.Charge, sandbox.Ship, sandbox.Mail, sandbox.Reserve, sandbox.Refund}

func notWritten(f *Finding) string {
	if i := strings.Index(f.Got, "TODO "); i >= 0 {
		return "this task is still to be written"
	}
	return ""
}

func notReplayable(f *Finding) string {
	if strings.Contains(f.Got, "RT0016") || slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return strings.Contains(a.Line(), "570") }) {
		return "the path through the handler depends on something that the journal does not know: time, chance, the order of a map, a variable"
	}
	return ""
}

func handlerPanics(f *Finding) string {
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Panicked }) {
		return "the handler panics; a panic is retried like any other error"
	}
	return ""
}

// keyOfAnotherRequest: the other end knows the key from another request.
func keyOfAnotherRequest(f *Finding) string {
	if slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Status == http.StatusConflict && e.Detail == sandbox.AnotherBody }) {
		return "the same key came with another request before: a key names one effect of one order"
	}
	return ""
}

// capturedVariable: something is empty that a step before the crash had set.
func capturedVariable(f *Finding) string {
	replayed := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Replayed > 0 })
	if replayed && (f.Got == `""` || f.Got == "it is empty") {
		return capturedWhy
	}
	return ""
}

// leftEmpty: something is empty, and no replay is to blame.
func leftEmpty(f *Finding) string {
	if f.Got == `""` || f.Got == "it is empty" {
		return "this was left empty: what belongs there is in what a step has returned"
	}
	return ""
}

// stepUnnamed: a step has no name.
func stepUnnamed(f *Finding) string {
	if strings.HasPrefix(f.Expected, "a name for each step") {
		return "restate.WithName, behind the function of a step, gives it a name"
	}
	return ""
}

// chanceIgnored: what chance should decide comes out the same each time.
func chanceIgnored(f *Finding) string {
	if f.Expected == "two answers that differ" {
		return "chance has no part in it: restate.Rand(ctx) gives each invocation numbers of its own"
	}
	return ""
}

// didNothing: the handler has answered, at once, and no step was run, nobody
// was asked, no other handler called and no state looked at.
func didNothing(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || len(f.Ledger) > 0 || len(f.Attempts) == 0 || f.Got == "" {
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
	return "the answer came at once, and nothing was done for it: no step was run, and nobody was asked"
}

// StepsDone says that no step of an attempt was under way at its end.
func StepsDone(a proxy.Attempt) bool {
	return !slices.ContainsFunc(a.Steps, func(r proxy.Ran) bool { return r.How == "begun" })
}

// TriedAgain says whether an invocation has had more than one attempt.
func (f *Finding) TriedAgain() bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.N > 1 })
}

// inNoStep: an attempt was killed between two steps, and yet something that it
// had asked for is asked for again.
func inNoStep(f *Finding) string {
	if !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.End == "killed" && StepsDone(a) }) {
		return ""
	}
	for _, kind := range EffectKinds {
		if sandbox.Requests(f.Ledger, kind) > 1 {
			return string(kind) + " was asked for outside of any step, and so again on every attempt: put it into a restate.Run"
		}
	}
	return ""
}

// effectsInOneStep: an attempt died in a step, and several things that were asked for
// by then are not in the journal. Which of them the step itself has asked for, nobody
// can tell.
func effectsInOneStep(f *Finding) string {
	for _, a := range f.Attempts {
		if a.N > 1 || StepsDone(a) {
			continue
		}
		kinds := 0
		for _, kind := range EffectKinds {
			if sandbox.Requests(f.Ledger, kind) > 1 {
				kinds++
			}
		}
		if kinds > 1 {
			return "between one result in the journal and the next there are two effects, and a crash repeats the first: are two in one step, or is one in none?"
		}
	}
	return ""
}

// effectDoubled: more than one effect of a kind.
func effectDoubled(f *Finding) string {
	kind, keys, ok := FirstDoubled(f)
	switch {
	case !ok:
		return ""
	case len(keys) == 0:
		return string(kind) + " was asked without a key, so nobody can tell the second request from a new one"
	case len(keys) <= InvocationsWithSteps(f):
		return "each call made a key of its own: for two calls to be one effect, the key must come from what they have in common"
	}
	return AnotherKeyWhy + "take it from the order, or from restate.UUID(ctx) in front of the step"
}

// AnotherKeyWhy begins what is to be done about a key that changes.
const AnotherKeyWhy = "the key is another one on every attempt: "

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

// repeatedOutsideStep: asked more often than steps were run.
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
			return string(kind) + " was asked again on every attempt: is it inside a restate.Run?"
		}
	}
	return ""
}

func waitsForItself(f *Finding) string {
	if strings.Contains(f.Got, "waits for its turn") {
		return "a handler with an ObjectContext waits until the key is free; one that only reads need not"
	}
	return ""
}
