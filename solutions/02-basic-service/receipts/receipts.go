// Package receipts has the service that writes receipts and emails them.
package receipts

import (
	//task 2.4
	"time"

	//end
	restate "github.com/restatedev/sdk-go"

	//| "example.com/workbook/lessons/shop/todo"
	//task 2.4
	"example.com/workbook/lessons/shop/outside"
	//end
	//task 2.2
	"example.com/workbook/solutions/02-basic-service/pricing"
	//end
)

// Receipts is a Restate service.
type Receipts struct{}

// Compose writes the receipt for an order. If o.Mail is set, Compose also sends the
// receipt to the handler Send, which emails it later.
func (Receipts) Compose(ctx restate.Context, o Order) (Receipt, error) {
	//| // TODO 2.2: call Pricing/Quote through Restate for the price of one piece of o.SKU,
	//| // and write the receipt for o.Quantity pieces.
	//| receipt, err := Receipt{}, todo.Task("2.2")
	//task 2.2
	price, err := restate.Service[pricing.Price](ctx, "Pricing", "Quote").Request(pricing.Item{SKU: o.SKU})
	//end
	if err != nil {
		return Receipt{}, err
	}
	//task 2.2
	receipt := Receipt{OrderID: o.OrderID, SKU: o.SKU, Quantity: o.Quantity, AmountCents: o.Quantity * price.AmountCents}
	//end
	if o.Mail {
		//| // TODO 2.4: send the receipt to Receipts/Send, one way, with a delay of
		//| // o.DelaySeconds.
		//| return Receipt{}, todo.Task("2.4")
		//task 2.4
		delay := time.Duration(o.DelaySeconds) * time.Second
		restate.ServiceSend(ctx, "Receipts", "Send").Send(receipt, restate.WithDelay(delay))
		//end
	}
	return receipt, nil
}

// Send emails a receipt, once.
func (Receipts) Send(ctx restate.Context, r Receipt) error {
	//| // TODO 2.4: email r.message() in a step, with a key that is the same on every
	//| // attempt.
	//| return todo.Task("2.4")
	//task 2.4
	key := restate.UUID(ctx).String()
	_, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return outside.Mail(rc, key, r.message())
	}, restate.WithName("mail"))
	return err
	//end
}
