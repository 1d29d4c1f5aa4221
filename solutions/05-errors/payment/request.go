package payment

import (
	"fmt"
	//task 5.1
	"net/http"
	//end

	restate "github.com/restatedev/sdk-go"

	//task 5.1
	"example.com/workbook/lessons/shop/input"
	//end
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
	//| // TODO 5.1: use package lessons/shop/input. The id is the object's key.
	//| return nil
	//task 5.1
	switch {
	case !input.IsID(r.OrderID):
		return refuse(http.StatusBadRequest, "order_id is 1 to 64 of A-Z a-z 0-9 . _ -")
	case id != "pay-"+r.OrderID:
		return refuse(http.StatusBadRequest, "the payment's key is pay- and the order's id")
	case !input.IsAmount(r.AmountCents):
		return refuse(http.StatusBadRequest, "amount_cents is 1 to %d", input.MaxAmountCents)
	case !input.IsToken(r.Token):
		return refuse(http.StatusBadRequest, "the gateway has no such token")
	}
	return nil
	//end
}

// refuse makes a terminal error: to ask again is pointless.
func refuse(code restate.Code, format string, args ...any) error {
	return restate.ToTerminalError(fmt.Errorf(format, args...), restate.WithErrorCode(code))
}

// row is the payment as the database has it when it begins.
func (r Request) row(id string) store.Payment {
	return store.Payment{ID: id, OrderID: r.OrderID, AmountCents: r.AmountCents, Status: store.Processing}
}
