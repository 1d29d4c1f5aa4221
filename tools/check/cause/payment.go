package cause

import (
	"net/http"
	"slices"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/sandbox"
)

// Rules about payments and orders: what an error means, and what is undone.

// unknownIsNo recognizes that there was no answer, and the caller is told no.
func unknownIsNo(f *Finding) string {
	if !f.ExpectsBody() || !f.HasAnswerBetween(400, 499) && !f.HasAnswerBetween(500, 509) {
		return ""
	}
	acted := map[int]bool{}
	for _, e := range f.Ledger {
		if e.What == sandbox.Effect {
			acted[e.Request] = true
		}
		if e.What != sandbox.Dropped || !acted[e.Request] && !e.Again {
			continue
		}
		if n := sandbox.Requests(f.Ledger, e.Kind); n > 1 {
			return "no answer came, " + course.Count(n, "time") + ", and that was taken for a no: it was done all the same. ask what became of it, by the key"
		}
		return "no answer came, and that was taken for a no: it was done all the same. return the error as it is, then it is asked again, with the same key"
	}
	return ""
}

// refusedByTable recognizes that the database does not take the row, now or ever.
func refusedByTable(f *Finding) string {
	if f.HasText("CHECK constraint failed") || f.HasText("NOT NULL constraint failed") {
		return "the database refuses such a row, now and ever: look at what came in before anything is written"
	}
	return ""
}

// stateAhead recognizes that a handler, asked again, has done nothing, and the row is
// behind.
func stateAhead(f *Finding) string {
	if !f.Facts[Cancelled] || !f.IsAboutRows() || f.Last == nil || f.Last.Status != http.StatusOK || len(f.Attempts) == 0 {
		return ""
	}
	if last := f.Attempts[len(f.Attempts)-1]; last.End == "done" && len(last.Steps) == 0 && last.N == 1 {
		return "the state says that it is done, and the row does not: a Set stays when its handler ends in an error, so write the row first"
	}
	return ""
}

// fellThrough recognizes that somebody has said no, and what was to follow a yes was
// asked for, after that or before.
func fellThrough(f *Finding) string {
	if !f.ExpectsCount(claim.Requests, "", 0) || CountRefusals(f) == 0 {
		return ""
	}
	kind := f.claimedKind()
	early := !f.askedAfterNo(kind)
	switch {
	case kind == sandbox.Mail && (early || f.sentBeforeACall()):
		return "mail was asked for before all was done that can say no: the receipt comes last"
	case early:
		return f.Claim.Of + " was asked for before all was done that can say no"
	}
	return droppedWhy
}

// askedAfterNo reports whether a request of the kind stands behind the first no.
func (f *Finding) askedAfterNo(kind sandbox.Kind) bool {
	no := slices.IndexFunc(f.Ledger, IsRefusal)
	return no >= 0 && sandbox.Requests(f.Ledger[no:], kind) > 0
}

// sentBeforeACall reports whether the last call's handler has sent something, one
// way, and then called somebody: what was sent may be done before or after that.
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

// nonsenseAccepted recognizes that what makes no sense got a yes.
func nonsenseAccepted(f *Finding) string {
	if f.Expects(claim.Refusal) && f.HasAnswer(http.StatusOK) {
		return "what makes no sense got a yes: look at what came in before all else, and refuse it"
	}
	return ""
}

// writtenForNothing recognizes that what makes no sense was refused, and has a row.
func writtenForNothing(f *Finding) string {
	if f.IsAboutRows() && f.Claim.Want.JSON == "[]" && !f.HasNoRows() {
		return "what makes no sense has a row: look at what came in before anything is written, or anybody asked"
	}
	return ""
}

// panickedNo recognizes that the gateway said no, and that became a panic.
func panickedNo(f *Finding) string {
	if f.HasOutcome(claim.Retried) && f.HasText("panic occurred") && CountRefusals(f) > 0 {
		return "the answer is no, and a panic is retried like any other error, whatever is in it: return the terminal error"
	}
	return ""
}

// ranConcurrently recognizes that two handlers of one key ran at the same time.
func ranConcurrently(f *Finding) string {
	if f.Expects(claim.Turn) && f.HasOutcome(claim.InState) {
		return "it did not wait: a handler with an ObjectSharedContext runs beside the others of its key, one with an ObjectContext alone"
	}
	return ""
}

// ownEffectTakenForError recognizes that a step had done its work when its result was
// lost, and then found it done.
func ownEffectTakenForError(f *Finding) string {
	if !f.ExpectsAnswer(http.StatusOK) || !f.HasAnswerBetween(400, 499) || CountRefusals(f) > 0 {
		return ""
	}
	lost := map[string]string{} // the step that an attempt of the invocation ended in
	for _, a := range f.Attempts {
		if len(a.Steps) == 0 {
			continue
		}
		last := a.Steps[len(a.Steps)-1]
		if last.How == "failed for good" && lost[a.Invocation] == last.Name {
			return "the step had done its work, and its result was lost; run again, it took that for an error. what is done already is fine"
		}
		lost[a.Invocation] = ""
		if last.How == "begun" {
			lost[a.Invocation] = last.Name
		}
	}
	return ""
}
