package outside

import "context"

// Ship books the carrier for an order, and returns the carrier's name for the booking.
func Ship(ctx context.Context, key, orderID string) (trackingID string, err error) {
	body := struct {
		OrderID string `json:"order_id"`
	}{orderID}
	var answer struct {
		TrackingID string `json:"tracking_id"`
	}
	err = post(ctx, "/carrier/shipments", key, body, &answer)
	return answer.TrackingID, err
}
