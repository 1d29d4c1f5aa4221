package outside

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// Purchase is what the gateway is asked to charge for.
type Purchase struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"` // above 0
	Token       string `json:"token"`        // stands for a card: tok_ok, tok_declined
}

// ChargeState is what the gateway says of a charge.
type ChargeState struct {
	ID          string `json:"charge_id"` // empty unless money has moved
	Status      string `json:"status"`    // Charged, Declined, Refunded, Void, Unanswered
	AmountCents int64  `json:"amount_cents"`
	Roll        int    `json:"roll"`        // 0 to 99; of Charge only
	FailsBelow  int    `json:"fails_below"` // the rolls that the gateway fails at; of Charge only
}

// What can have become of a charge.
const (
	Charged    = "charged"
	Declined   = "declined"
	Refunded   = "refunded"
	Void       = "void"       // never charged, and never will be
	Unanswered = "unanswered" // not charged so far; a request on its way still may
)

// Charge charges the token for an order. Its Status is Charged when the error is
// nil; [IsDeclined] tells a declined one.
func Charge(ctx context.Context, key string, p Purchase) (ChargeState, error) {
	var charge ChargeState
	err := post(ctx, "/gateway/charges", key, p, &charge)
	return charge, err
}

// Lookup asks what became of the charge with this key. It is Unanswered, and no
// error, where the gateway has given the key no final answer.
func Lookup(ctx context.Context, key string) (ChargeState, error) {
	var charge ChargeState
	err := get(ctx, "/gateway/charges/"+url.PathEscape(key), &charge)
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return ChargeState{Status: Unanswered}, nil
	}
	return charge, err
}

// Refund gives the money of the charge with this key back: Refunded. Where there
// is no charge it voids the key, so that a charge that comes late is refused:
// Void; where it was declined there is nothing to do: Declined. Twice is once.
func Refund(ctx context.Context, key string) (ChargeState, error) {
	var charge ChargeState
	body := struct {
		Key string `json:"key"`
	}{key}
	err := post(ctx, "/gateway/refunds", "", body, &charge)
	return charge, err
}
