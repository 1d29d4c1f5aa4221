// Package shipping books the carrier for orders.
package shipping

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/todo"
)

// Shipping is a virtual object. Its object key is ship- and the order's id.
type Shipping struct {
	DB store.Store
}

// CreateShipment books the carrier for an order. A second call for the same order
// returns the shipment of the first call.
func (s Shipping) CreateShipment(ctx restate.ObjectContext, o Order) (Shipment, error) {
	// TODO 3.3: if the state already holds a shipment, return it. Otherwise call
	// bookCarrier (carrier.go) in a step, with an idempotency key; store the new Shipment
	// in the state, and return it.
	return Shipment{}, todo.Task("3.3")

	// TODO 3.4: after the booking and before the Set, write the row into s.DB, in a step.
}
