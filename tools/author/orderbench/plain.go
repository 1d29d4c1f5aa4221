package main

import (
	"context"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/store"
)

// orderPlainly runs an order without Restate: it writes the same rows and sends the same requests,
// one after the other. If the program is killed in the middle of an order, nothing finishes that
// order.
func orderPlainly(ctx context.Context, db *store.DB, id string) error {
	pay, ship := "pay-"+id, "ship-"+id
	if _, err := db.BeginOrder(ctx, store.Order{ID: id, CustomerID: "c-1", AmountCents: 2500}); err != nil {
		return err
	}
	if err := payPlainly(ctx, db, id, pay); err != nil {
		return err
	}
	if err := db.PayOrder(ctx, id, pay); err != nil {
		return err
	}
	tracking, err := outside.Ship(ctx, ship, id)
	if err != nil {
		return err
	}
	if err := db.InsertShipmentIfAbsent(ctx, store.Shipment{ID: ship, OrderID: id, TrackingID: tracking, Status: store.Booked}); err != nil {
		return err
	}
	if err := db.FinishOrder(ctx, id, ship); err != nil {
		return err
	}
	_, err = outside.Mail(ctx, "mail-"+id, outside.Message{OrderID: id, Kind: "receipt", Text: "1 x order: 2500 cents"})
	return err
}

func payPlainly(ctx context.Context, db *store.DB, id, pay string) error {
	if _, err := db.BeginPayment(ctx, store.Payment{ID: pay, OrderID: id, AmountCents: 2500}); err != nil {
		return err
	}
	charge, err := outside.Charge(ctx, pay, outside.Purchase{OrderID: id, AmountCents: 2500, Token: "tok_ok"})
	if err != nil {
		return err
	}
	return db.CompletePayment(ctx, pay, charge.ID)
}
