package shipping

import (
	"context"
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/store"
)

// Order is what is to be shipped.
type Order struct {
	OrderID string `json:"order_id"`
}

// Shipment is what CreateShipment answers.
type Shipment struct {
	ShipmentID string `json:"shipment_id"` // the object's key
	OrderID    string `json:"order_id"`
	TrackingID string `json:"tracking_id"` // the carrier's
}

// row is the shipment as the database has it when it begins.
func (s Shipment) row() store.Shipment {
	return store.Shipment{ID: s.ShipmentID, OrderID: s.OrderID, TrackingID: s.TrackingID, Status: store.Booked}
}

// bookCarrier asks the carrier. Nothing to edit here: its no is final, as that of
// the warehouse was in lesson 2.
func bookCarrier(ctx context.Context, key, orderID string) (trackingID string, err error) {
	trackingID, err = outside.Ship(ctx, key, orderID)
	if outside.IsRefused(err) {
		return "", restate.ToTerminalError(err, restate.WithErrorCode(http.StatusUnprocessableEntity))
	}
	return trackingID, err
}
