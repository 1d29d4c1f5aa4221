package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"example.com/workbook/lessons/shop/store"
)

const (
	insertOrder = `INSERT INTO orders (id, customer_id, amount_cents, status) VALUES ($1, $2, $3, 'PENDING')`
	selectOrder = `SELECT id, customer_id, amount_cents, status, coalesce(payment_id, ''), coalesce(shipment_id, ''),
		coalesce(code, 0), coalesce(reason, ''), ` + createdAt + ` FROM orders WHERE id = $1`
	shipOrder     = `UPDATE orders SET status = 'SHIPPED', shipment_id = $2 WHERE id = $1 AND status = 'PAID'`
	completeOrder = `UPDATE orders SET status = 'COMPLETED' WHERE id = $1 AND status = 'SHIPPED'`

	// createdAt is the time as SQLite writes it.
	createdAt = `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
)

// InsertOrder writes a new row. A second run returns an error, which [store.IsConflict]
// recognizes, and leaves the row as it is.
func (db *DB) InsertOrder(ctx context.Context, o store.Order) error {
	return db.exec(ctx, insertOrder, o.ID, o.CustomerID, o.AmountCents)
}

// BeginOrder writes a new row if there is no row, and returns the row that is stored. A
// second run leaves the row as it is and returns it.
func (db *DB) BeginOrder(ctx context.Context, o store.Order) (begun store.Order, err error) {
	err = db.transact(ctx, func(ctx context.Context, tx pgx.Tx) error {
		// The SELECT is a statement of its own: an INSERT does not see a row that was
		// committed after it began, even if this row is the conflict.
		_, err := tx.Exec(ctx, insertOrder+` ON CONFLICT (id) DO NOTHING`, o.ID, o.CustomerID, o.AmountCents)
		if err == nil {
			begun, err = scanOrder(tx.QueryRow(ctx, selectOrder, o.ID))
		}
		return err
	})
	return begun, err
}

// PayOrder sets the status of a PENDING order to PAID. A second run changes nothing.
func (db *DB) PayOrder(ctx context.Context, id, paymentID string) error {
	return db.exec(ctx, `UPDATE orders SET status = 'PAID', payment_id = $2 WHERE id = $1 AND status = 'PENDING'`, id, paymentID)
}

// ShipOrder sets the status of a PAID order to SHIPPED. A second run changes nothing.
func (db *DB) ShipOrder(ctx context.Context, id, shipmentID string) error {
	return db.exec(ctx, shipOrder, id, shipmentID)
}

// CompleteOrder sets the status of a SHIPPED order to COMPLETED. A second run changes
// nothing.
func (db *DB) CompleteOrder(ctx context.Context, id string) error {
	return db.exec(ctx, completeOrder, id)
}

// FinishOrder does ShipOrder and CompleteOrder in one transaction. A second run changes
// nothing.
func (db *DB) FinishOrder(ctx context.Context, id, shipmentID string) error {
	return db.transact(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, shipOrder, id, shipmentID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, completeOrder, id)
		return err
	})
}

// FailOrder sets the status to FAILED and stores the reason, unless the order is COMPLETED
// or FAILED already. A second run changes nothing: the first reason stays.
func (db *DB) FailOrder(ctx context.Context, id string, why store.Failure) error {
	return db.exec(ctx, `UPDATE orders SET status = 'FAILED', code = $2, reason = $3 WHERE id = $1 AND status NOT IN ('COMPLETED', 'FAILED')`,
		id, why.Code, why.Reason)
}

// FindOrder returns the row, or nil if there is none.
func (db *DB) FindOrder(ctx context.Context, id string) (*store.Order, error) {
	return find(ctx, db, scanOrder, selectOrder, id)
}

func scanOrder(row pgx.Row) (o store.Order, err error) {
	err = row.Scan(&o.ID, &o.CustomerID, &o.AmountCents, &o.Status, &o.PaymentID, &o.ShipmentID, &o.Failure.Code, &o.Failure.Reason, &o.CreatedAt)
	return o, err
}
