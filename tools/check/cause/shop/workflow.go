package shop

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// rowNotAsked recognizes that Restate does not know the order any more, its row does,
// and the row was not asked.
func rowNotAsked(f *cause.Finding) string {
	if !f.Facts[cause.Purged] && !f.Facts[cause.Changed] {
		return ""
	}
	switch {
	case f.ExpectsCount(claim.Invocations, "", 1) && f.HasCount(2):
		return "Restate has forgotten the order, its row has not: what begin returns says how far it is, so look at that before anything is done"
	case f.Facts[cause.Purged] && f.ExpectsAnswer(http.StatusConflict) && f.HasAnswerBody():
		return "an order with this id is there, for another amount: compare what begin returns with what is asked for"
	case f.Facts[cause.Changed] && f.ExpectsNo() && f.HasAnswerBody():
		return "the row says FAILED, and that is an error for this caller too: refuse, with the code and the reason in known.Failure"
	}
	return ""
}

// tooMuchSaid recognizes that a status is ahead of what has happened, or behind.
func tooMuchSaid(f *cause.Finding) string {
	want, got := howFar(f)
	switch {
	case want < 0 || got < 0:
		return ""
	case got > want:
		return "that says more than has happened: a status is set after the call that makes it true, not before"
	case got < want:
		return "that says less than has happened: write each status right after the call that makes it true"
	}
	return ""
}

// onTheWay lists the statuses of an order that succeeds, in order.
var onTheWay = []string{"PENDING", "PAID", "SHIPPED", "COMPLETED"}

// howFar returns the place on the way of the one status that is claimed, and of the
// one that is there, in a row or in an answer. It is -1 where there is none.
func howFar(f *cause.Finding) (want, got int) {
	switch {
	case f.IsAboutRows():
		return placeOf(f.WantedStatuses()), placeOf(f.FoundStatuses())
	case f.ExpectsBody() && f.HasAnswerBody():
		return placeOf(answerStatus(f.Claim.Want.JSON)), placeOf(answerStatus(f.Claim.Got.Text))
	}
	return -1, -1
}

// placeOf returns the place on the way of the one status, or -1.
func placeOf(statuses []string) int {
	if len(statuses) != 1 {
		return -1
	}
	return slices.Index(onTheWay, statuses[0])
}

// answerStatus returns the status in an answer's body, none where the body is no
// object.
func answerStatus(body string) []string {
	var answer struct{ Status string }
	if json.Unmarshal([]byte(body), &answer) != nil {
		return nil
	}
	return []string{answer.Status}
}

// otherReason recognizes that the row is FAILED, as it should be, and says another
// reason.
func otherReason(f *cause.Finding) string {
	failed := func(statuses []string) bool { return slices.Equal(statuses, []string{"FAILED"}) }
	if f.IsAboutRows() && failed(f.WantedStatuses()) && failed(f.FoundStatuses()) {
		return "who asks the row must be told what the caller was told: failure makes code and reason of the error"
	}
	return ""
}

// nothingThere recognizes an answer about an order that does not exist.
func nothingThere(f *cause.Finding) string {
	if f.ExpectsAnswer(http.StatusNotFound) && f.HasAnswerBody() {
		return "what is not there is no error by itself: FindOrder gives nil, Get a zero value. to refuse it, 404, is yours to write"
	}
	return ""
}

// tooEarlyToTell recognizes that a handler beside the run has refused, since the run
// was not begun.
func tooEarlyToTell(f *cause.Finding) string {
	begun := slices.ContainsFunc(f.Calls, func(c cause.Call) bool { return c.Run })
	if !begun && f.ExpectsAnswer(http.StatusOK) && f.HasAnswerBetween(400, 499) {
		return "what is told before the order is placed must be kept until it is: a promise can be resolved before anybody waits for it"
	}
	return ""
}

// wentOnWithout recognizes that nobody has said yes, and the order was paid for all
// the same.
func wentOnWithout(f *cause.Finding) string {
	if !f.HasAnswerBody() || !askedToPay(f) {
		return ""
	}
	switch {
	case f.ExpectsAnswer(http.StatusForbidden):
		return "a no resolves the promise just as a yes does: look at what was said, and at whether approve's error is returned"
	case f.ExpectsAnswer(http.StatusRequestTimeout):
		return "time was up, and that was taken for a yes: look at which of the two WaitFirst returns, promise or timer, and at whether approve's error is returned"
	}
	return ""
}

// askedToPay reports whether Payment was called for the order that was answered
// last.
func askedToPay(f *cause.Finding) bool {
	return f.Last != nil && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Handler == "ProcessPayment" && a.Key == "pay-"+f.Last.Key
	})
}

// failedInSecret recognizes that the run has not gone on after an error, and its
// caller hears of none.
func failedInSecret(f *cause.Finding) string {
	if f.Last == nil || !f.Last.Run || f.Facts[cause.Cancelled] || askedToPay(f) {
		return ""
	}
	if f.ExpectsNo() && f.HasAnswerBody() {
		return badEnd(f)
	}
	return ""
}

// nothingToKeep recognizes that the reason was to be written down of an error that is
// not terminal, and failure found none in it.
func nothingToKeep(f *cause.Finding) string {
	nothing := f.Claim.Got.By == "Order/CreateOrder" && f.HasText("panic occurred while executing Run: runtime error: invalid memory address")
	if nothing && f.HasOutcome(claim.Retried) {
		return "failure takes a terminal error apart, and was given one that is not: hand on what came back as it is, or wrap it with %w"
	}
	return ""
}

// notFinal recognizes that every attempt has come to its end, and that was an error,
// with every step done and nobody else to blame.
func notFinal(f *cause.Finding) string {
	if !f.HasOutcome(claim.Retried) || f.Facts[cause.Cancelled] || f.Failing > 0 || f.HasText("constraint failed") {
		return ""
	}
	blamed := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Status >= http.StatusBadRequest })
	if !blamed && f.EndedInError() {
		return notFinalWhy
	}
	return ""
}

// foundItsOwn recognizes that a step ran twice, and what should have followed did not.
func foundItsOwn(f *cause.Finding) string {
	if !f.ExpectsOf(claim.Completion, "Payment/Refund") || !f.HasOutcome(claim.NotCalled) {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End == "cut" && !a.HasStepsDone() {
			return "a step's result was lost, so the step ran twice, and found what it had written itself: what comes next must not depend on who wrote it"
		}
	}
	return ""
}

// undoneByDefer recognizes that an attempt ended before its time, and something was
// undone; or Payment was asked to.
func undoneByDefer(f *cause.Finding) string {
	if !f.ExpectsCount(claim.Effects, "refund", 0) {
		return ""
	}
	switch {
	case slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Handler == "Refund" }):
		return "nothing had failed, and Payment was asked to refund"
	case f.TriedAgain():
		return cause.DeferredWhy
	}
	return ""
}

// notFinalWhy is the cause where a handler's own error is retried over and over.
const notFinalWhy = "the handler returns an error that is not terminal, and so is run again and again: refuse makes one that is, and %w keeps it so"

// cancelMadeAnew recognizes that the handler has noticed its cancel, and has made
// another error of it.
func cancelMadeAnew(f *cause.Finding) string {
	if f.Facts[cause.Cancelled] && f.HasOutcome(claim.Retried) && strings.Contains(strings.ToLower(f.Claim.Got.Text), "cancel") {
		return notFinalWhy
	}
	return ""
}
