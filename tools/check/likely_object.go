package check

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Facts that a word has seen, for the rules.
const (
	cancelled = "cancelled" // a call was cancelled
	// Changed: somebody else changed a row that the program had written.
	Changed = "changed"
)

// writtenOver: a row that somebody else has changed is not as they left it.
func writtenOver(s *Script) string {
	if s.saw[Changed] && aboutRows(s) {
		return writtenOverWhy
	}
	return ""
}

const writtenOverWhy = "the row had moved on, and was written over: a row that is there must stay as it is"

// stateBeforeRow: the first call was cancelled before it had written its row,
// and the second took it for done.
func stateBeforeRow(s *Script) string {
	if s.saw[cancelled] && aboutRows(s) && s.got == "none" {
		return "the state says that it is done, and there is no row: a Set stays when its handler ends in an error, so write the row first"
	}
	return ""
}

// aboutRows says whether the claim that did not hold was one about rows.
func aboutRows(s *Script) bool { return strings.HasPrefix(s.expected, "rows ") }

// ignoresCancel: a cancelled call has answered well.
func ignoresCancel(s *Script) string {
	if !s.saw[cancelled] || !strings.HasPrefix(s.expected, "409") || !strings.HasPrefix(s.got, "200 ") {
		return ""
	}
	if s.answeredFailed() {
		return s.badEnd()
	}
	what := "what the handler waited for"
	if s.leftAStep() {
		what = "the step"
	}
	return what + " ended in an error, that the call was cancelled, and the handler went on as if it were done: is an error dropped?"
}

// leftAStep says whether an attempt of the last call's handler has begun a step
// that came to no good end.
func (s *Script) leftAStep() bool {
	return s.last != nil && slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool {
		own := s.last.target == target{a.Service, a.Key, a.Handler}
		return own && slices.ContainsFunc(a.Steps, func(r proxy.Ran) bool { return r.How == "begun" || r.How == "failed for good" })
	})
}

// answeredFailed says whether the answer is a good one that says FAILED.
func (s *Script) answeredFailed() bool {
	return s.last != nil && strings.Contains(s.got, `"status":"FAILED"`)
}

// waitsOn: a cancelled call neither ends nor fails.
func waitsOn(s *Script) string {
	if s.saw[cancelled] && strings.HasPrefix(s.got, noneWithin) {
		return waitsOnWhy
	}
	return ""
}

const waitsOnWhy = "the call was cancelled, and the handler waits on: that came as the error of what it waited for, and was not handed on"

// notRepeatable: a row was inserted twice.
func notRepeatable(s *Script) string {
	conflict := func(text string) bool { return strings.Contains(text, "UNIQUE constraint failed") }
	if conflict(s.got) || slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return conflict(a.End) }) {
		return "the row is there already, from an earlier attempt or call: what may run twice needs a query that may run twice"
	}
	return ""
}

// failsOutsideSteps: a call was cancelled, and goes on all the same.
func failsOutsideSteps(s *Script) string {
	if !s.saw[cancelled] || !strings.Contains(s.got, stillRetried) {
		return ""
	}
	if strings.Contains(strings.ToLower(s.got), "cancel") {
		return notFinalWhy // it was heard, and made another error
	}
	return "what fails stands outside of a step: the handler never comes to one again, and so never hears that it was cancelled"
}

// lostMemory: an object's answer lacks what an earlier call, or an earlier
// attempt, has brought about.
func lostMemory(s *Script) string {
	if s.last == nil || s.last.status != http.StatusOK || !s.last.ofObject() || s.calledOnce() {
		return ""
	}
	died := slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.End == "killed" || a.End == "cut" })
	answered := strings.HasPrefix(s.expected, "200 ") && strings.HasPrefix(s.got, "200 ")
	switch {
	case s.keptNothing(s.last.target) && died:
		return "Restate has no state for this key: a variable dies with its process, and every attempt changes it again; restate.Set does neither"
	case s.keptNothing(s.last.target):
		return "Restate has no state for this key: what a later call is to find, an earlier one must restate.Set"
	case died && answered:
		return "a variable has died with its process: what a handler builds on must come from restate.Get"
	}
	return ""
}

// ofObject: the call was one for an object's key. A workflow's run may well do
// without state: its journal is kept.
func (c *call) ofObject() bool { return c.target.key != "" && c.key != "" }

// calledOnce: there was no earlier call that the last one could have known of.
func (s *Script) calledOnce() bool { return len(s.calls) == 1 && len(s.tries) <= 1 }

// waitsWithin: a handler runs and gives no answer, and neither Restate nor the
// outside world keeps it waiting.
func waitsWithin(s *Script) string {
	if !strings.HasPrefix(s.got, noneWithin) || len(s.tries) == 0 {
		return ""
	}
	for _, a := range s.tries {
		if a.End != "" {
			continue
		}
		if len(a.Steps) == 0 || a.Steps[len(a.Steps)-1].Done() {
			return waitsWithinWhy
		}
	}
	return ""
}

// askedWhenReplayed: with every step replayed and nothing failing, there were
// more requests than steps that ran.
func askedWhenReplayed(s *Script) string {
	if s.pass != passReplay {
		return ""
	}
	ran, asked := 0, 0
	for _, a := range s.tries {
		for _, step := range a.Steps {
			if step.Done() {
				ran++
			}
		}
	}
	for _, kind := range effectKinds {
		asked += sandbox.Requests(s.ledger, kind)
	}
	if asked > ran {
		return askedOutsideWhy
	}
	return ""
}

const askedOutsideWhy = "the outside world was asked outside of a step: every attempt asks it again, so wrap the request in restate.Run"

