// Package checkout takes an order: it reserves the stock, charges the card and
// emails the receipt.
package checkout

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
	//| "example.com/workbook/lessons/shop/todo"
)

// Checkout is a Restate service. Each exported method is a handler.
type Checkout struct{}

// Place takes an order and answers with its receipt, even if the program is killed
// halfway.
func (Checkout) Place(ctx restate.Context, o Order) (Receipt, error) {
	//| // TODO 1.3: make an idempotency key that is the same on every attempt, before the
	//| // first step. Send the key with every effect. With "" no key is sent.
	//| key := ""
	//task 1.3
	// Not a UUID, because the order's id also stops a customer who presses twice.
	key := o.ID
	//end

	//snip step
	_, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return outside.Reserve(rc, key, o.ID, o.SKU)
	}, restate.WithName("reserve"))
	if err != nil {
		return Receipt{}, err
	}
	//snip end

	//| // TODO 1.2: charge the card in a step named "charge", and email the receipt in a
	//| // step named "mail". Naive has the two calls. Use the charge's id that the step
	//| // "charge" returned. Then return the Receipt.
	//| return Receipt{}, todo.Task("1.2")
	//task 1.2
	charge, err := restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
		return outside.Charge(rc, key, o.purchase())
	}, restate.WithName("charge"))
	if err != nil {
		return Receipt{}, err
	}
	_, err = restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return outside.Mail(rc, key, o.receipt(charge.ID))
	}, restate.WithName("mail"))
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{OrderID: o.ID, ChargeID: charge.ID}, nil
	//end
}
