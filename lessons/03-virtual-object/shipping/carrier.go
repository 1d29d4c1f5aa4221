package shipping

import (
	"context"
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/store"
)

// Order is the input of CreateShipment: the order to ship.
type Order struct {
	OrderID string `json:"order_id"`
}

// Shipment is the answer of CreateShipment.
type Shipment struct {
	ShipmentID string `json:"shipment_id"` // the object's key
	OrderID    string `json:"order_id"`
	TrackingID string `json:"tracking_id"` // the carrier's name for the booking
}

// row returns the row of a new shipment, with the status BOOKED.
func (s Shipment) row() store.Shipment {
	return store.Shipment{ID: s.ShipmentID, OrderID: s.OrderID, TrackingID: s.TrackingID, Status: store.Booked}
}

// bookCarrier books the carrier for an order and returns the tracking id. If the carrier
// refuses, the error is terminal, as the warehouse's 404 was in lesson 2. You do not edit
// this file.
func bookCarrier(ctx context.Context, key, orderID string) (trackingID string, err error) {
	trackingID, err = outside.Ship(ctx, key, orderID)
	if outside.IsRefused(err) {
		return "", restate.ToTerminalError(err, restate.WithErrorCode(http.StatusUnprocessableEntity))
	}
	return trackingID, err
}
