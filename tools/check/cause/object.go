package cause

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about objects: their state, the rows that agree with it, and cancelled calls.

// writtenOver recognizes that the program overwrote a row that somebody else had
// changed.
func writtenOver(f *Finding) string {
	if f.Facts[Changed] && !f.Facts[Cancelled] && f.IsAboutRows() && f.hasOtherStatus() {
		return WrittenOverWhy
	}
	return ""
}

// hasOtherStatus reports whether a row has a status that the claim does not expect of any
// row. FAILED counts only if the last call was refused: otherwise the work failed on its way.
func (f *Finding) hasOtherStatus() bool {
	refused := f.Last != nil && f.Last.Status >= http.StatusBadRequest
	return slices.ContainsFunc(f.FoundStatuses(), func(status string) bool {
		return (status != "FAILED" || refused) && !slices.Contains(f.WantedStatuses(), status)
	})
}

// stateBeforeRow recognizes that the first call set the state and was then cancelled
// before it wrote its row, so that the second call did nothing.
func stateBeforeRow(f *Finding) string {
	if f.isStateAhead() && f.HasNoRows() {
		return "the state says that the work is done, but there is no row. Write the row before the Set: a Set stays even if its handler ends in an error"
	}
	return ""
}

// ignoresCancel recognizes that a cancelled call returned a normal answer, or a 404 because
// its step returned nothing, or that a later step of it fails. A workflow may begin a step
// after a cancel, to write down how it ended.
func ignoresCancel(f *Finding) string {
	nothing := f.HasAnswer(http.StatusNotFound) && f.leftAStep()
	heard := f.Last != nil && f.Last.Status == http.StatusConflict // and the retried call may be another one
	switch {
	case !f.Facts[Cancelled]:
		return ""
	case f.HasOutcome(claim.Retried) && !heard && !f.calledWorkflow() && !f.hasPanicked() && (f.Last == nil || f.timesCalled(f.Last.Target()) == 1) && !strings.Contains(strings.ToLower(f.Claim.Got.Text), "cancel") && len(f.Attempts) > 0 && f.failedInAStep():
		return "the call was cancelled, but the handler ignored the error that the step ended with, and went on. Check that error, and return it"
	case !f.ExpectsAnswer(http.StatusConflict) || !f.HasAnswer(http.StatusOK) && !nothing:
		return ""
	}
	what := "the wait ended with"
	switch {
	case f.leftAStep():
		what = "the step ended with"
	case f.leftACall():
		what = "Request returned"
	}
	return "the call was cancelled, but the handler ignored the error that " + what + ". Check that error, and return it"
}

// hasPanicked reports whether an attempt ended in a panic.
func (f *Finding) hasPanicked() bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Panicked })
}

// leftACall reports whether the last call's handler waited for a call of its own when
// the cancel reached its journal.
func (f *Finding) leftACall() bool {
	last := ""
	for _, e := range f.Journal {
		switch {
		case e.Type == "Notification: Signal":
			return last == "Command: Call"
		case strings.HasPrefix(e.Type, "Command: "):
			last = e.Type
		}
	}
	return false
}

// leftAStep reports whether an attempt of the last call's handler began a step that
// did not succeed.
func (f *Finding) leftAStep() bool {
	return f.Last != nil && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		own := f.Last.Target() == Target{a.Service, a.Key, a.Handler}
		return own && slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How == "begun" || r.How == "failed for good" })
	})
}

// waitsOn recognizes that the handler of a cancelled call still waits for a promise.
func waitsOn(f *Finding) string {
	if f.Facts[Cancelled] && f.HasOutcome(claim.WaitsForPromise) {
		return "the call was cancelled, but the handler still waits. The wait ended in an error with code 409: return that error"
	}
	return ""
}

// notRepeatable recognizes that the program inserted a row twice.
func notRepeatable(f *Finding) string {
	conflict := func(text string) bool {
		// A shared charge_id or tracking_id is no second insert: another row has that id.
		return strings.Contains(text, "UNIQUE constraint failed") && !strings.Contains(text, ".charge_id") && !strings.Contains(text, ".tracking_id")
	}
	if conflict(f.Claim.Got.Text) || slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return conflict(a.End) }) {
		return "the row exists already, from an earlier attempt or call, and a second insert fails. Use a query that is safe to run twice"
	}
	return ""
}

// failsOutsideSteps recognizes that a cancelled call fails again and again before it
// comes to a step or a wait, which would report the cancel.
func failsOutsideSteps(f *Finding) string {
	if !f.Facts[Cancelled] || !f.HasOutcome(claim.Retried) || len(f.Attempts) == 0 || f.failedInAStep() || f.mayHaveHeard() {
		return ""
	}
	return "the handler fails outside of a step on every attempt, so it never learns that it was cancelled. Put the code that fails into a restate.Run"
}

