package payment

import (
	"fmt"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
)

// Request is what ProcessPayment is asked for. The payment's key is pay- and the
// order's id.
type Request struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"` // stands for a card
}

// check refuses, for good, what no payment can be made of.
func (r Request) check(id string) error {
	// TODO 5.1: use package lessons/shop/input. The id is the object's key.
	return nil
}

// refuse makes a terminal error: to ask again is pointless.
func refuse(code restate.Code, format string, args ...any) error {
	return restate.ToTerminalError(fmt.Errorf(format, args...), restate.WithErrorCode(code))
}

// row is the payment as the database has it when it begins.
func (r Request) row(id string) store.Payment {
	return store.Payment{ID: id, OrderID: r.OrderID, AmountCents: r.AmountCents, Status: store.Processing}
}
