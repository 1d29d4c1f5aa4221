package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"example.com/workbook/lessons/shop/store"
)

const (
	insertShipment = `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ($1, $2, $3, $4)`
	selectShipment = `SELECT id, order_id, tracking_id, status, ` + createdAt + ` FROM shipments WHERE order_id = $1`
)

// InsertShipment writes a new row. A second run returns an error, which
// [store.IsConflict] recognizes, and leaves the row as it is.
func (db *DB) InsertShipment(ctx context.Context, s store.Shipment) error {
	return db.writeShipment(ctx, insertShipment, s)
}

// PutShipment writes the row. A second run overwrites the row: a shipment that is DELIVERED
// in the meantime becomes BOOKED again.
func (db *DB) PutShipment(ctx context.Context, s store.Shipment) error {
	return settle(func() error {
		return db.writeShipment(ctx, insertShipment+`
			ON CONFLICT (id) DO UPDATE SET tracking_id = excluded.tracking_id, status = excluded.status`, s)
	})
}

// InsertShipmentIfAbsent writes a new row if the order has none. A second run leaves the
// row as it is, without an error.
func (db *DB) InsertShipmentIfAbsent(ctx context.Context, s store.Shipment) error {
	return settle(func() error {
		return db.writeShipment(ctx, insertShipment+` ON CONFLICT (order_id) DO NOTHING`, s)
	})
}

// FindShipment returns the order's row, or nil if the order has none.
func (db *DB) FindShipment(ctx context.Context, orderID string) (*store.Shipment, error) {
	return find(ctx, db, scanShipment, selectShipment, orderID)
}

func (db *DB) writeShipment(ctx context.Context, statement string, s store.Shipment) error {
	return db.exec(ctx, statement, s.ID, s.OrderID, s.TrackingID, s.Status)
}

func scanShipment(row pgx.Row) (s store.Shipment, err error) {
	err = row.Scan(&s.ID, &s.OrderID, &s.TrackingID, &s.Status, &s.CreatedAt)
	return s, err
}
