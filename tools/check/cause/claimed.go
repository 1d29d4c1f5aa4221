package cause

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/sandbox"
)

// Expects reports whether the claim that did not hold is of this kind.
func (f *Finding) Expects(kind claim.Kind) bool { return f.Claim.Kind == kind }

// ExpectsOf reports whether the claim is of this kind, and about this handler, call or
// kind of request.
func (f *Finding) ExpectsOf(kind claim.Kind, of string) bool {
	return f.Claim.Kind == kind && f.Claim.Of == of
}

// ExpectsCount reports whether the claim is that something was counted exactly n
// times. An empty of stands for anything.
func (f *Finding) ExpectsCount(kind claim.Kind, of string, n int) bool {
	return f.Claim.Kind == kind && (of == "" || f.Claim.Of == of) && f.Claim.Want.Count.Is(n)
}

// ExpectsAnswer reports whether the claim is an answer with this status.
func (f *Finding) ExpectsAnswer(status int) bool {
	return f.Claim.Kind == claim.Answer && f.Claim.Want.Status == status
}

// ExpectsBody reports whether the claim is an answer of 200 with a body.
func (f *Finding) ExpectsBody() bool {
	return f.ExpectsAnswer(http.StatusOK) && f.Claim.Want.JSON != ""
}

// ExpectsNo reports whether the claim is an answer with a status of 4xx.
func (f *Finding) ExpectsNo() bool {
	return f.Claim.Kind == claim.Answer && isBetween(f.Claim.Want.Status, 400, 499)
}

// HasOutcome reports whether the claim got this outcome.
func (f *Finding) HasOutcome(outcome claim.Outcome) bool { return f.Claim.Got.Outcome == outcome }

// HasCount reports whether the claim got this count.
func (f *Finding) HasCount(n int) bool { return f.HasOutcome(claim.Counted) && f.Claim.Got.N == n }

// HasAnswer reports whether the claim got an answer with this status.
func (f *Finding) HasAnswer(status int) bool { return f.HasAnswerBetween(status, status) }

// HasAnswerBetween reports whether the claim got an answer with a status from low to
// high.
func (f *Finding) HasAnswerBetween(low, high int) bool {
	return f.HasOutcome(claim.Answered) && isBetween(f.Claim.Got.Status, low, high)
}

// HasAnswerBody reports whether the claim got an answer of 200 with a body.
func (f *Finding) HasAnswerBody() bool {
	return f.HasAnswer(http.StatusOK) && f.Claim.Got.Text != ""
}

// HasAnswerWith reports whether the claim got an answer with this status and a message
// that begins with this text.
func (f *Finding) HasAnswerWith(status int, message string) bool {
	return f.HasAnswer(status) && strings.HasPrefix(f.Claim.Got.Text, message)
}

// HasEarlyAnswer reports whether a call got an answer with this status while the
// script waited for something else.
func (f *Finding) HasEarlyAnswer(status int) bool { return f.HasEarlyAnswerBetween(status, status) }

// HasEarlyAnswerBetween reports whether a call got an answer with a status from low to
// high while the script waited for something else.
func (f *Finding) HasEarlyAnswerBetween(low, high int) bool {
	early := f.HasOutcome(claim.AnsweredInstead) || f.HasOutcome(claim.AnsweredAtOnce)
	return early && isBetween(f.Claim.Got.Status, low, high)
}

// HasText reports whether the outcome contains this text. The text of an outcome comes
// from the program, the SDK, the server or the database.
func (f *Finding) HasText(text string) bool { return strings.Contains(f.Claim.Got.Text, text) }

// HasTimedOut reports whether an answer or a request did not come, and the claim has
// no better explanation.
func (f *Finding) HasTimedOut() bool {
	return f.HasOutcome(claim.NothingWithin) || f.HasOutcome(claim.Idle)
}

// HasNoRows reports whether a query found no rows.
func (f *Finding) HasNoRows() bool {
	return f.HasOutcome(claim.FoundRows) && f.Claim.Got.Text == "[]"
}

// IsAboutRows reports whether the claim is about rows.
func (f *Finding) IsAboutRows() bool { return f.Expects(claim.Rows) }

// WantedStatuses returns the column status of the rows that the claim expects.
func (f *Finding) WantedStatuses() []string {
	if !f.IsAboutRows() {
		return nil
	}
	return statuses(f.Claim.Want.JSON)
}

// FoundStatuses returns the column status of the rows that the query found.
func (f *Finding) FoundStatuses() []string {
	if !f.HasOutcome(claim.FoundRows) {
		return nil
	}
	return statuses(f.Claim.Got.Text)
}

// statuses returns the column status of the rows in a JSON array.
func statuses(text string) (all []string) {
	var rows []struct{ Status string }
	if json.Unmarshal([]byte(text), &rows) != nil {
		return nil
	}
	for _, r := range rows {
		all = append(all, r.Status)
	}
	return all
}

// isNotReplayable reports whether the handler did something on replay that its journal
// does not have.
func (f *Finding) isNotReplayable() bool {
	return f.HasOutcome(claim.NotReplayable) || f.HasText("RT0016")
}

// hasEmptyValue reports whether a field of an answer or of a request is empty.
func (f *Finding) hasEmptyValue() bool {
	return f.HasOutcome(claim.Empty) || f.HasOutcome(claim.Valued) && f.Claim.Got.Text == ""
}

// hasNoRequest reports whether an expected request or effect is missing.
func (f *Finding) hasNoRequest() bool {
	switch f.Claim.Kind {
	case claim.Effects:
		return f.Claim.Want.Count.N == 1 && f.HasCount(0)
	case claim.Requests:
		return f.HasCount(0)
	}
	return f.Expects(claim.RequestOf) && f.HasOutcome(claim.NoRequest)
}

// claimedKind returns the kind of request that the claim is about.
func (f *Finding) claimedKind() sandbox.Kind { return sandbox.Kind(f.Claim.Of) }

func isBetween(n, low, high int) bool { return low <= n && n <= high }
