// Package cart is version 2 of the cart: its state has another shape than that of
// version 1. Nothing to edit in this file.
package cart

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

// Cart is a virtual object. Each object key is the cart of one customer.
type Cart struct{}

//snip shapes

// Contents is what version 2 stores.
type Contents struct {
	Lines      []Line `json:"items"`
	TotalCents int64  `json:"total_cents"`
}

// Line is one article of a cart.
type Line struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"`
}

// oldContents is what version 1 has stored, under the same name.
type oldContents struct {
	Items       map[string]int64 `json:"items"` // quantity by sku
	AmountCents int64            `json:"amount_cents"`
}

//snip end

// Wanted is the input of Add.
type Wanted struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"`
}

// Add puts an article into the cart, at today's price, and returns the contents.
func (Cart) Add(ctx restate.ObjectContext, w Wanted) (Contents, error) {
	c, err := stored(ctx)
	if err != nil {
		return Contents{}, err
	}
	price, err := restate.Run(ctx, func(rc restate.RunContext) (int64, error) {
		return outside.Price(rc, w.SKU)
	}, restate.WithName("price"))
	if err != nil {
		return Contents{}, err
	}
	c.Lines = append(c.Lines, Line(w))
	c.TotalCents += w.Quantity * price
	restate.Set(ctx, "contents", c)
	return c, nil
}

// View returns the contents.
func (Cart) View(ctx restate.ObjectSharedContext) (Contents, error) { return stored(ctx) }

// Empty empties the cart, also one whose contents cannot be read.
func (Cart) Empty(ctx restate.ObjectContext) error {
	restate.ClearAll(ctx)
	return nil
}
