package cause

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about objects: their state, the rows that agree with it, and cancelled calls.

// writtenOver recognizes that a row that somebody else has changed is not as they left
// it.
func writtenOver(f *Finding) string {
	if f.Facts[Changed] && f.IsAboutRows() {
		return WrittenOverWhy
	}
	return ""
}

// stateBeforeRow recognizes that the first call was cancelled before it had written
// its row, and the second took it for done.
func stateBeforeRow(f *Finding) string {
	if f.Facts[Cancelled] && f.IsAboutRows() && f.HasNoRows() {
		return "the state says that it is done, and there is no row: a Set stays when its handler ends in an error, so write the row first"
	}
	return ""
}

// ignoresCancel recognizes that a cancelled call has answered as if it were not.
func ignoresCancel(f *Finding) string {
	if !f.Facts[Cancelled] || !f.ExpectsAnswer(http.StatusConflict) || !f.HasAnswerBody() {
		return ""
	}
	what := "what the handler waited for"
	if f.leftAStep() {
		what = "the step"
	}
	return what + " ended in an error, that the call was cancelled, and the handler went on as if it were done: is an error dropped?"
}

// leftAStep reports whether an attempt of the last call's handler has begun a step
// that came to no good end.
func (f *Finding) leftAStep() bool {
	return f.Last != nil && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		own := f.Last.Target() == Target{a.Service, a.Key, a.Handler}
		return own && slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How == "begun" || r.How == "failed for good" })
	})
}

// waitsOn recognizes that the handler of a cancelled call goes on waiting.
func waitsOn(f *Finding) string {
	if f.Facts[Cancelled] && (f.HasTimedOut() || f.HasOutcome(claim.WaitsForPromise)) {
		return "the call was cancelled, and the handler waits on: that came as the error of what it waited for, and was not handed on"
	}
	return ""
}

// notRepeatable recognizes that a row was inserted twice.
func notRepeatable(f *Finding) string {
	conflict := func(text string) bool { return strings.Contains(text, "UNIQUE constraint failed") }
	if conflict(f.Claim.Got.Text) || slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return conflict(a.End) }) {
		return "the row is there already, from an earlier attempt or call: what may run twice needs a query that may run twice"
	}
	return ""
}

// failsOutsideSteps recognizes that a cancelled call is retried over and over, and never
// comes to a step or a wait that would report the cancel.
func failsOutsideSteps(f *Finding) string {
	if !f.Facts[Cancelled] || !f.HasOutcome(claim.Retried) {
		return ""
	}
	return "what fails stands outside of a step: the handler never comes to one again, and so never hears that it was cancelled"
}

// lostMemory recognizes that an object's answer lacks what an earlier call, or an
// earlier attempt, has brought about.
func lostMemory(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.Last.OfObject() || f.calledOnce() {
		return ""
	}
	died := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.End == "killed" || a.End == "cut" })
	answered := f.ExpectsBody() && f.HasAnswerBody()
	switch {
	case f.keptNothing() && died:
		return "Restate has no state for this key: a variable dies with its process, and every attempt changes it again; restate.Set does neither"
	case f.keptNothing():
		return "Restate has no state for this key: what a later call is to find, an earlier one must restate.Set"
	case died && answered:
		return "a variable has died with its process: what a handler builds on must come from restate.Get"
	}
	return ""
}

// waitsWithin recognizes that a handler runs and gives no answer, and neither Restate
// nor the outside world keeps it waiting.
func waitsWithin(f *Finding) string {
	if !f.HasTimedOut() || len(f.Attempts) == 0 {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End != "" {
			continue
		}
		if len(a.Steps) == 0 || a.Steps[len(a.Steps)-1].IsDone() {
			return waitsWithinWhy
		}
	}
	return ""
}

// askedWhenReplayed recognizes that with every step replayed and nothing failing,
// there were more requests than steps that ran.
func askedWhenReplayed(f *Finding) string {
	if !f.Replayed {
		return ""
	}
	ran, asked := 0, 0
	for _, a := range f.Attempts {
		for _, step := range a.Steps {
			if step.IsDone() {
				ran++
			}
		}
	}
	for _, kind := range EffectKinds {
		asked += sandbox.Requests(f.Ledger, kind)
	}
	if asked > ran {
		return askedOutsideWhy
	}
	return ""
}

// answeredFromNothing recognizes that an object answered well and has done nothing at
// all.
func answeredFromNothing(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.Last.OfObject() || len(f.Ledger) > 0 || len(f.Attempts) == 0 {
		return ""
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return len(a.Steps) > 0 }) {
		return ""
	}
	if !f.lookedAtState() {
		return ""
	}
	return "the handler took itself for done and did nothing: Get of a key that is not there gives a zero value, and no error"
}

// lookedAtState reports whether the last call's handler has read its object's state.
func (f *Finding) lookedAtState() bool { return len(f.lookedFor()) > 0 }

// lookedFor returns the names under which the last call's handler has read its
// object's state.
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

// otherEntry recognizes that a handler has looked for what nobody has set, and
// something else is set.
func otherEntry(f *Finding) string {
	if f.Last == nil || f.Last.Status != http.StatusOK || !f.Last.OfObject() || !f.ExpectsBody() {
		return ""
	}
	set, looked := f.State, f.lookedFor()
	if len(set) == 0 || len(looked) == 0 || slices.ContainsFunc(looked, func(name string) bool { return slices.Contains(set, name) }) {
		return ""
	}
	return fmt.Sprintf("the handler looks for %q, and what is set is called %q: Get finds what was Set under the same name", looked[0], set[0])
}

// ofAllKeys recognizes that there is more in an object's answer than was asked of its
// key, and another key was called too.
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
	return "the answer has something of another key in it: a variable is one for all keys, an object's state is each key's own"
}

// hasLarger reports whether a number is larger than the one that is wanted in its
// place.
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

// doneTooSoon recognizes that a call has failed, and the next one for the same key
// does nothing and answers well.
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
	last := f.Attempts[len(f.Attempts)-1]
	if last.End != "done" || len(last.Steps) > 0 || last.N > 1 {
		return ""
	}
	return "the state says that it is done, and it never was: a Set stays when its handler ends in an error, so set it last"
}

// wentOnAfterNo recognizes that an attempt has gone on after a final no, and the
// database does not take what it made of it.
func wentOnAfterNo(f *Finding) string {
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
		return "there is no row of this order's: it takes a step to write one, with the order's id in it"
	}
	return ""
}

// InvocationsWithSteps counts those of the handler which the script judges that
// came as far as a step.
func InvocationsWithSteps(f *Finding) int {
	ids := map[string]bool{}
	for _, a := range f.Attempts {
		if len(a.Steps) > 0 && a.Service+"."+a.Handler == f.Where.Function {
			ids[a.Invocation] = true
		}
	}
	return len(ids)
}
