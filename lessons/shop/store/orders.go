package store

import (
	"context"
	"database/sql"
	"errors"
)

// Order is a row of orders.
type Order struct {
	ID          string
	CustomerID  string
	AmountCents int64
	Status      string
	PaymentID   string // "" until it is paid
	ShipmentID  string // "" until it is shipped
	Failure     Failure
	CreatedAt   string // set by the table; not read when a row is written
}

// Failure is why an order or a payment has failed, as its caller was told. The
// zero value is none.
type Failure struct {
	Code   int // HTTP
	Reason string
}

// The statuses of an order.
const (
	Pending   = "PENDING"
	Paid      = "PAID"
	Shipped   = "SHIPPED"
	Completed = "COMPLETED" // of a payment too
	Failed    = "FAILED"    // of a payment too
)

const (
	insertOrder = `INSERT INTO orders (id, customer_id, amount_cents, status) VALUES (?, ?, ?, 'PENDING')`
	selectOrder = `SELECT id, customer_id, amount_cents, status, coalesce(payment_id, ''), coalesce(shipment_id, ''),
		coalesce(code, 0), coalesce(reason, ''), created_at FROM orders WHERE id = ?`
	shipOrder     = `UPDATE orders SET status = 'SHIPPED', shipment_id = ? WHERE id = ? AND status = 'PAID'`
	completeOrder = `UPDATE orders SET status = 'COMPLETED' WHERE id = ? AND status = 'SHIPPED'`
)

// InsertOrder writes a new row, PENDING. When there is one already, that is an
// error, see [IsConflict], and the row stays as it is.
func (db *DB) InsertOrder(ctx context.Context, o Order) error {
	return db.exec(ctx, insertOrder, o.ID, o.CustomerID, o.AmountCents)
}

// BeginOrder writes a new row, PENDING, where there is none, and returns the row
// that is there then, whoever wrote it.
func (db *DB) BeginOrder(ctx context.Context, o Order) (Order, error) {
	err := db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertOrder+` ON CONFLICT (id) DO NOTHING`, o.ID, o.CustomerID, o.AmountCents)
		if err == nil {
			o, err = scanOrder(tx.QueryRowContext(ctx, selectOrder, o.ID))
		}
		return err
	})
	return o, err
}

// PayOrder turns a PENDING order into a PAID one, and leaves any other alone.
func (db *DB) PayOrder(ctx context.Context, id, paymentID string) error {
	return db.exec(ctx, `UPDATE orders SET status = 'PAID', payment_id = ? WHERE id = ? AND status = 'PENDING'`, paymentID, id)
}

// ShipOrder turns a PAID order into a SHIPPED one, and leaves any other alone.
func (db *DB) ShipOrder(ctx context.Context, id, shipmentID string) error {
	return db.exec(ctx, shipOrder, shipmentID, id)
}

// CompleteOrder turns a SHIPPED order into a COMPLETED one, and leaves any other
// alone.
func (db *DB) CompleteOrder(ctx context.Context, id string) error {
	return db.exec(ctx, completeOrder, id)
}

// FinishOrder is ShipOrder and CompleteOrder in one transaction: both or none.
func (db *DB) FinishOrder(ctx context.Context, id, shipmentID string) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, shipOrder, shipmentID, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, completeOrder, id)
		return err
	})
}

// FailOrder turns an order that is not COMPLETED into a FAILED one. A reason that
// is there stays.
func (db *DB) FailOrder(ctx context.Context, id string, why Failure) error {
	return db.exec(ctx, `UPDATE orders SET status = 'FAILED', code = ?, reason = ? WHERE id = ? AND status NOT IN ('COMPLETED', 'FAILED')`,
		why.Code, why.Reason, id)
}

// FindOrder is the row, or nil when there is none.
func (db *DB) FindOrder(ctx context.Context, id string) (*Order, error) {
	return found(scanOrder(db.reader.QueryRowContext(ctx, selectOrder, id)))
}

func scanOrder(row *sql.Row) (o Order, err error) {
	err = row.Scan(&o.ID, &o.CustomerID, &o.AmountCents, &o.Status, &o.PaymentID, &o.ShipmentID, &o.Failure.Code, &o.Failure.Reason, &o.CreatedAt)
	return o, err
}

// exec runs one statement in a transaction of its own.
func (db *DB) exec(ctx context.Context, query string, args ...any) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// found makes nil of a row that is not there.
func found[T any](row T, err error) (*T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row, nil
}
