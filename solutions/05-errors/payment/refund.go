package payment

import (
	//task 5.5
	"net/http"
	//end

	restate "github.com/restatedev/sdk-go"

	//task 5.5
	"example.com/workbook/lessons/shop/input"
	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/store"
	//end
	//| "example.com/workbook/lessons/shop/todo"
)

// Order is whose payment is to be given back.
type Order struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
}

// Refund gives the money back, or sees to it that none is ever taken. On one key
// it waits until ProcessPayment is done, so nothing is under way when it begins.
func (p Payment) Refund(ctx restate.ObjectContext, o Order) (Result, error) {
	//| // TODO 5.5: refuse what makes no sense. Have the gateway refund the key, write
	//| // RefundPayment's row, and set the state to what the row says then.
	//| return Result{}, todo.Task("5.5")
	//task 5.5
	id := restate.Key(ctx)
	if !input.IsID(o.OrderID) || id != "pay-"+o.OrderID || !input.IsAmount(o.AmountCents) {
		return Result{}, refuse(http.StatusBadRequest, "that is no payment of this key's")
	}
	err := restate.RunVoid(ctx, func(rc restate.RunContext) error {
		_, err := outside.Refund(rc, id)
		return err
	}, restate.WithName("refund"))
	if err != nil {
		return Result{}, err
	}
	row, err := restate.Run(ctx, func(rc restate.RunContext) (store.Payment, error) {
		return p.DB.RefundPayment(rc, store.Payment{ID: id, OrderID: o.OrderID, AmountCents: o.AmountCents})
	}, restate.WithName("row"))
	if err != nil {
		return Result{}, err
	}
	result := resultOf(row)
	restate.Set(ctx, "payment", result)
	return result, nil
	//end
}