// keptNothing: an object's key has no state.
func (s *Script) keptNothing(t target) bool {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	set, err := s.world.stateNames(ctx, t.service, t.key)
	return err == nil && len(set) == 0
}

// answeredFromNothing: an object answered well and has done nothing at all.
func answeredFromNothing(s *Script) string {
	if s.last == nil || s.last.status != http.StatusOK || !s.last.ofObject() || len(s.ledger) > 0 || len(s.tries) == 0 {
		return ""
	}
	if slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return len(a.Steps) > 0 }) {
		return ""
	}
	if !s.lookedAtState() {
		return ""
	}
	return "the handler took itself for done and did nothing: Get of a key that is not there gives a zero value, and no error"
}

// lookedAtState says whether the last call's handler has read its object's state.
func (s *Script) lookedAtState() bool { return len(s.lookedFor()) > 0 }

// lookedFor are the names under which the last call's handler has read its
// object's state.
func (s *Script) lookedFor() (names []string) {
	for _, e := range s.lastJournal() {
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

// lastJournal is that of the last call's handler, empty where there is none.
func (s *Script) lastJournal() []entry {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	i, err := s.invocationOf(ctx, s.last)
	if err != nil || i == nil {
		return nil
	}
	entries, _ := s.journal(ctx, i.ID)
	return entries
}

// otherEntry: a handler has looked for what nobody has set, and something else
// is set.
func otherEntry(s *Script) string {
	if s.last == nil || s.last.status != http.StatusOK || !s.last.ofObject() || !strings.HasPrefix(s.expected, "200 ") {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	set, err := s.world.stateNames(ctx, s.last.target.service, s.last.target.key)
	looked := s.lookedFor()
	if err != nil || len(set) == 0 || len(looked) == 0 || slices.ContainsFunc(looked, func(name string) bool { return slices.Contains(set, name) }) {
		return ""
	}
	return fmt.Sprintf("the handler looks for %q, and what is set is called %q: Get finds what was Set under the same name", looked[0], set[0])
}

// ofAllKeys: there is more in an object's answer than was asked of its key, and
// another key was called too.
func ofAllKeys(s *Script) string {
	if s.last == nil || !s.last.ofObject() || !strings.HasPrefix(s.expected, "200 ") || !strings.HasPrefix(s.got, "200 ") {
		return ""
	}
	others := slices.ContainsFunc(slices.Collect(maps.Values(s.calls)), func(c *call) bool {
		return c.target.service == s.last.target.service && c.target.key != s.last.target.key
	})
	var want, got any
	if !others || json.Unmarshal([]byte(s.expected[4:]), &want) != nil || json.Unmarshal([]byte(s.got[4:]), &got) != nil || !more(got, want) {
		return ""
	}
	return "the answer has something of another key in it: a variable is one for all keys, an object's state is each key's own"
}

// more says whether a number is larger than the one that is wanted in its place.
func more(got, want any) bool {
	switch w := want.(type) {
	case float64:
		g, ok := got.(float64)
		return ok && g > w
	case map[string]any:
		g, _ := got.(map[string]any)
		for name := range w {
			if more(g[name], w[name]) {
				return true
			}
		}
	}
	return false
}

// doneTooSoon: a call has failed, and the next one for the same key does nothing
// and answers well.
func doneTooSoon(s *Script) string {
	if s.last == nil || s.last.status != http.StatusOK || !strings.HasPrefix(s.expected, "4") || !s.last.ofObject() {
		return ""
	}
	failed := slices.ContainsFunc(slices.Collect(maps.Values(s.calls)), func(c *call) bool {
		return c.target == s.last.target && c.answered() && c.status >= http.StatusBadRequest
	})
	if !failed || len(s.tries) == 0 {
		return ""
	}
	last := s.tries[len(s.tries)-1]
	if last.End != "done" || len(last.Steps) > 0 || last.N > 1 {
		return ""
	}
	return "the state says that it is done, and it never was: a Set stays when its handler ends in an error, so set it last"
}

// wentOn: an attempt has gone on after a final no, and the database does not take
// what it made of it.
func wentOn(s *Script) string {
	on := slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool {
		i := slices.IndexFunc(a.Steps, func(r proxy.Ran) bool { return r.How == "failed for good" })
		return i >= 0 && i < len(a.Steps)-1
	})
	if on && finalNo(s) > 0 && strings.Contains(s.got, "constraint failed") {
		return droppedWhy
	}
	return ""
}

// idIsKey: a shipment is called something else than its object.
func idIsKey(s *Script) string {
	if strings.Contains(s.got, "id_is_ship_order_id") {
		return "a shipment's id is the object's key, ship- and the order's id: restate.Key(ctx) gives it"
	}
	return ""
}

// noRow: a row is missed.
func noRow(s *Script) string {
	if aboutRows(s) && s.got == "none" {
		return "there is no row of this order's: it takes a step to write one, with the order's id in it"
	}
	return ""
}

// neverWritten: the program was to be killed at a commit, and made none.
func neverWritten(s *Script) string {
	if strings.Contains(s.expected, "it wrote to the database") {
		return "nothing was written through lessons/shop/store: its methods write the rows, and there the check can stop the program"
	}
	return ""
}

// invocationsWithSteps are those of the handler which the script judges that
// came as far as a step.
func invocationsWithSteps(s *Script) int {
	ids := map[string]bool{}
	for _, a := range s.tries {
		if len(a.Steps) > 0 && a.Service+"."+a.Handler == s.where.function {
			ids[a.Invocation] = true
		}
	}
	return len(ids)
}
