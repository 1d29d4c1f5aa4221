package payment

import (
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
)

// Result is what became of a payment: the object keeps it in its state, and
// ProcessPayment answers it.
type Result struct {
	PaymentID   string `json:"payment_id"`
	AmountCents int64  `json:"amount_cents"`
	Status      string `json:"status"` // PROCESSING, COMPLETED, FAILED, REFUNDED
	ChargeID    string `json:"charge_id,omitempty"`
	Code        int    `json:"code,omitempty"` // of the error, when it is FAILED
	Reason      string `json:"reason,omitempty"`
}

func resultOf(p store.Payment) Result {
	return Result{PaymentID: p.ID, AmountCents: p.AmountCents, Status: p.Status, ChargeID: p.ChargeID, Code: p.Failure.Code, Reason: p.Failure.Reason}
}

// failed is the result when the error why was the end of it.
func (r Result) failed(why error) Result {
	t := restate.AsTerminalError(why)
	r.Status, r.Code, r.Reason = store.Failed, int(t.Code()), t.Message()
	return r
}

// completed is the result when the gateway has charged.
func (r Result) completed(chargeID string) Result {
	r.Status, r.ChargeID = store.Completed, chargeID
	return r
}

// answer is what the caller is told, the first time and every time after that.
func (r Result) answer() (Result, error) {
	switch r.Status {
	case store.Failed:
		return Result{}, refuse(restate.Code(r.Code), "%s", r.Reason)
	case store.Refunded:
		return Result{}, refuse(http.StatusConflict, "payment %s was refunded", r.PaymentID)
	}
	return r, nil
}
