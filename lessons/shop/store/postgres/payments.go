package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"example.com/workbook/lessons/shop/store"
)

const (
	insertPayment = `INSERT INTO payments (id, order_id, amount_cents, status) VALUES ($1, $2, $3, $4)`
	selectPayment = `SELECT id, order_id, amount_cents, status, coalesce(charge_id, ''), coalesce(code, 0), coalesce(reason, ''), ` + createdAt + `
		FROM payments WHERE id = $1`
)

// InsertPayment writes a new row with the status PROCESSING. A second run returns an
// error, which [store.IsConflict] recognizes, and leaves the row as it is.
func (db *DB) InsertPayment(ctx context.Context, p store.Payment) error {
	return db.exec(ctx, insertPayment, p.ID, p.OrderID, p.AmountCents, store.Processing)
}

// PutPayment writes the row with the status PROCESSING. A second run overwrites the row: a
// COMPLETED payment becomes PROCESSING again, and its charge or reason is lost.
func (db *DB) PutPayment(ctx context.Context, p store.Payment) error {
	return settle(func() error {
		return db.exec(ctx, insertPayment+`
			ON CONFLICT (id) DO UPDATE SET amount_cents = excluded.amount_cents, status = excluded.status, charge_id = NULL, code = NULL, reason = NULL`,
			p.ID, p.OrderID, p.AmountCents, store.Processing)
	})
}

// BeginPayment writes a new row with the status PROCESSING if there is no row, and returns
// the row that is stored. A second run leaves the row as it is and returns it.
func (db *DB) BeginPayment(ctx context.Context, p store.Payment) (store.Payment, error) {
	return db.insertThenRead(ctx, insertPayment+` ON CONFLICT (id) DO NOTHING`, p, store.Processing)
}

// insertThenRead inserts a row with a status and returns the row that is stored then. Both
// are one transaction.
func (db *DB) insertThenRead(ctx context.Context, insert string, p store.Payment, status string) (stored store.Payment, err error) {
	err = settle(func() error {
		return db.transact(ctx, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, insert, p.ID, p.OrderID, p.AmountCents, status)
			if err == nil {
				stored, err = scanPayment(tx.QueryRow(ctx, selectPayment, p.ID))
			}
			return err
		})
	})
	return stored, err
}

// CompletePayment sets the status of a PROCESSING payment to COMPLETED. A second run
// changes nothing.
func (db *DB) CompletePayment(ctx context.Context, id, chargeID string) error {
	return db.exec(ctx, `UPDATE payments SET status = 'COMPLETED', charge_id = $2 WHERE id = $1 AND status = 'PROCESSING'`, id, chargeID)
}

// FailPayment sets the status of a PROCESSING payment to FAILED and stores the reason. A
// second run changes nothing.
func (db *DB) FailPayment(ctx context.Context, id string, why store.Failure) error {
	return db.exec(ctx, `UPDATE payments SET status = 'FAILED', code = $2, reason = $3 WHERE id = $1 AND status = 'PROCESSING'`, id, why.Code, why.Reason)
}

// RefundPayment sets the status of a PROCESSING or COMPLETED payment to REFUNDED, or
// writes a REFUNDED row if there is none. The result is the row that is stored then. A
// second run changes nothing and returns the same row.
func (db *DB) RefundPayment(ctx context.Context, p store.Payment) (store.Payment, error) {
	return db.insertThenRead(ctx, insertPayment+`
		ON CONFLICT (id) DO UPDATE SET status = excluded.status WHERE payments.status IN ('PROCESSING', 'COMPLETED')`, p, store.Refunded)
}

// NoteFailure stores a failure of the gateway, and returns the number of failures that are
// stored for this payment. A roll below 0 means that the answer had no roll. A second run
// stores and counts a second failure.
func (db *DB) NoteFailure(ctx context.Context, paymentID string, roll int, reason string) (failures int, err error) {
	known := &roll
	if roll < 0 {
		known = nil
	}
	err = db.transact(ctx, func(ctx context.Context, tx pgx.Tx) error {
		// The lock makes a second failure wait, which otherwise would not be counted.
		if _, err := tx.Exec(ctx, `SELECT FROM payments WHERE id = $1 FOR UPDATE`, paymentID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO payment_failures (payment_id, roll, reason) VALUES ($1, $2, $3)`, paymentID, known, reason); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FROM payment_failures WHERE payment_id = $1`, paymentID).Scan(&failures)
	})
	return failures, err
}

// FindPayment returns the row, or nil if there is none.
func (db *DB) FindPayment(ctx context.Context, id string) (*store.Payment, error) {
	return find(ctx, db, scanPayment, selectPayment, id)
}

func scanPayment(row pgx.Row) (p store.Payment, err error) {
	err = row.Scan(&p.ID, &p.OrderID, &p.AmountCents, &p.Status, &p.ChargeID, &p.Failure.Code, &p.Failure.Reason, &p.CreatedAt)
	return p, err
}
