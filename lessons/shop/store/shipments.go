package store

import (
	"context"
	"database/sql"
)

// Shipment is a row of shipments.
type Shipment struct {
	ID         string // ship- and the order's id
	OrderID    string
	TrackingID string // the carrier's name for the booking
	Status     string
	CreatedAt  string // set by the table; not read when a row is written
}

// The statuses of a shipment.
const (
	Booked    = "BOOKED"
	Delivered = "DELIVERED" // the carrier has said so
)

const (
	insertShipment = `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES (?, ?, ?, ?)`
	selectShipment = `SELECT id, order_id, tracking_id, status, created_at FROM shipments WHERE order_id = ?`
)

// InsertShipment writes a new row. When the order has one already, that is an
// error, see [IsConflict], and the row stays as it is.
func (db *DB) InsertShipment(ctx context.Context, s Shipment) error {
	return db.writeShipment(ctx, insertShipment, s)
}

// PutShipment writes the row as it is given. When the order has one already, it
// is written over, its status too.
func (db *DB) PutShipment(ctx context.Context, s Shipment) error {
	return db.writeShipment(ctx, insertShipment+`
		ON CONFLICT (id) DO UPDATE SET tracking_id = excluded.tracking_id, status = excluded.status`, s)
}

// InsertShipmentIfAbsent writes a new row. When the order has one already, that
// is no error, and the row stays as it is.
func (db *DB) InsertShipmentIfAbsent(ctx context.Context, s Shipment) error {
	return db.writeShipment(ctx, insertShipment+`
		ON CONFLICT (id) DO NOTHING
		ON CONFLICT (order_id) DO NOTHING`, s)
}

// FindShipment is the order's row, or nil when it has none.
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
