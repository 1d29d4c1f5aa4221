package shop

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// rowNotAsked recognizes that Restate has forgotten the order, and that the code did
// not look at the order's row.
func rowNotAsked(f *cause.Finding) string {
	if !f.Facts[cause.Purged] && !f.Facts[cause.Changed] {
		return ""
	}
	switch {
	case f.Facts[cause.Cancelled]:
		return ""
	case f.Facts[cause.Changed] && f.HasOutcome(claim.WaitsForPromise) && f.Claim.Got.Run:
		return "the row says how the order has ended, but CreateOrder waited for an approval. Look at the row that begin() returns before you wait"
	case f.ExpectsCount(claim.Invocations, "", 1) && f.HasCount(2):
		return "Restate has forgotten this order, so its calls were made a second time. The row still exists: look first at the row that begin() returns"
	case f.ExpectsAnswer(http.StatusConflict) && f.HasAnswerBody():
		return "an order with this id exists already, with another amount. Compare the row that begin() returns with the request, and refuse if the amounts differ"
	case f.Facts[cause.Changed] && f.ExpectsNo() && f.HasAnswerBody():
		return "the row says FAILED, but the caller got the answer 200. Refuse with the code and the reason in known.Failure"
	case f.Facts[cause.Changed] && f.ExpectsNo() && f.HasAnswer(f.Claim.Want.Status):
		return "the row says why the order has failed, but its caller got another reason. Refuse with the code and the reason in known.Failure"
	case f.Facts[cause.Changed] && f.ExpectsNo() && f.HasAnswerBetween(400, 599) && hasMessage(f):
		return "the row says why the order has failed, but its caller got another code. Refuse with the code and the reason in known.Failure"
	case f.Facts[cause.Changed] && f.ExpectsNo() && f.HasAnswer(http.StatusConflict) && hasOnlyBegun(f):
		return "the row says why the order has failed, but its caller got a 409. Refuse with the code and the reason in known.Failure"
	case f.Facts[cause.Purged] && f.ExpectsBody() && f.HasAnswer(http.StatusConflict) && f.Last != nil && f.Last.Run && slices.Contains(answerStatus(f.Claim.Want.JSON), "COMPLETED"):
		return "the row says COMPLETED, and the request has the same amount, but the caller got a 409. Return the summary of the row that begin() returns"
	}
	return ""
}

// hasOnlyBegun reports whether the order ended after its first step, before it waited or
// called another handler.
func hasOnlyBegun(f *cause.Finding) bool {
	return len(f.Attempts) == 1 && len(f.Attempts[0].Steps) == 1 && len(f.Ledger) == 0
}

// hasMessage reports whether the answer has the message that the claim expects.
func hasMessage(f *cause.Finding) bool {
	var want struct{ Message string }
	return json.Unmarshal([]byte(f.Claim.Want.JSON), &want) == nil && want.Message != "" && want.Message == f.Claim.Got.Text
}

// halfWayEnded recognizes that CreateOrder ended an order whose row says PAID or SHIPPED.
func halfWayEnded(f *cause.Finding) string {
	over := f.HasAnswer(http.StatusConflict) || f.HasAnswerBody()
	if f.Facts[cause.Changed] && f.ExpectsBody() && f.Last != nil && f.Last.Run && over {
		return "the row says that the order is half finished, and CreateOrder did not go on with it. Call approve and fulfil, as for a new row"
	}
	return ""
}

// readFromState recognizes that Status did not look at the row: the answer is old, or Restate
// has forgotten the order.
func readFromState(f *cause.Finding) string {
	if want, got := howFar(f); 0 <= got && got < want && f.Last != nil && f.Last.Handler == "Status" && !hasLastStep(f) {
		return "Status answered with an old status, and ran no step in this call. Look the row up in a step at each call, because a copy in a variable or in the state gets old"
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return len(a.Steps) > 0 }) {
		return ""
	}
	switch {
	case f.Facts[cause.Changed] && f.ExpectsBody() && f.HasAnswer(http.StatusNotFound):
		return "Restate has forgotten this order, and has deleted its state. The row still exists: look the row up in a step"
	case f.Facts[cause.Denied] && f.Expects(claim.Failure) && f.HasEarlyAnswer(http.StatusNotFound):
		return "Status answered without a look at the row, although Restate forgets an order and its state. Look the row up in a step"
	}
	return ""
}

