package outside

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// Purchase is a request to charge a card.
type Purchase struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"` // above 0
	Token       string `json:"token"`        // stands for a card: tok_ok, tok_declined
}

// ChargeState is the gateway's answer about a charge.
type ChargeState struct {
	ID          string `json:"charge_id"` // empty if no money was moved
	Status      string `json:"status"`    // Charged, Declined, Refunded, Void, Unanswered
	AmountCents int64  `json:"amount_cents"`
	Roll        int    `json:"roll"`        // 0 to 99; set by Charge only
	FailsBelow  int    `json:"fails_below"` // the gateway fails at lower rolls; set by Charge only
}

// The statuses of a charge.
const (
	Charged    = "charged"
	Declined   = "declined"
	Refunded   = "refunded"
	Void       = "void"       // not charged, and the gateway will refuse a late request
	Unanswered = "unanswered" // not charged so far; a slow request may still arrive
)

// Charge charges the token for an order. If the error is nil, the Status is Charged.
// [IsDeclined] reports that the gateway declined.
func Charge(ctx context.Context, key string, p Purchase) (ChargeState, error) {
	var charge ChargeState
	err := post(ctx, "/gateway/charges", key, p, &charge)
	return charge, err
}

// Lookup returns the status of the charge with this key. If the gateway has given no final
// answer for the key, the Status is Unanswered and the error is nil.
func Lookup(ctx context.Context, key string) (ChargeState, error) {
	var charge ChargeState
	err := get(ctx, "/gateway/charges/"+url.PathEscape(key), &charge)
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return ChargeState{Status: Unanswered}, nil
	}
	return charge, err
}

// Refund returns the money of the charge with this key; the Status is then Refunded. If
// there is no charge, Refund voids the key, so that the gateway refuses a late request for
// a charge: Void. If the charge was declined, Refund changes nothing: Declined. A second
// Refund has no effect.
func Refund(ctx context.Context, key string) (ChargeState, error) {
	var charge ChargeState
	body := struct {
		Key string `json:"key"`
	}{key}
	err := post(ctx, "/gateway/refunds", "", body, &charge)
	return charge, err
}
