package shop

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/sandbox"
)

// letThrough recognizes that the rules for the input accept an invalid request, and that
// the handler came to the code of a later task.
func letThrough(f *cause.Finding) string {
	if f.Where.Function == "Request.check" && f.Expects(claim.Refusal) && f.Claim.IsUnwritten() {
		return "the method check() returned nil for this invalid input. Compare the object key and the body with each of the four rules"
	}
	return ""
}

// noChargeID recognizes that a lookup found the charge, and that the answer does not have
// the charge's id.
func noChargeID(f *cause.Finding) string {
	missing := f.ExpectsOf(claim.Field, "charge_id") && f.HasAnswer(http.StatusOK) || hasSharedChargeID(f)
	if missing && sandbox.Requests(f.Ledger, sandbox.Lookup) > 0 {
		return "the payment has no charge_id of its own: the charge step ended with an error, so its result is empty. Use the ID that outside.Lookup returned"
	}
	return ""
}

// requestForRow recognizes that the state was gone, and that the code took the values
// of the request for those of the row.
func requestForRow(f *cause.Finding) string {
	if f.Where.Function != "Payment.known" || !f.ExpectsAnswer(http.StatusConflict) || f.Last == nil {
		return ""
	}
	for _, c := range f.Calls {
		if c.Target() == f.Last.Target() && amount(c) != amount(*f.Last) {
			return "the method known() returned the values of the request, although this payment has a row. Return the row that BeginPayment returns"
		}
	}
	return ""
}

// payersAnswer recognizes that a caller who wanted a refund got the answer that a
// payer would get.
func payersAnswer(f *cause.Finding) string {
	if f.Last == nil || f.Last.Handler != "Refund" || !f.ExpectsAnswer(http.StatusOK) {
		return ""
	}
	if f.HasAnswer(http.StatusConflict) && sandbox.Requests(f.Ledger, sandbox.Refund) > 0 && !refusedInStep(f) {
		return "Payment/Refund returned an error although the refund succeeded. Return the result itself: its method answer() refuses a payment that was refunded"
	}
	return ""
}

// statusMadeUp recognizes that the answer and the row have different statuses.
func statusMadeUp(f *cause.Finding) string {
	if strings.Contains(f.Claim.Want.JSON, `"status":"FAILED"`) && f.HasText(`"status":"REFUNDED"`) {
		return "the answer says REFUNDED, but the payment had failed, and its row still says FAILED. Take the status from the row that RefundPayment returns"
	}
	return ""
}

// otherAmount recognizes that a call with another amount got the answer to the first
// call.
func otherAmount(f *cause.Finding) string {
	if !f.ExpectsAnswer(http.StatusConflict) || !f.HasAnswer(http.StatusOK) || f.HasText(`"status":""`) || f.Last == nil {
		return ""
	}
	for _, c := range f.Calls {
		if c.Target() == f.Last.Target() && amount(c) != amount(*f.Last) {
			return "a second call with another amount got the answer to the first call. Compare the amounts before you return a known result"
		}
	}
	return ""
}

// stillCompleted recognizes that a refunded payment is answered as a paid one.
func stillCompleted(f *cause.Finding) string {
	undone := sandbox.Effects(f.Ledger, sandbox.Refund)+sandbox.Effects(f.Ledger, sandbox.Void) > 0
	switch {
	case !f.ExpectsAnswer(http.StatusConflict) || !undone:
		return ""
	case f.HasAnswer(http.StatusOK):
		return "the payment was refunded, but the object's state still says COMPLETED. Set the state to the result that the row has after the refund"
	case f.HasText("the key was voided"):
		return "the payment was refunded, but a later call of ProcessPayment sent a charge request. Set the object's state to the result that the row has after the refund"
	}
	return ""
}

// amount returns the amount in the call's body, or 0 if the body has none.
func amount(c cause.Call) int64 {
	var body struct {
		AmountCents int64 `json:"amount_cents"`
	}
	_ = json.Unmarshal([]byte(c.Body), &body)
	return body.AmountCents
}