// mayHaveHeard reports whether the handler waited for something, so that the cancel ended the
// wait, or whether that is not known.
func (f *Finding) mayHaveHeard() bool {
	open := map[string]int{}
	for _, e := range f.Journal {
		if kind, ok := strings.CutPrefix(e.Type, "Command: "); ok {
			open[kind]++
		} else if kind, ok := strings.CutPrefix(e.Type, "Notification: "); ok {
			open[kind]--
		}
	}
	for _, kind := range []string{"Run", "Call", "Sleep", "GetPromise"} {
		if open[kind] > 0 {
			return true
		}
	}
	return open["Signal"] == 0
}

// failedInAStep reports whether the last attempt that has ended left a step undone. An
// attempt that is still under way does not count, if there is another one.
func (f *Finding) failedInAStep() bool {
	last := len(f.Attempts) - 1
	for last > 0 && f.Attempts[last].End == "" {
		last--
	}
	return !f.Attempts[last].HasStepsDone()
}

// lostMemory recognizes that an object's answer lacks the result of an earlier call or
// of an earlier attempt. A workflow may do without state.
func lostMemory(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.Last.OfObject() || f.Last.Workflow || f.calledOnce() || f.Facts[Changed] {
		return ""
	}
	died := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.End == "killed" || a.End == "cut" })
	if !died && f.callsOfKey() < 2 {
		return ""
	}
	answered := f.ExpectsBody() && f.HasAnswerBody()
	switch {
	case f.keptNothing() && died:
		return "Restate has no state for this object key. A variable is lost when the program dies, and every attempt changes it again: store the value with restate.Set"
	case f.keptNothing():
		return "Restate has no state for this object key. Use restate.Set to store what a later call must find"
	case died && answered:
		return "an attempt broke off, and the answer afterwards is wrong, probably because the handler used a variable. Read the earlier value with restate.Get"
	}
	return ""
}

// callsOfKey counts the script's calls of the last call's object.
func (f *Finding) callsOfKey() (n int) {
	for _, c := range f.Calls {
		if c.Service == f.Last.Service && c.Key == f.Last.Key {
			n++
		}
	}
	return n
}

// askedWhenReplayed recognizes that there were more requests than finished steps in a
// run that replays every step and in which nothing fails, and that a request came again.
func askedWhenReplayed(f *Finding) string {
	if !f.Replayed || slices.ContainsFunc(f.Ledger, isTemporary) {
		return ""
	}
	ran, asked, again := 0, 0, false
	for _, a := range f.Attempts {
		for _, step := range a.Steps {
			if step.IsDone() {
				ran++
			}
		}
	}
	of := map[sentAgain]bool{}
	for _, e := range f.Ledger {
		what := sentAgain{e.Kind, e.Subject}
		if e.What == sandbox.Request && slices.Contains(EffectKinds, e.Kind) {
			asked++
			again = again || of[what]
			of[what] = true
		}
	}
	if asked > ran && again {
		return askedOutsideWhy
	}
	return ""
}

// answeredFromNothing recognizes that an object found no state, did nothing, and
// returned an answer of 200.
func answeredFromNothing(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.Last.OfObject() || len(f.Ledger) > 0 || len(f.Attempts) == 0 {
		return ""
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return len(a.Steps) > 0 }) {
		return ""
	}
	if !f.lookedAtState() || !f.keptNothing() {
		return ""
	}
	return "the handler returned without doing its work, as if it had found a result. Check the value from Get: a name that was never set gives the zero value and no error"
}

// lookedAtState reports whether the last call's handler read its object's state.
func (f *Finding) lookedAtState() bool { return len(f.lookedFor()) > 0 }

// lookedFor returns the names of the state entries that the last call's handler read.
func (f *Finding) lookedFor() (names []string) {
	for _, e := range f.Journal {
		var read struct {
			Command map[string]struct{ Key string }
		}
		if strings.HasPrefix(e.Type, "Command: Get") && strings.HasSuffix(e.Type, "State") && json.Unmarshal([]byte(e.JSON), &read) == nil {
			for _, get := range read.Command {
				names = append(names, get.Key)
			}
		}
	}
	return names
}

// otherEntry recognizes that a handler reads a state entry that nobody set, while the
// object has an entry with another name.
func otherEntry(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.Last.OfObject() || !f.ExpectsBody() && !f.didWorkAgain() {
		return ""
	}
	set, looked := f.State, f.lookedFor()
	if len(set) == 0 || len(looked) == 0 || slices.ContainsFunc(looked, func(name string) bool { return slices.Contains(set, name) }) {
		return ""
	}
	return fmt.Sprintf("the handler reads the state %q, but the state that was set is called %q. Use the same name for Get and Set", looked[0], set[0])
}

