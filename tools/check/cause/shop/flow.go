package shop

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// neverServed recognizes that the program ends with code 0 before it serves.
func neverServed(f *cause.Finding) string {
	if f.Expects(claim.Serving) && f.HasOutcome(claim.NotServing) && f.Claim.Got.Code == 0 {
		return "main returned, so the program ended before it served anything. Call serve.Until in main: it serves until the program is asked to stop"
	}
	return ""
}

// noLimit recognizes that the time limit for an approval is over at once.
func noLimit(f *cause.Finding) string {
	if f.Expects(claim.LongWait) && f.HasOutcome(claim.Took) && f.Claim.Got.Time > 0 && f.Where.Function == "main" {
		return "the time limit for the approval is shorter than APPROVAL_LIMIT says. Pass env.ApprovalLimit() to the Order service"
	}
	late := f.Expects(claim.LongWait) && f.HasOutcome(claim.Took) || f.HasEarlyAnswer(http.StatusRequestTimeout) || f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusRequestTimeout)
	if late && f.Where.Function == "main" {
		return "the time limit for the approval was over at once. Pass env.ApprovalLimit() to the Order service"
	}
	return ""
}

// doneWithout recognizes that an order is called COMPLETED although nothing was
// charged.
func doneWithout(f *cause.Finding) string {
	asked := sandbox.Requests(f.Ledger, sandbox.Charge) > 0
	if f.Expects(claim.Promise) && f.HasText(`"status":"COMPLETED"`) && !asked {
		return "the answer says COMPLETED, but the gateway got no charge request for this order. Let CreateOrder run all stages of an order before it answers"
	}
	return ""
}

// tokenSaid recognizes that the program printed a token.
func tokenSaid(f *cause.Finding) string {
	if f.Expects(claim.Silence) {
		return "the program printed the payment token, and everybody who can read the log can read it. Print the order's id, never the whole request"
	}
	return ""
}

// linesUnsaid recognizes that the gateway got a charge request, and that the lines of
// askGateway are missing.
func linesUnsaid(f *cause.Finding) string {
	if f.Expects(claim.Lines) && f.HasCount(0) && sandbox.Requests(f.Ledger, sandbox.Charge) > 0 {
		return "the gateway got a charge request, but the lines that askGateway prints are missing. Send the charge with askGateway (lesson 5, gateway.go)"
	}
	return ""
}

// refusedGood recognizes that a valid request was refused before any work.
func refusedGood(f *cause.Finding) string {
	no := f.HasAnswer(http.StatusBadRequest) || ofPayment(f) && len(f.Calls) == 1 && len(f.Facts) == 0 && f.HasAnswerBetween(400, 499)
	if f.Last == nil || !f.ExpectsAnswer(http.StatusOK) || !no {
		return ""
	}
	key := f.Last.Key
	begun := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Key == key && len(a.Steps) > 0 })
	asked := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return key == "" || strings.HasSuffix(key, e.Subject) })
	if begun || asked {
		return ""
	}
	return "a call with valid input was refused. Find the condition that is true for this input; package lessons/shop/input has the limits"
}

// neverWritten recognizes that the program made no commit at which the check could
// kill it.
func neverWritten(f *cause.Finding) string {
	if f.Expects(claim.Commit) && f.Claim.Want.Count.N == 1 {
		return "your code wrote no row with package lessons/shop/store, and the check kills the program inside that package. Write rows with its methods"
	}
	return ""
}

// idIsKey recognizes that the table refused a shipment's id, which its object key or
// the code of Shipping got wrong.
func idIsKey(f *cause.Finding) string {
	if !f.HasText("id_is_ship_order_id") {
		return ""
	}
	otherKey := func(a proxy.Attempt) bool {
		return a.Service == "Shipping" && !strings.HasPrefix(a.Key, "ship-"+f.Subject)
	}
	if f.Subject != "" && !calledShipping(f) && slices.ContainsFunc(f.Attempts, otherKey) {
		return "Shipping/CreateShipment was called with the wrong object key. For order o-1 the object key is ship-o-1"
	}
	return "the shipment's id is not ship- and its order id, as it is ship-o-1 for order o-1. Take the id from restate.Key(ctx), and the order id from the input"
}

// calledShipping reports whether the script itself called Shipping.
func calledShipping(f *cause.Finding) bool {
	return slices.ContainsFunc(f.Calls, func(c cause.Call) bool { return c.Service == "Shipping" })
}

// rowFirst recognizes that the row reports the refund before the gateway has answered.
func rowFirst(f *cause.Finding) string {
	if f.IsAboutRows() && f.Held != "" && slices.Contains(f.WantedStatuses(), "COMPLETED") && slices.Contains(f.FoundStatuses(), "REFUNDED") {
		return "the row says REFUNDED before the gateway has returned the money. Send the refund request first, and write the row after its answer"
	}
	return ""
}

// failedInDefer recognizes that a row says FAILED although its handler should go on.
func failedInDefer(f *cause.Finding) string {
	if !f.TriedAgain() || !f.IsAboutRows() || !slices.Contains(f.FoundStatuses(), "FAILED") || slices.Contains(f.WantedStatuses(), "FAILED") {
		return ""
	}
	unheard := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Kind == sandbox.Charge && e.What == sandbox.Dropped })
	if unheard || failures(f, sandbox.Charge) > 0 {
		return "the row says FAILED for an error that Restate retries. Write FAILED only for a terminal error"
	}
	succeeded := f.Last != nil && f.Last.Status == http.StatusOK
	if !succeeded && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.End == "cut" }) {
		return "" // the second try of a step may have taken its own row for another order's
	}
	return "a defer probably wrote FAILED: it also runs when the handler is only suspended or will be retried. Write FAILED in the code that handles a terminal error"
}

