package payment

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/todo"
)

// Order is the order whose payment is refunded.
type Order struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
}

// Refund returns the money of a payment, or makes sure that the card can never be
// charged for it. Refund has the same object key as ProcessPayment, so it starts only
// when no payment is running.
func (p Payment) Refund(ctx restate.ObjectContext, o Order) (Result, error) {
	// TODO 5.5: refuse invalid input. Refund the key at the gateway, in a step. Write the
	// row with RefundPayment, in a second step. Set the state to the row's result.
	return Result{}, todo.Task("5.5")
}