// didWorkAgain reports whether a second call sent a request that only the first call
// should send.
func (f *Finding) didWorkAgain() bool {
	return f.Expects(claim.Requests) && f.Claim.Want.Count.Is(1) && f.Claim.Got.N > 1 && f.Last != nil && f.timesCalled(f.Last.Target()) > 1
}

// stateNotUsed recognizes that a second call read the state that the first call had set,
// and sent the request again.
func stateNotUsed(f *Finding) string {
	if !f.didWorkAgain() || !f.readWhatIsSet() || f.TriedAgain() || f.Facts[KilledProgram] {
		return ""
	}
	again := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Invocation == f.Attempts[len(f.Attempts)-1].Invocation && len(a.Steps) > 0
	})
	if !again {
		return ""
	}
	return "the handler read its state, which has the result of an earlier call, and did the work again. If the state has a result, return it"
}

// readWhatIsSet reports whether the last call's handler read a state entry that is set.
func (f *Finding) readWhatIsSet() bool {
	return slices.ContainsFunc(f.lookedFor(), func(name string) bool { return slices.Contains(f.State, name) })
}

// stateNotRead recognizes that the answer is older than the state, which the handler did
// not read.
func stateNotRead(f *Finding) string {
	if f.isBehindEarlierCalls() && len(f.State) > 0 && len(f.Journal) > 0 && !f.lookedAtState() {
		return "the object has state, but the handler answered without reading it, and its answer is old. Return the value from restate.Get: a variable is lost when the program dies"
	}
	return ""
}

// changeNotKept recognizes that the answer lacks what an earlier call did, although the
// handler read the state.
func changeNotKept(f *Finding) string {
	if f.isBehindEarlierCalls() && f.readWhatIsSet() && !f.TriedAgain() && !f.Facts[KilledProgram] {
		return "the answer lacks what an earlier call did, although the handler read the state. Change the value that Get returned, and call Set after the change"
	}
	return ""
}

// isBehindEarlierCalls reports whether an object's answer lacks something that an earlier
// call has put there.
func (f *Finding) isBehindEarlierCalls() bool {
	if f.Last == nil || !f.Last.OfObject() || !f.ExpectsBody() || !f.HasAnswerBody() || f.calledOnce() {
		return false
	}
	var want, got any
	err := errors.Join(json.Unmarshal([]byte(f.Claim.Want.JSON), &want), json.Unmarshal([]byte(f.Claim.Got.Text), &got))
	return err == nil && hasSmaller(got, want)
}

// hasSmaller reports whether a number in got is missing, or smaller than the number at the same
// place in want.
func hasSmaller(got, want any) bool {
	switch w := want.(type) {
	case float64:
		g, ok := got.(float64)
		return !ok || g < w
	case map[string]any:
		g, _ := got.(map[string]any)
		for name := range w {
			if hasSmaller(g[name], w[name]) {
				return true
			}
		}
	}
	return false
}

// keptACopy recognizes that the answer has data although the object's state was deleted.
func keptACopy(f *Finding) string {
	if f.Facts[Forgotten] && f.keptNothing() && f.Last != nil && f.Last.OfObject() && f.ExpectsBody() && f.HasAnswerBody() && !f.lookedAtState() {
		return "the state of the object was deleted, but the answer has old data, so the data is in a variable or elsewhere. Return the value from restate.Get, and keep no copy"
	}
	return ""
}

// notInItsOwnStep recognizes that the program died in its first step, and that the next
// attempt sent a request again which had been answered before.
func notInItsOwnStep(f *Finding) string {
	if !f.ExpectsCount(claim.Requests, "", 1) || f.Claim.Got.N < 2 || sandbox.Effects(f.Ledger, f.claimedKind()) != 1 {
		return ""
	}
	if slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.What == sandbox.Dropped }) {
		return ""
	}
	died := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.N == 1 && (a.End == "broken off" || a.End == "killed") && len(a.Steps) == 1 && a.Steps[0].How == "begun"
	})
	if !died {
		return ""
	}
	return "when the program died, the journal did not have the answer to the " + claim.RequestNoun(f.Claim.Of) + ", so the request was sent again. Send it in a step that does nothing else"
}

// otherValueOnReplay recognizes that a handler set another value in the state on replay.
func otherValueOnReplay(f *Finding) string {
	if f.HasText("executing 'set state'") && f.HasText("value: ") {
		return "on replay, the handler set another value than its journal has. Make the value only from the input, from Get and from the results of steps: other variables may be empty then"
	}
	return ""
}