// notFailed recognizes that an order ended in an error, and that its row does not say
// so.
func notFailed(f *cause.Finding) string {
	if !f.IsAboutRows() || !slices.Contains(f.WantedStatuses(), "FAILED") || slices.Contains(f.FoundStatuses(), "FAILED") {
		return ""
	}
	return "the handler ended in an error, but the row does not say FAILED. Write FAILED before you return the error"
}

// statusWrittenTwice recognizes that the history of a row has the same status twice.
func statusWrittenTwice(f *cause.Finding) string {
	if !f.IsAboutRows() {
		return ""
	}
	got := f.FoundStatuses()
	slices.Sort(got)
	if len(got) > len(f.WantedStatuses()) && len(slices.Compact(got)) < len(f.FoundStatuses()) {
		return cause.WrittenOverWhy
	}
	return ""
}

// cancelledIsFailed recognizes that a cancelled payment is called FAILED.
func cancelledIsFailed(f *cause.Finding) string {
	open := []string{"PROCESSING", "REFUNDED"}
	wanted := slices.ContainsFunc(f.WantedStatuses(), func(status string) bool { return slices.Contains(open, status) })
	if f.Facts[cause.Cancelled] && f.IsAboutRows() && wanted && slices.Contains(f.FoundStatuses(), "FAILED") {
		return "the row says FAILED after a cancel, but nobody knows whether the card was charged. Return the error with code 409, and leave the row unchanged"
	}
	return ""
}

// cancelledAsking recognizes that a call was cancelled in a step, and that the caller
// got another error.
func cancelledAsking(f *cause.Finding) string {
	if f.Facts[cause.Cancelled] && f.ExpectsAnswer(http.StatusConflict) && f.HasAnswer(http.StatusBadGateway) {
		return "the call was cancelled in a step after the charge, but the handler reported a 502. Every step can end with the 409 of a cancel: return that error"
	}
	return ""
}

// endedEarly recognizes that the program ended on SIGTERM while an attempt ran.
func endedEarly(f *cause.Finding) string {
	if f.Facts[cause.Terminated] && f.ExpectsCount(claim.Requests, "", 1) && f.Claim.Got.N > 1 {
		return "the program ended while a step ran, and the step's result was lost. Let serve.Until wait for running handlers; the SDK's Start and os.Exit do not wait"
	}
	return ""
}

// shippedUnpaid recognizes that Shipping was called before Payment had answered.
func shippedUnpaid(f *cause.Finding) string {
	if f.ExpectsCount(claim.Invocations, "Shipping/CreateShipment", 0) {
		return "Shipping/CreateShipment was called before the payment was done. Call it only after Payment/ProcessPayment has answered"
	}
	return ""
}

// undoneForNothing recognizes that a refund was requested although Payment had never
// been called.
func undoneForNothing(f *cause.Finding) string {
	if f.ExpectsCount(claim.Invocations, "Payment/Refund", 0) {
		return "Payment/Refund was called for an order that had never called ProcessPayment. Call Refund only after a call of ProcessPayment"
	}
	return ""
}

// notUndone recognizes that the order failed, and that nobody requested a refund.
func notUndone(f *cause.Finding) string {
	if f.ExpectsOf(claim.Completion, "Payment/Refund") && f.HasOutcome(claim.NotCalled) {
		return "the order failed after it had called ProcessPayment, but nobody called Payment/Refund. Before you write FAILED, call Refund with the payment's object key, even if the payment failed"
	}
	return ""
}

// rowWithoutBooking recognizes that the database refuses a row without a tracking id.
func rowWithoutBooking(f *cause.Finding) string {
	if !f.HasText("constraint failed: tracking_id_is_there") {
		return ""
	}
	if cause.CountRefusals(f) > 0 {
		return "the carrier refused the order, but the handler went on without a tracking id. Find the error that your code ignores, and return it"
	}
	return "the shipment has no tracking id, so the table refuses the row. Wait for the step that calls bookCarrier, and use the id that it returns"
}

// wrongAmount recognizes that a cart has the right items and another amount.
func wrongAmount(f *cause.Finding) string {
	var want, got struct {
		Items  map[string]int64 `json:"items"`
		Amount *int64           `json:"amount_cents"`
	}
	if f.Last == nil || f.Last.Service != "Cart" || len(f.Ledger) == 0 || !f.ExpectsBody() || !f.HasAnswerBody() {
		return ""
	}
	if json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil || json.Unmarshal([]byte(f.Claim.Got.Text), &got) != nil {
		return ""
	}
	if len(want.Items) == 0 || !maps.Equal(want.Items, got.Items) || want.Amount == nil || got.Amount != nil && *want.Amount == *got.Amount {
		return ""
	}
	return "the cart has the right items, but another amount. Add the price from Pricing, times the quantity, to the amount so far, and keep the sum with the items"
}

// viewCallsPricing recognizes that View waits for a call of Pricing, as Add does.
func viewCallsPricing(f *cause.Finding) string {
	calls := func(e restate.Entry) bool { return e.Type == "Command: Call" }
	if f.Where.Function == "Cart.View" && strings.HasSuffix(f.Claim.Of, "/View") && f.HasOutcome(claim.Retried) && slices.ContainsFunc(f.Journal, calls) {
		return "View calls another handler, and waits while that handler waits. Return the contents that restate.Get returns, and call nothing"
	}
	return ""
}
