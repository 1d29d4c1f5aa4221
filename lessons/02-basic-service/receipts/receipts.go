// Package receipts has the service that writes receipts and emails them.
package receipts

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/todo"
)

// Receipts is a Restate service.
type Receipts struct{}

// Compose writes the receipt for an order. If o.Mail is set, Compose also sends the
// receipt to the handler Send, which emails it later.
func (Receipts) Compose(ctx restate.Context, o Order) (Receipt, error) {
	// TODO 2.2: call Pricing/Quote through Restate for the price of one piece of o.SKU,
	// and write the receipt for o.Quantity pieces.
	receipt, err := Receipt{}, todo.Task("2.2")
	if err != nil {
		return Receipt{}, err
	}
	if o.Mail {
		// TODO 2.4: send the receipt to Receipts/Send, one way, with a delay of
		// o.DelaySeconds.
		return Receipt{}, todo.Task("2.4")
	}
	return receipt, nil
}

// Send emails a receipt, once.
func (Receipts) Send(ctx restate.Context, r Receipt) error {
	// TODO 2.4: email r.message() in a step, with a key that is the same on every
	// attempt.
	return todo.Task("2.4")
}