// hasLastStep reports whether the last attempt of the last call's handler had a step.
func hasLastStep(f *cause.Finding) bool {
	for _, a := range slices.Backward(f.Attempts) {
		if a.Handler == f.Last.Handler && a.Key == f.Last.Key {
			return len(a.Steps) > 0
		}
	}
	return true // nothing is known of the call
}

// failedWhenRefused recognizes that CreateOrder refused an order, and wrote FAILED into the
// row of another order with the same id.
func failedWhenRefused(f *cause.Finding) string {
	refused := f.Last != nil && f.Last.Run && f.Last.Status == http.StatusConflict
	if refused && f.Facts[cause.Changed] && !slices.Contains(f.WantedStatuses(), "FAILED") && slices.Contains(f.FoundStatuses(), "FAILED") {
		return "CreateOrder refused the order because of its amount, and wrote FAILED into the row of another order. Return that refusal without a call of fail"
	}
	return ""
}

// receiptBeforeRow recognizes that the receipt was sent before the row said COMPLETED.
func receiptBeforeRow(f *cause.Finding) string {
	if f.Facts[cause.Denied] && f.ExpectsCount(claim.Invocations, "Receipts/Send", 0) {
		return "the receipt was sent before the row said COMPLETED. Send the receipt after the step that calls FinishOrder"
	}
	return ""
}

// sendAwaited recognizes that a cancel has ended the refund or the receipt, because the
// order waited for it.
func sendAwaited(f *cause.Finding) string {
	if f.Facts[cause.Cancelled] && f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusConflict) && isSending(f) {
		return receiptAwaited
	}
	if !f.Facts[cause.Cancelled] || !f.Expects(claim.Completion) || !f.HasOutcome(claim.EndedBadly) || !strings.HasPrefix(f.Claim.Got.Text, "[409]") {
		return ""
	}
	switch f.Claim.Of {
	case "Payment/Refund":
		return "CreateOrder waited for Payment/Refund, so the cancel of the order ended the refund too. Send the refund one way, with restate.ObjectSend"
	case "Receipts/Send":
		return receiptAwaited
	}
	return ""
}

const receiptAwaited = "CreateOrder waited for Receipts/Send, so the cancel of the order ended that call too. Send the receipt one way, with restate.ServiceSend"

// isSending reports whether Receipts/Send has not finished its step.
func isSending(f *cause.Finding) bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Service == "Receipts" && !a.HasStepsDone() })
}

// failUnheard recognizes that the step that writes FAILED was cancelled, and that the
// caller got the older error.
func failUnheard(f *cause.Finding) string {
	if f.Facts[cause.Denied] && f.Facts[cause.Cancelled] && f.ExpectsAnswer(http.StatusConflict) && f.HasAnswer(http.StatusUnprocessableEntity) {
		return "the step that writes FAILED ended in an error, and nobody returned it. Return the error of the step: the row does not say FAILED"
	}
	return ""
}

// refundedOtherAmount recognizes that the refund had another amount than the order.
func refundedOtherAmount(f *cause.Finding) string {
	refunded := []string{"REFUNDED"}
	if slices.Equal(f.WantedStatuses(), refunded) && slices.Equal(f.FoundStatuses(), refunded) && differIn(f, "amount_cents") {
		return "the payment's row has another amount than the order. Give the refund the amount of the order"
	}
	return ""
}

// differIn reports whether the claim expects one row, and the row that was found has another
// value in one of the columns.
func differIn(f *cause.Finding, columns ...string) bool {
	var want, got []map[string]any
	if !f.IsAboutRows() || errors.Join(json.Unmarshal([]byte(f.Claim.Want.JSON), &want), json.Unmarshal([]byte(f.Claim.Got.Text), &got)) != nil || len(want) != 1 || len(got) != 1 {
		return false
	}
	return slices.ContainsFunc(columns, func(name string) bool { return want[0][name] != got[0][name] })
}

