package order

import (
	"fmt"
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/input"
	"example.com/workbook/lessons/shop/store"
)

// Request is the input of CreateOrder. The order's id is the workflow's object key.
type Request struct {
	CustomerID  string `json:"customer_id"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"` // stands for a card
}

// check refuses an invalid request with a terminal error.
func (r Request) check(id string) error {
	switch {
	case !input.IsID(id):
		return refuse(http.StatusBadRequest, "an order's id is 1 to 64 of A-Z a-z 0-9 . _ -")
	case !input.IsID(r.CustomerID):
		return refuse(http.StatusBadRequest, "customer_id is 1 to 64 of A-Z a-z 0-9 . _ -")
	case !input.IsAmount(r.AmountCents):
		return refuse(http.StatusBadRequest, "amount_cents is 1 to %d", input.MaxAmountCents)
	case !input.IsToken(r.Token):
		return refuse(http.StatusBadRequest, "the gateway has no such token")
	}
	return nil
}

// refuse makes a terminal error: retrying is pointless.
func refuse(code restate.Code, format string, args ...any) error {
	return restate.ToTerminalError(fmt.Errorf(format, args...), restate.WithErrorCode(code))
}

// failure returns the code and the reason of a terminal error, as FailOrder takes
// them.
func failure(why error) store.Failure {
	t := restate.AsTerminalError(why)
	return store.Failure{Code: int(t.Code()), Reason: t.Message()}
}

// row returns the order's first row.
func (r Request) row(id string) store.Order {
	return store.Order{ID: id, CustomerID: r.CustomerID, AmountCents: r.AmountCents}
}

// Summary is the output of CreateOrder and of Status.
type Summary struct {
	OrderID    string `json:"order_id"`
	Status     string `json:"status"`
	PaymentID  string `json:"payment_id,omitempty"`
	ShipmentID string `json:"shipment_id,omitempty"`
	Reason     string `json:"reason,omitempty"` // why the order is FAILED
}

// summary returns what a row says about its order.
func summary(o store.Order) Summary {
	return Summary{OrderID: o.ID, Status: o.Status, PaymentID: o.PaymentID, ShipmentID: o.ShipmentID, Reason: o.Failure.Reason}
}

// Approval is the input of Approve: a person's decision.
type Approval struct {
	Approved bool `json:"approved"`
}
