// Package naive has a payment as you might write it at first. Nothing to edit here.
package naive

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

// Naive is a virtual object. The object key is pay- followed by the order's id.
type Naive struct{}

// Order is the order to be paid.
type Order struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"`
}

// ProcessPayment charges the card.
func (Naive) ProcessPayment(ctx restate.ObjectContext, o Order) (status string, err error) {
	key := restate.Key(ctx)
	_, err = restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
		return outside.Charge(rc, key, outside.Purchase(o))
	}, restate.WithName("charge"))
	if err != nil {
		restate.Set(ctx, "status", "FAILED") // declined
		return "FAILED", err
	}
	restate.Set(ctx, "status", "COMPLETED")
	return "COMPLETED", nil
}
