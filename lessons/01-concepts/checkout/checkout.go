// Package checkout takes an order: it reserves the stock, charges the card and
// emails the receipt.
package checkout

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/todo"
)

// Checkout is a Restate service. Each exported method is a handler.
type Checkout struct{}

// Place takes an order and answers with its receipt, even if the program is killed
// halfway.
func (Checkout) Place(ctx restate.Context, o Order) (Receipt, error) {
	// TODO 1.3: make an idempotency key that is the same on every attempt, before the
	// first step. Send the key with every effect. With "" no key is sent.
	key := ""

	_, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return outside.Reserve(rc, key, o.ID, o.SKU)
	}, restate.WithName("reserve"))
	if err != nil {
		return Receipt{}, err
	}

	// TODO 1.2: charge the card in a step named "charge", and email the receipt in a
	// step named "mail". Naive has the two calls. Use the charge's id that the step
	// "charge" returned. Then return the Receipt.
	return Receipt{}, todo.Task("1.2")
}
