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

// Request is the input of ProcessPayment.
type Request struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"` // the gateway's name for a card
}

// check returns a terminal error if no payment can ever be made from the request. The
// object key is id.
func (r Request) check(id string) error {
	//| // TODO 5.1: refuse a request that breaks a rule of package lessons/shop/input, and one
	//| // whose object key is not pay- followed by the order's id.
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

// refuse returns a terminal error, which Restate does not retry.
func refuse(code restate.Code, format string, args ...any) error {
	return restate.ToTerminalError(fmt.Errorf(format, args...), restate.WithErrorCode(code))
}

// row returns the payment's first row.
func (r Request) row(id string) store.Payment {
	return store.Payment{ID: id, OrderID: r.OrderID, AmountCents: r.AmountCents, Status: store.Processing}
}
