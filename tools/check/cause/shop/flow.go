package shop

import (
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// neverServed recognizes that the program ends before it serves, and says nothing of
// why.
func neverServed(f *cause.Finding) string {
	if f.Expects(claim.Serving) && f.HasOutcome(claim.NotServing) && f.Claim.Got.Code == 0 {
		return "main comes to its end, and with it the program: serve.Until returns when it was asked to end, and not before"
	}
	return ""
}

// noLimit recognizes that an order that is to be approved has had no time.
func noLimit(f *cause.Finding) string {
	late := f.HasEarlyAnswer(http.StatusRequestTimeout) || f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusRequestTimeout)
	if late && f.Where.Function == "main" {
		return "the time to approve it was over at once: does the service get env.ApprovalLimit()?"
	}
	return ""
}

// doneWithout recognizes that an order is said to be done, and nobody was asked for
// anything.
func doneWithout(f *cause.Finding) string {
	asked := sandbox.Requests(f.Ledger, sandbox.Charge) > 0
	if f.Expects(claim.Promise) && f.HasText(`"status":"COMPLETED"`) && !asked {
		return "the answer says COMPLETED, and nothing was done for it: no row, no charge, no parcel"
	}
	return ""
}

// tokenSaid recognizes that a line has a token in it.
func tokenSaid(f *cause.Finding) string {
	if f.Expects(claim.Silence) {
		return "whoever reads the log reads the token: say what names the order, and never the whole request"
	}
	return ""
}

// linesUnsaid recognizes that the gateway was asked, and the lines that go with it are
// missing.
func linesUnsaid(f *cause.Finding) string {
	if f.Expects(claim.Lines) && f.HasCount(0) && sandbox.Requests(f.Ledger, sandbox.Charge) > 0 {
		return "askGateway, in lesson 5's gateway.go, says these lines: is the gateway asked past it?"
	}
	return ""
}

// refusedGood recognizes that a request that is in order was refused before anything
// was done for it.
func refusedGood(f *cause.Finding) string {
	if f.Last == nil || !f.ExpectsAnswer(http.StatusOK) || !f.HasAnswer(http.StatusBadRequest) {
		return ""
	}
	key := f.Last.Key
	begun := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Key == key && len(a.Steps) > 0 })
	asked := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return key == "" || strings.HasSuffix(key, e.Subject) })
	if begun || asked {
		return ""
	}
	return "what is in order was refused: the rules are those of package lessons/shop/input, its limits included"
}

// neverWritten recognizes that the program was to be killed at a commit, and made
// none.
func neverWritten(f *cause.Finding) string {
	if f.Expects(claim.Commit) && f.Claim.Want.Count.N == 1 {
		return "nothing was written through lessons/shop/store: its methods write the rows, and there the check can stop the program"
	}
	return ""
}

// idIsKey recognizes that a shipment is called something else than its object.
func idIsKey(f *cause.Finding) string {
	if f.HasText("id_is_ship_order_id") {
		return "a shipment's id is the object's key, ship- and the order's id: restate.Key(ctx) gives it"
	}
	return ""
}

// rowFirst recognizes that the row reports the refund before the gateway has answered.
func rowFirst(f *cause.Finding) string {
	if f.IsAboutRows() && f.Held != "" && slices.Contains(f.WantedStatuses(), "COMPLETED") && slices.Contains(f.FoundStatuses(), "REFUNDED") {
		return "the row says that the money is back before the gateway has said so: ask it first, then write the row"
	}
	return ""
}

// failedInDefer recognizes that a row says FAILED, and its handler was to go on.
func failedInDefer(f *cause.Finding) string {
	if !f.TriedAgain() || !f.IsAboutRows() || !slices.Contains(f.FoundStatuses(), "FAILED") || slices.Contains(f.WantedStatuses(), "FAILED") {
		return ""
	}
	unheard := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Kind == sandbox.Charge && e.What == sandbox.Dropped })
	if unheard || failures(f, sandbox.Charge) > 0 {
		return "FAILED was written for a failure that is asked again: only a no is FAILED"
	}
	return cause.DeferredWhy
}

// notFailed recognizes that an order has ended in an error, and its row does not say
// so.
func notFailed(f *cause.Finding) string {
	if !f.IsAboutRows() || !slices.Contains(f.WantedStatuses(), "FAILED") || slices.Contains(f.FoundStatuses(), "FAILED") {
		return ""
	}
	return "the handler ended in an error, and the row says nothing of it: write FAILED before the error is returned"
}

// statusWrittenTwice recognizes that a row has had a status twice.
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

// cancelledIsFailed recognizes that a payment was cancelled, and is called FAILED.
func cancelledIsFailed(f *cause.Finding) string {
	open := []string{"PROCESSING", "REFUNDED"}
	wanted := slices.ContainsFunc(f.WantedStatuses(), func(status string) bool { return slices.Contains(open, status) })
	if f.Facts[cause.Cancelled] && f.IsAboutRows() && wanted && slices.Contains(f.FoundStatuses(), "FAILED") {
		return "cancelled is not declined: the request is on its way, and nobody knows yet whether it was charged. return the error, and leave the row as it is"
	}
	return ""
}

// cancelledAsking recognizes that the call was cancelled in a step, and the caller is
// told another end than that.
func cancelledAsking(f *cause.Finding) string {
	if f.Facts[cause.Cancelled] && f.ExpectsAnswer(http.StatusConflict) && f.HasAnswer(http.StatusBadGateway) {
		return "the call was cancelled while it asked: each step can end with that 409, not the charge alone. return what comes out of the step"
	}
	return ""
}

// endedEarly recognizes that the program, asked to end, did so while an attempt ran.
func endedEarly(f *cause.Finding) string {
	if f.Facts[cause.Terminated] && f.ExpectsCount(claim.Requests, "", 1) {
		return "the program ended while the step ran, and its answer was lost: serve.Until lets it finish, Start of the SDK's server returns at once"
	}
	return ""
}

// shippedUnpaid recognizes that Shipping was called before Payment has answered.
func shippedUnpaid(f *cause.Finding) string {
	if f.ExpectsCount(claim.Invocations, "Shipping/CreateShipment", 0) {
		return "the carrier was asked, and the payment is not done yet: each call needs the answer of the one before it"
	}
	return ""
}

// undoneForNothing recognizes that a refund was asked for where nothing was asked
// before.
func undoneForNothing(f *cause.Finding) string {
	if f.ExpectsCount(claim.Invocations, "Payment/Refund", 0) {
		return "Payment was asked to refund, and had never been asked to charge: that is only for what comes after ProcessPayment, and only when it fails"
	}
	return ""
}

// notUndone recognizes that the order has failed, and what was done before stands.
func notUndone(f *cause.Finding) string {
	if f.ExpectsOf(claim.Completion, "Payment/Refund") && f.HasOutcome(claim.NotCalled) {
		return "the order has failed after Payment was asked: ask Payment/Refund, on the same key, however that ended; it gives the money back, or sees to it that none is taken"
	}
	return ""
}