// tooMuchSaid recognizes that a status was written too early or too late.
func tooMuchSaid(f *cause.Finding) string {
	want, got := howFar(f)
	switch {
	case want < 0 || got < 0:
		return ""
	case got > want:
		return "the status says " + onTheWay[got] + " too early. Write each status only after the call that makes it true"
	case got < want && f.ExpectsBody() && f.Last != nil && f.Last.Run:
		return "CreateOrder returned the status " + onTheWay[got] + " at the end of the order. Let the last step write COMPLETED, and return a Summary that says COMPLETED"
	case f.IsAboutRows() && want == len(onTheWay)-1 && got == want-1:
		return "the order is done, but its row still says SHIPPED. Write the last two statuses with FinishOrder: ShipOrder writes only SHIPPED"
	case got < want:
		return "the status still says " + onTheWay[got] + ", although the order has moved on. Write each status right after the call that makes it true"
	}
	return ""
}

// onTheWay lists the statuses of a successful order, from first to last.
var onTheWay = []string{"PENDING", "PAID", "SHIPPED", "COMPLETED"}

// howFar returns the places, among the statuses of a successful order, of the wanted
// and of the found status. A place is -1 if there is no such status.
func howFar(f *cause.Finding) (want, got int) {
	switch {
	case f.IsAboutRows():
		return placeOf(f.WantedStatuses()), placeOf(f.FoundStatuses())
	case f.ExpectsBody() && f.HasAnswerBody():
		return placeOf(answerStatus(f.Claim.Want.JSON)), placeOf(answerStatus(f.Claim.Got.Text))
	}
	return -1, -1
}

// placeOf returns the place of the only status among those of a successful order, or
// -1.
func placeOf(statuses []string) int {
	if len(statuses) != 1 {
		return -1
	}
	return slices.Index(onTheWay, statuses[0])
}

// answerStatus returns the status in an answer's body, or nothing if the body is not
// an object.
func answerStatus(body string) []string {
	var answer struct{ Status string }
	if json.Unmarshal([]byte(body), &answer) != nil {
		return nil
	}
	return []string{answer.Status}
}

// otherReason recognizes that the row says FAILED with another code or reason than the
// caller got.
func otherReason(f *cause.Finding) string {
	failed := func(statuses []string) bool { return slices.Equal(statuses, []string{"FAILED"}) }
	if failed(f.WantedStatuses()) && failed(f.FoundStatuses()) && differIn(f, "code", "reason") {
		return "the row has another code or reason than the error that the caller got. Take both from that error, with failure()"
	}
	return ""
}

// nothingThere recognizes that a call about an unknown order got an answer of 200.
func nothingThere(f *cause.Finding) string {
	if f.ExpectsAnswer(http.StatusNotFound) && f.HasAnswerBody() {
		return "the answer is 200, although nobody has placed this order. FindOrder returns nil, and Get a zero value, without an error: test for that, and refuse with 404"
	}
	return ""
}

// tooEarlyToTell recognizes that a shared handler refused a call because the workflow
// had not started yet.
func tooEarlyToTell(f *cause.Finding) string {
	begun := slices.ContainsFunc(f.Calls, func(c cause.Call) bool { return c.Run })
	if !begun && f.Last != nil && f.Last.Handler == "Approve" && f.ExpectsAnswer(http.StatusOK) && f.HasAnswerBetween(400, 499) {
		return "an approval was refused because its order was not placed yet. Resolve the promise at once: Restate stores it until the order waits for it"
	}
	return ""
}

// wentOnWithout recognizes that an order called Payment although nobody had approved
// it.
func wentOnWithout(f *cause.Finding) string {
	if !f.HasAnswerBody() || !askedToPay(f) {
		return ""
	}
	switch {
	case f.ExpectsAnswer(http.StatusForbidden):
		return "the order was not approved, but it still called Payment. In approve(), refuse if the promise holds a refusal; in CreateOrder, return that error"
	case f.ExpectsAnswer(http.StatusRequestTimeout):
		return "nobody approved the order in time, but it still called Payment. In approve(), refuse if WaitFirst returned the timer; in CreateOrder, return that error"
	}
	return ""
}

