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

// Order is the order whose payment is refunded.
type Order struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
}

// Refund returns the money of a payment, or makes sure that the card can never be
// charged for it. Refund has the same object key as ProcessPayment, so it starts only
// when no payment is running.
func (p Payment) Refund(ctx restate.ObjectContext, o Order) (Result, error) {
	//| // TODO 5.5: refuse invalid input. Refund the key at the gateway, in a step. Write the
	//| // row with RefundPayment, in a second step. Set the state to the row's result.
	//| return Result{}, todo.Task("5.5")
	//task 5.5
	id := restate.Key(ctx)
	if !input.IsID(o.OrderID) || id != "pay-"+o.OrderID || !input.IsAmount(o.AmountCents) {
		return Result{}, refuse(http.StatusBadRequest, "the order's id, the key or the amount is invalid")
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
