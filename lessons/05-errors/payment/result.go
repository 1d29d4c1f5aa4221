package payment

import (
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
)

// Result is the outcome of a payment. The object keeps it in its state, and
// ProcessPayment returns it.
type Result struct {
	PaymentID   string `json:"payment_id"`
	AmountCents int64  `json:"amount_cents"`
	Status      string `json:"status"` // PROCESSING, COMPLETED, FAILED, REFUNDED
	ChargeID    string `json:"charge_id,omitempty"`
	Code        int    `json:"code,omitempty"` // the error's code, if the status is FAILED
	Reason      string `json:"reason,omitempty"`
}

// resultOf makes a result from a row.
func resultOf(p store.Payment) Result {
	return Result{PaymentID: p.ID, AmountCents: p.AmountCents, Status: p.Status, ChargeID: p.ChargeID, Code: p.Failure.Code, Reason: p.Failure.Reason}
}

// failed returns the result of a payment that ended with the terminal error why.
func (r Result) failed(why error) Result {
	t := restate.AsTerminalError(why)
	r.Status, r.Code, r.Reason = store.Failed, int(t.Code()), t.Message()
	return r
}

// completed returns the result of a payment that the gateway has charged.
func (r Result) completed(chargeID string) Result {
	r.Status, r.ChargeID = store.Completed, chargeID
	return r
}

// answer returns what the caller of ProcessPayment gets, on the first call and on every
// later one. A payment that is FAILED or REFUNDED is an error.
func (r Result) answer() (Result, error) {
	switch r.Status {
	case store.Failed:
		return Result{}, refuse(restate.Code(r.Code), "%s", r.Reason)
	case store.Refunded:
		return Result{}, refuse(http.StatusConflict, "payment %s was refunded", r.PaymentID)
	}
	return r, nil
}
