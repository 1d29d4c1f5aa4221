// Package shipping has orders carried to the customer.
package shipping

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	//| "example.com/workbook/lessons/shop/todo"
)

// Shipping is a virtual object; its key is ship- and the order's id.
type Shipping struct {
	DB *store.DB
}

// CreateShipment books the carrier for an order, once, however often it is asked.
func (s Shipping) CreateShipment(ctx restate.ObjectContext, o Order) (Shipment, error) {
	//| // TODO 3.3: answer what is known already. Else have bookCarrier, in carrier.go, ask
	//| // the carrier, in a step and with a key, and keep what you answer in the object's
	//| // state.
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
	//| // TODO 3.4: and give it a row, in s.DB.
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
