package outside

import (
	"context"
	"net/url"
)

// Reserve reserves one piece of a sku for an order.
func Reserve(ctx context.Context, key, orderID, sku string) (reservationID string, err error) {
	body := struct {
		OrderID string `json:"order_id"`
		SKU     string `json:"sku"`
	}{orderID, sku}
	var answer struct {
		ReservationID string `json:"reservation_id"`
	}
	err = post(ctx, "/warehouse/reservations", key, body, &answer)
	return answer.ReservationID, err
}

// Price returns the price of a sku in cents. Price has no key, because it causes no
// effect. The warehouse refuses an unknown sku with status 404.
func Price(ctx context.Context, sku string) (amountCents int64, err error) {
	var answer struct {
		AmountCents int64 `json:"amount_cents"`
	}
	err = get(ctx, "/warehouse/prices/"+url.PathEscape(sku), &answer)
	return answer.AmountCents, err
}