// ofAllKeys recognizes that an object's answer has more in it than its key was given,
// after another key was called too.
func ofAllKeys(f *Finding) string {
	if f.Last == nil || !f.Last.OfObject() || !f.ExpectsBody() || !f.HasAnswerBody() {
		return ""
	}
	others := slices.ContainsFunc(f.Calls, func(c Call) bool {
		return c.Service == f.Last.Service && c.Key != f.Last.Key
	})
	var want, got any
	if !others || json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil || json.Unmarshal([]byte(f.Claim.Got.Text), &got) != nil || !hasLarger(got, want) {
		return ""
	}
	return "the answer contains data of another object key, because all object keys share one variable. Keep the data in the object's state, which is separate for each object key"
}

// hasLarger reports whether a number in got is larger than the number at the same
// place in want.
func hasLarger(got, want any) bool {
	switch w := want.(type) {
	case float64:
		g, ok := got.(float64)
		return ok && g > w
	case map[string]any:
		g, _ := got.(map[string]any)
		for name := range w {
			if hasLarger(g[name], w[name]) {
				return true
			}
		}
	}
	return false
}

// doneTooSoon recognizes that a call failed, and that the next call for the same key
// did nothing and returned an answer of 200.
func doneTooSoon(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.ExpectsNo() || !f.Last.OfObject() {
		return ""
	}
	failed := slices.ContainsFunc(f.Calls, func(c Call) bool {
		return c.Target() == f.Last.Target() && c.Answered && c.Status >= http.StatusBadRequest
	})
	if !failed || len(f.Attempts) == 0 {
		return ""
	}
	if !f.didNoStep() || f.keptNothing() {
		return ""
	}
	return "an earlier call failed, but the state says that the work is done. Set the state last: a Set stays even if its handler ends in an error"
}

// setBeforeNo recognizes that a call which ended with an error has left something in the
// state, which a later answer shows: a field that should not be there.
func setBeforeNo(f *Finding) string {
	var has, want any
	if f.Last == nil || !f.Last.OfObject() || !f.ExpectsBody() || !f.HasAnswerBody() {
		return ""
	}
	refused := slices.ContainsFunc(f.Calls, func(c Call) bool {
		return c.Service == f.Last.Service && c.Key == f.Last.Key && c.Answered && c.Status >= http.StatusBadRequest
	})
	if !refused || json.Unmarshal([]byte(f.Claim.Got.Text), &has) != nil || json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil {
		return ""
	}
	if !hasUnwanted(has, want) {
		return ""
	}
	return "a call that ended with an error has changed the state, because a Set stays even if its handler ends in an error. Call Set after everything that can fail"
}

// hasUnwanted reports whether an object has a field that should not be there, which is null
// in the wanted object.
func hasUnwanted(has, want any) bool {
	h, isObject := has.(map[string]any)
	w, _ := want.(map[string]any)
	for name, value := range w {
		if isObject && h[name] != nil && (value == nil || hasUnwanted(h[name], value)) {
			return true
		}
	}
	return false
}

// didNoStep reports whether the last attempt of all finished at once: it is the first one of
// its invocation, and ran no step.
func (f *Finding) didNoStep() bool {
	if len(f.Attempts) == 0 {
		return false
	}
	last := f.Attempts[len(f.Attempts)-1]
	return last.End == "done" && len(last.Steps) == 0 && last.N == 1
}

// wentOnAfterNo recognizes that an attempt went on after a final refusal, and that the
// database then refused the row.
func wentOnAfterNo(f *Finding) string {
	if f.HasText("constraint failed: failed_for_a_reason") || f.HasText("constraint failed: status_is_known") {
		return "" // the row does not lack the result of the refused request
	}
	on := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		i := slices.IndexFunc(a.Steps, func(r proxy.StepRun) bool { return r.How == "failed for good" })
		return i >= 0 && i < len(a.Steps)-1
	})
	if on && CountRefusals(f) > 0 && f.HasText("constraint failed") {
		return droppedWhy
	}
	return ""
}

// noRow recognizes that a row is missing.
func noRow(f *Finding) string {
	if f.IsAboutRows() && f.HasNoRows() {
		return "the database has no row for this order. Write the row in a step, with the order's id"
	}
	return ""
}

// InvocationsWithSteps counts the invocations of the judged handler that ran at least
// one step.
func InvocationsWithSteps(f *Finding) int {
	ids := map[string]bool{}
	for _, a := range f.Attempts {
		if len(a.Steps) > 0 && a.Service+"."+a.Handler == f.Where.Function {
			ids[a.Invocation] = true
		}
	}
	return len(ids)
}
