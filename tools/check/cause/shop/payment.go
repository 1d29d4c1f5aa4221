package shop

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/sandbox"
)

// requestForRow recognizes that the state was lost, and what was asked for was taken
// for what the row says.
func requestForRow(f *cause.Finding) string {
	if f.Where.Function != "Payment.known" || !f.ExpectsAnswer(http.StatusConflict) || f.Last == nil {
		return ""
	}
	for _, c := range f.Calls {
		if c.Target() == f.Last.Target() && amount(c) != amount(*f.Last) {
			return "known has answered with what it was asked for, and not with the row that is there: BeginPayment returns that row"
		}
	}
	return ""
}

// payersAnswer recognizes that who asked for a refund is told what a payer would be.
func payersAnswer(f *cause.Finding) string {
	if f.Last == nil || f.Last.Handler != "Refund" || !f.ExpectsAnswer(http.StatusOK) {
		return ""
	}
	if f.HasAnswer(http.StatusConflict) && sandbox.Requests(f.Ledger, sandbox.Refund) > 0 {
		return "it was refunded, which is what the caller wanted: answer() is for whoever wants to pay"
	}
	return ""
}

// statusMadeUp recognizes that the answer has another status than the row.
func statusMadeUp(f *cause.Finding) string {
	if strings.Contains(f.Claim.Want.JSON, `"status":"FAILED"`) && f.HasText(`"status":"REFUNDED"`) {
		return "there was nothing to give back, so the row is left FAILED: take the status from the row that RefundPayment returns"
	}
	return ""
}

// otherAmount recognizes that the same was asked for with another body, and the answer
// is that to the first.
func otherAmount(f *cause.Finding) string {
	if !f.ExpectsAnswer(http.StatusConflict) || !f.HasAnswer(http.StatusOK) || f.Last == nil {
		return ""
	}
	for _, c := range f.Calls {
		if c.Target() == f.Last.Target() && amount(c) != amount(*f.Last) {
			return "the same id with another amount is another request, and it got the answer to the first: compare the amount before what is known is answered"
		}
	}
	return ""
}

// stillCompleted recognizes that what was given back is answered as if it were paid.
func stillCompleted(f *cause.Finding) string {
	undone := sandbox.Effects(f.Ledger, sandbox.Refund)+sandbox.Effects(f.Ledger, sandbox.Void) > 0
	switch {
	case !f.ExpectsAnswer(http.StatusConflict) || !undone:
		return ""
	case f.HasAnswer(http.StatusOK):
		return "the money was given back, and the object still says COMPLETED: set its state to what the row says then"
	case f.HasText("the key was voided"):
		return "it was refunded, the object does not know, and the gateway was asked to charge: set the state to what the row says then"
	}
	return ""
}

// amount returns the amount in the call's body, 0 where it has none.
func amount(c cause.Call) int64 {
	var body struct {
		AmountCents int64 `json:"amount_cents"`
	}
	_ = json.Unmarshal([]byte(c.Body), &body)
	return body.AmountCents
}
