package store

import (
	"context"
	"database/sql"
	"errors"
)

// Order is a row of the table orders.
type Order struct {
	ID          string
	CustomerID  string
	AmountCents int64
	Status      string
	PaymentID   string // "" until the order is PAID
	ShipmentID  string // "" until the order is SHIPPED
	Failure     Failure
	CreatedAt   string // set by the table; ignored by methods that write
}

// Failure is the error with which an order or a payment has failed, as its caller got it.
// The zero value means that there was no failure.
type Failure struct {
	Code   int // HTTP status code
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

// InsertOrder writes a new row with the status PENDING. A second run returns an error,
// which [IsConflict] recognizes, and leaves the row as it is.
func (db *DB) InsertOrder(ctx context.Context, o Order) error {
	return db.exec(ctx, insertOrder, o.ID, o.CustomerID, o.AmountCents)
}

// BeginOrder writes a new row with the status PENDING if there is no row, and returns the
// row that is stored. A second run leaves the row as it is and returns it.
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

// PayOrder sets the status of a PENDING order to PAID. An order with another status stays
// as it is, without an error, so a second run changes nothing.
func (db *DB) PayOrder(ctx context.Context, id, paymentID string) error {
	return db.exec(ctx, `UPDATE orders SET status = 'PAID', payment_id = ? WHERE id = ? AND status = 'PENDING'`, paymentID, id)
}

// ShipOrder sets the status of a PAID order to SHIPPED. An order with another status stays
// as it is, without an error, so a second run changes nothing.
func (db *DB) ShipOrder(ctx context.Context, id, shipmentID string) error {
	return db.exec(ctx, shipOrder, shipmentID, id)
}

// CompleteOrder sets the status of a SHIPPED order to COMPLETED. An order with another
// status stays as it is, without an error, so a second run changes nothing.
func (db *DB) CompleteOrder(ctx context.Context, id string) error {
	return db.exec(ctx, completeOrder, id)
}

// FinishOrder does ShipOrder and CompleteOrder in one transaction: a crash leaves both
// done or none. A second run changes nothing.
func (db *DB) FinishOrder(ctx context.Context, id, shipmentID string) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, shipOrder, shipmentID, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, completeOrder, id)
		return err
	})
}

// FailOrder sets the status to FAILED and stores the reason, unless the order is COMPLETED
// or FAILED already. A second run changes nothing: the first reason stays.
func (db *DB) FailOrder(ctx context.Context, id string, why Failure) error {
	return db.exec(ctx, `UPDATE orders SET status = 'FAILED', code = ?, reason = ? WHERE id = ? AND status NOT IN ('COMPLETED', 'FAILED')`,
		why.Code, why.Reason, id)
}

// FindOrder returns the row, or nil if there is none.
func (db *DB) FindOrder(ctx context.Context, id string) (*Order, error) {
	return found(scanOrder(db.reader.QueryRowContext(ctx, selectOrder, id)))
}

func scanOrder(row *sql.Row) (o Order, err error) {
	err = row.Scan(&o.ID, &o.CustomerID, &o.AmountCents, &o.Status, &o.PaymentID, &o.ShipmentID, &o.Failure.Code, &o.Failure.Reason, &o.CreatedAt)
	return o, err
}

// exec runs one statement in one transaction.
func (db *DB) exec(ctx context.Context, query string, args ...any) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// found returns nil if the query has found no row.
func found[T any](row T, err error) (*T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row, nil
}
