package cart

import (
	"errors"
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/input"
)

// Checkout empties the cart and begins the order of what was in it, one way. It is
// for later: the workflow Order comes in lesson 4. Nothing to edit here.
func (c Cart) Checkout(ctx restate.ObjectContext, r Purchase) (Contents, error) {
	if !input.IsID(r.OrderID) || !input.IsToken(r.Token) { // the cart must not be lost to an order that is refused
		return Contents{}, refuse(http.StatusBadRequest, "there is no such order_id or token")
	}
	contents, err := c.View(ctx)
	if err != nil {
		return Contents{}, err
	}
	if !input.IsAmount(contents.AmountCents) {
		return Contents{}, refuse(http.StatusConflict, "the cart is empty, or too full")
	}
	order := struct {
		CustomerID  string `json:"customer_id"`
		AmountCents int64  `json:"amount_cents"`
		Token       string `json:"token"`
	}{restate.Key(ctx), contents.AmountCents, r.Token}
	restate.WorkflowSend(ctx, "Order", r.OrderID, "CreateOrder").Send(order)
	restate.ClearAll(ctx)
	return contents, nil
}

func refuse(code restate.Code, why string) error {
	return restate.ToTerminalError(errors.New(why), restate.WithErrorCode(code))
}

// Purchase is what Checkout is asked for.
type Purchase struct {
	OrderID string `json:"order_id"`
	Token   string `json:"token"` // stands for a card
}
