package outside

import (
	"context"
	"net/url"
)

// Reserve puts one piece of a sku aside for an order.
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

// Price is what a sku costs, in cents. It needs no key: to ask does nothing. A
// sku that the warehouse does not know is refused, 404.
func Price(ctx context.Context, sku string) (amountCents int64, err error) {
	var answer struct {
		AmountCents int64 `json:"amount_cents"`
	}
	err = get(ctx, "/warehouse/prices/"+url.PathEscape(sku), &answer)
	return answer.AmountCents, err
}
