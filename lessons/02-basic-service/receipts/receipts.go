// Package receipts writes receipts, and mails them.
package receipts

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/todo"
)

// Receipts is a Restate service.
type Receipts struct{}

// Compose writes the receipt for an order, and where the order says so has it
// mailed later.
func (Receipts) Compose(ctx restate.Context, o Order) (Receipt, error) {
	// TODO 2.2: ask Pricing/Quote, through Restate, what one piece of o.SKU costs, and
	// write the receipt for o.Quantity of them.
	receipt, err := Receipt{}, todo.Task("2.2")
	if err != nil {
		return Receipt{}, err
	}
	if o.Mail {
		// TODO 2.4: send Receipts/Send the receipt, one way, o.DelaySeconds from now.
		return Receipt{}, todo.Task("2.4")
	}
	return receipt, nil
}

// Send mails a receipt, once.
func (Receipts) Send(ctx restate.Context, r Receipt) error {
	// TODO 2.4: mail r.message() in a step, with a key that outlives the attempt.
	return todo.Task("2.4")
}
