package store

import (
	"context"
	"database/sql"
)

// Shipment is a row of the table shipments.
type Shipment struct {
	ID         string // ship- and the order's id
	OrderID    string
	TrackingID string // the carrier's name for the booking
	Status     string
	CreatedAt  string // set by the table; ignored by methods that write
}

// The statuses of a shipment.
const (
	Booked    = "BOOKED"
	Delivered = "DELIVERED" // reported by the carrier
)

const (
	insertShipment = `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES (?, ?, ?, ?)`
	selectShipment = `SELECT id, order_id, tracking_id, status, created_at FROM shipments WHERE order_id = ?`
)

// InsertShipment writes a new row. A second run returns an error, which [IsConflict]
// recognizes, and leaves the row as it is.
func (db *DB) InsertShipment(ctx context.Context, s Shipment) error {
	return db.writeShipment(ctx, insertShipment, s)
}

// PutShipment writes the row. A second run overwrites the row: a shipment that is DELIVERED
// in the meantime becomes BOOKED again.
func (db *DB) PutShipment(ctx context.Context, s Shipment) error {
	return db.writeShipment(ctx, insertShipment+`
		ON CONFLICT (id) DO UPDATE SET tracking_id = excluded.tracking_id, status = excluded.status`, s)
}

// InsertShipmentIfAbsent writes a new row if the order has none. A second run leaves the
// row as it is, without an error.
func (db *DB) InsertShipmentIfAbsent(ctx context.Context, s Shipment) error {
	return db.writeShipment(ctx, insertShipment+`
		ON CONFLICT (id) DO NOTHING
		ON CONFLICT (order_id) DO NOTHING`, s)
}

// FindShipment returns the order's row, or nil if the order has none.
func (db *DB) FindShipment(ctx context.Context, orderID string) (*Shipment, error) {
	return found(scanShipment(db.reader.QueryRowContext(ctx, selectShipment, orderID)))
}

func (db *DB) writeShipment(ctx context.Context, query string, s Shipment) error {
	return db.exec(ctx, query, s.ID, s.OrderID, s.TrackingID, s.Status)
}

func scanShipment(row *sql.Row) (s Shipment, err error) {
	err = row.Scan(&s.ID, &s.OrderID, &s.TrackingID, &s.Status, &s.CreatedAt)
	return s, err
}
