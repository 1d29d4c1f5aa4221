package cause

import (
	"net/http"
	"slices"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/sandbox"
)

// Rules about payments and orders: what an error means, and what must be undone.

// unknownIsNo recognizes that a request got no answer, its effect happened, and the
// caller got an error.
func unknownIsNo(f *Finding) string {
	if !f.ExpectsBody() || !f.HasAnswerBetween(400, 499) && !f.HasAnswerBetween(500, 509) {
		return ""
	}
	acted := map[int]bool{}
	for _, e := range f.Ledger {
		if e.What == sandbox.Effect {
			acted[e.Request] = true
		}
		if e.What != sandbox.Dropped || !acted[e.Request] && !e.Again || f.succeededAfter(e) {
			continue
		}
		if n := sandbox.Requests(f.Ledger, e.Kind); n > 1 && sandbox.Requests(f.Ledger, sandbox.Lookup) > 0 {
			return ""
		} else if n > 1 {
			return course.Count(n, claim.RequestNoun(string(e.Kind))) + " got no clear answer, and the handler reported a failure although the effect had happened. Look up the outcome by the idempotency key"
		}
		return "the " + claim.RequestNoun(string(e.Kind)) + " got no answer, and the handler reported a failure although the effect had happened. Return the error unchanged, so that Restate retries with the same key"
	}
	return ""
}

// refusedByTable recognizes that the database refuses the row because of its values.
func refusedByTable(f *Finding) string {
	if f.HasText("CHECK constraint failed") || f.HasText("NOT NULL constraint failed") {
		return "the database refuses this row, and always will. If the input is invalid, refuse it before you write a row; if not, correct the row"
	}
	return ""
}

// stateAhead recognizes that a second call did nothing because of the state, while the
// row has an older status.
func stateAhead(f *Finding) string {
	if f.isStateAhead() {
		return "the state says that the work is done, but the row does not. Write the row before the Set: a Set stays even if its handler ends in an error"
	}
	return ""
}

// isStateAhead reports whether a call was cancelled, a later call found state and did nothing
// else, and rows are not as they should be.
func (f *Finding) isStateAhead() bool {
	return f.Facts[Cancelled] && f.IsAboutRows() && f.Last != nil && f.Last.Status == http.StatusOK && f.didNoStep() && !f.keptNothing()
}

// fellThrough recognizes that a request was refused, and that a request which depends
// on its success was sent, before or after.
func fellThrough(f *Finding) string {
	if !f.ExpectsCount(claim.Requests, "", 0) || CountRefusals(f) == 0 {
		return ""
	}
	kind := f.claimedKind()
	early := !f.askedAfterNo(kind)
	switch {
	case kind == sandbox.Mail && (early || f.sentBeforeACall()):
		return "the receipt was sent before a call that was then refused. Send the receipt last"
	case early:
		return "the " + claim.RequestNoun(f.Claim.Of) + " was sent, and a later request was refused. First send all other requests that can be refused"
	}
	return droppedWhy
}

// askedAfterNo reports whether a request of this kind comes after the first refusal.
func (f *Finding) askedAfterNo(kind sandbox.Kind) bool {
	no := slices.IndexFunc(f.Ledger, IsRefusal)
	return no >= 0 && sandbox.Requests(f.Ledger[no:], kind) > 0
}

// sentBeforeACall reports whether the last call's handler made a one-way call and then
// an ordinary call. The one-way call can run before or after the other.
func (f *Finding) sentBeforeACall() bool {
	sent := false
	for _, e := range f.Journal {
		sent = sent || e.Type == "Command: OneWayCall"
		if sent && e.Type == "Command: Call" {
			return true
		}
	}
	return false
}

// nonsenseAccepted recognizes that an invalid request got an answer of 200.
func nonsenseAccepted(f *Finding) string {
	if f.Expects(claim.Refusal) && f.HasAnswer(http.StatusOK) {
		return "a call with invalid input was accepted. Check the input first, and return a terminal error if the input is invalid"
	}
	return ""
}

// writtenForNothing recognizes that an invalid request left a row, or sent a request.
func writtenForNothing(f *Finding) string {
	other := func(c Call) bool { return c.Status != http.StatusBadRequest }
	invalid := len(f.Calls) > 0 && !slices.ContainsFunc(f.Calls, other) && CountRefusals(f) == 0
	if f.ExpectsCount(claim.Requests, "", 0) && f.Claim.Got.N > 0 && invalid {
		return "a call with invalid input sent a " + claim.RequestNoun(f.Claim.Of) + ". Check the input before you write a row or send a request"
	}
	if f.IsAboutRows() && f.Claim.Want.JSON == "[]" && !f.HasNoRows() {
		return "a call with invalid input left a row in the database. Check the input before you write a row or send a request"
	}
	return ""
}

// panickedNo recognizes that a request was refused, and that the code panicked because
// of it.
func panickedNo(f *Finding) string {
	if f.HasOutcome(claim.Retried) && f.HasText("panic occurred") && !f.HasText("runtime error: ") && CountRefusals(f) > 0 {
		return "the request was refused, but the code panicked, and Restate retries a panic even if it holds a terminal error. Return the terminal error"
	}
	return ""
}

// ranConcurrently recognizes that two handlers of one key ran at the same time.
func ranConcurrently(f *Finding) string {
	if f.Expects(claim.Turn) && f.HasOutcome(claim.InState) && f.Held != "" {
		return "the call did not wait, although another handler held its object key. A handler with an ObjectSharedContext never waits for its object key: take an ObjectContext"
	}
	return ""
}

// ownEffectTakenForError recognizes that a step lost its result after it had done its
// work, and that its second try ended in a terminal error.
func ownEffectTakenForError(f *Finding) string {
	if !f.ExpectsAnswer(http.StatusOK) || !f.HasAnswerBetween(400, 499) || CountRefusals(f) > 0 {
		return ""
	}
	lost := map[string]string{} // the step in which an attempt of the invocation ended
	for _, a := range f.Attempts {
		if len(a.Steps) == 0 {
			continue
		}
		last := a.Steps[len(a.Steps)-1]
		if last.How == "failed for good" && lost[a.Invocation] == last.Name {
			return "the step had done its work, but its result was lost, and its second try treated the finished work as an error. Treat work that is already done as success"
		}
		lost[a.Invocation] = ""
		if last.How == "begun" {
			lost[a.Invocation] = last.Name
		}
	}
	return ""
}