// askedToPay reports whether the last order called Payment.
func askedToPay(f *cause.Finding) bool {
	return f.Last != nil && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Handler == "ProcessPayment" && a.Key == "pay-"+f.Last.Key
	})
}

// failedInSecret recognizes that the run stopped after an error, and that its caller
// got a 200.
func failedInSecret(f *cause.Finding) string {
	if f.Last == nil || !f.Last.Run || f.Facts[cause.Cancelled] || askedToPay(f) {
		return ""
	}
	if f.ExpectsNo() && f.HasAnswerBody() {
		return badEnd(f)
	}
	return ""
}

// nothingToKeep recognizes that failure got an error that is not terminal, and
// panicked.
func nothingToKeep(f *cause.Finding) string {
	nothing := f.Claim.Got.By == "Order/CreateOrder" && f.HasText("panic occurred while executing Run: runtime error: invalid memory address")
	if nothing && f.HasOutcome(claim.Retried) {
		return "failure() panicked, because it got nil, or an error that is not terminal. Give it the error that the call returned, or wrap that error with %w"
	}
	return ""
}

// notFinal recognizes that every attempt ended in an error of the handler itself,
// after all steps had succeeded.
func notFinal(f *cause.Finding) string {
	if !f.HasOutcome(claim.Retried) || f.Facts[cause.Cancelled] || f.Facts[cause.Denied] || f.Failing > 0 || f.AllFailing || isOfDatabase(f.Claim.Got.Text) {
		return ""
	}
	blamed := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Status >= http.StatusBadRequest })
	switch {
	case blamed:
		return ""
	case f.EndedInError():
		return notFinalWhy
	case f.ExpectsOf(claim.AnswerFrom, "Order/"+f.Subject+"/Status") && failedInStep(f):
		return "a step returns an error that is not terminal, so Restate runs the step again and again. If there is no row, refuse with 404 after the step"
	}
	return ""
}

// failedInStep reports whether the attempts of the only call ended in an error of a
// step, and not of the database.
func failedInStep(f *cause.Finding) bool {
	for _, a := range f.Attempts {
		if a.End != "" && !strings.HasPrefix(a.End, "error: ") || a.Panicked || isOfDatabase(a.End) {
			return false
		}
	}
	return len(f.Calls) == 1 && len(f.Attempts) > 0
}

// isOfDatabase reports whether an error is one of the database or of database/sql.
func isOfDatabase(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"sql", "database", "constraint failed", "no such column", "no such table", "syntax error"}, func(part string) bool {
		return strings.Contains(text, part)
	})
}

// foundItsOwn recognizes that a step ran twice, and that the handler then left out the
// refund.
func foundItsOwn(f *cause.Finding) string {
	if !f.ExpectsOf(claim.Completion, "Payment/Refund") || !f.HasOutcome(claim.NotCalled) {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End == "cut" && !a.HasStepsDone() {
			return "a step's result was lost, and its second try found the row that the first had written. Continue in the same way, no matter which try wrote the row"
		}
	}
	return ""
}

// undoneByDefer recognizes that a refund was requested although the order went on.
func undoneByDefer(f *cause.Finding) string {
	switch {
	case !f.ExpectsCount(claim.Effects, "refund", 0) || ofPayment(f):
		return ""
	case slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Handler == "Refund" }):
		return "the order called Payment/Refund although no stage had failed. Call Refund only after a terminal error"
	case f.TriedAgain():
		return "a defer probably sent the refund: it also runs when the handler is only suspended or will be retried. Undo effects in the code that handles a terminal error"
	}
	return ""
}

// notFinalWhy is the cause if Restate retries an error of the handler itself.
const notFinalWhy = "the handler returns an error that is not terminal, so Restate runs it again and again. Make the error with refuse(); %w keeps a terminal error terminal"

// cancelMadeRetryable recognizes that the handler noticed its cancel, and returned an error
// that is not terminal.
func cancelMadeRetryable(f *cause.Finding) string {
	if f.Facts[cause.Cancelled] && f.HasOutcome(claim.Retried) && strings.Contains(strings.ToLower(f.Claim.Got.Text), "cancelled") {
		return notFinalWhy
	}
	return ""
}
