// Package shipping books the carrier for orders.
package shipping

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	//| "example.com/workbook/lessons/shop/todo"
)

// Shipping is a virtual object. Its object key is ship- and the order's id.
type Shipping struct {
	DB store.Store
}

// CreateShipment books the carrier for an order. A second call for the same order
// returns the shipment of the first call.
func (s Shipping) CreateShipment(ctx restate.ObjectContext, o Order) (Shipment, error) {
	//| // TODO 3.3: if the state already holds a shipment, return it. Otherwise call
	//| // bookCarrier (carrier.go) in a step, with an idempotency key; store the new Shipment
	//| // in the state, and return it.
	//| return Shipment{}, todo.Task("3.3")
	//task 3.3
	known, err := restate.Get[*Shipment](ctx, "shipment")
	if err != nil {
		return Shipment{}, err
	}
	if known != nil {
		return *known, nil
	}
	id := restate.Key(ctx)
	trackingID, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return bookCarrier(rc, id, o.OrderID)
	}, restate.WithName("book"))
	if err != nil {
		return Shipment{}, err
	}
	shipment := Shipment{ShipmentID: id, OrderID: o.OrderID, TrackingID: trackingID}
	//end
	//|
	//| // TODO 3.4: after the booking and before the Set, write the row into s.DB, in a step.
	//task 3.4
	err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
		return s.DB.InsertShipmentIfAbsent(rc, shipment.row())
	}, restate.WithName("row"))
	if err != nil {
		return Shipment{}, err
	}
	//end
	//task 3.3
	restate.Set(ctx, "shipment", shipment)
	return shipment, nil
	//end
}
