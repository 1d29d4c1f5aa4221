package cart

import (
	"fmt"
	"net/http"

	restate "github.com/restatedev/sdk-go"
)

// Checkout empties the cart and begins the order of what was in it, one way. It is
// for later: the workflow Order comes in lesson 4. Nothing to edit here.
func (c Cart) Checkout(ctx restate.ObjectContext, r Purchase) (Contents, error) {
	contents, err := c.View(ctx)
	if err != nil {
		return Contents{}, err
	}
	if contents.AmountCents == 0 {
		return Contents{}, restate.ToTerminalError(fmt.Errorf("the cart is empty"), restate.WithErrorCode(http.StatusConflict))
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

// Purchase is what Checkout is asked for.
type Purchase struct {
	OrderID string `json:"order_id"`
	Token   string `json:"token"` // stands for a card
}
