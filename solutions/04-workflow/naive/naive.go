// Package naive handles an order as a plain program does: a row says how far the
// order has come. Nothing to edit here.
package naive

import (
	"context"
	"fmt"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/store"
)

// Main takes an order from its first stage to its last, and prints how it ended.
func Main(db *store.DB, id string) {
	err := Fulfil(context.Background(), db, id)
	if store.IsConflict(err) {
		fmt.Println("order", id, "already has a row. the row says which status came last; nothing says what was running when the program died")
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("order", id, "is COMPLETED")
}

// Fulfil runs the stages of one order. If the program dies between two of them,
// who runs the rest?
func Fulfil(ctx context.Context, db *store.DB, id string) error {
	order := store.Order{ID: id, CustomerID: "ann", AmountCents: 2500}
	purchase := outside.Purchase{OrderID: id, AmountCents: 2500, Token: "tok_ok"}
	//snip naive
	steps := []func() error{
		func() error { return db.InsertOrder(ctx, order) }, // PENDING
		func() error { _, err := outside.Charge(ctx, "pay-"+id, purchase); return err },
		func() error { return db.PayOrder(ctx, id, "pay-"+id) }, // PAID
		func() error { _, err := outside.Ship(ctx, "ship-"+id, id); return err },
		func() error { return db.ShipOrder(ctx, id, "ship-"+id) }, // SHIPPED
		func() error { return db.CompleteOrder(ctx, id) },         // COMPLETED
	}
	//snip end
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
