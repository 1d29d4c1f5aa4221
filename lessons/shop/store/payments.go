package store

import (
	"context"
	"database/sql"
)

// Payment is a row of the table payments.
type Payment struct {
	ID          string // pay- and the order's id
	OrderID     string
	AmountCents int64
	Status      string
	ChargeID    string // the gateway's name for the charge; "" until the card is charged
	Failure     Failure
	CreatedAt   string // set by the table; ignored by methods that write
}

// More statuses of a payment. The others are Completed and Failed.
const (
	Processing = "PROCESSING"
	Refunded   = "REFUNDED" // or voided before the card was charged
)

const (
	insertPayment = `INSERT INTO payments (id, order_id, amount_cents, status) VALUES (?, ?, ?, ?)`
	selectPayment = `SELECT id, order_id, amount_cents, status, coalesce(charge_id, ''), coalesce(code, 0), coalesce(reason, ''), created_at
		FROM payments WHERE id = ?`
)

// InsertPayment writes a new row with the status PROCESSING. A second run returns an
// error, which [IsConflict] recognizes, and leaves the row as it is.
func (db *DB) InsertPayment(ctx context.Context, p Payment) error {
	return db.exec(ctx, insertPayment, p.ID, p.OrderID, p.AmountCents, Processing)
}

// PutPayment writes the row with the status PROCESSING. A second run overwrites the row: a
// COMPLETED payment becomes PROCESSING again, and its charge or reason is lost.
func (db *DB) PutPayment(ctx context.Context, p Payment) error {
	return db.exec(ctx, insertPayment+`
		ON CONFLICT (id) DO UPDATE SET amount_cents = excluded.amount_cents, status = excluded.status, charge_id = NULL, code = NULL, reason = NULL`,
		p.ID, p.OrderID, p.AmountCents, Processing)
}

// BeginPayment writes a new row with the status PROCESSING if there is no row, and returns
// the row that is stored. A second run leaves the row as it is and returns it.
func (db *DB) BeginPayment(ctx context.Context, p Payment) (Payment, error) {
	return db.thenRead(ctx, insertPayment+` ON CONFLICT (id) DO NOTHING`, p, Processing)
}

// thenRead inserts a row with a status and returns the row that is stored afterwards, in
// one transaction.
func (db *DB) thenRead(ctx context.Context, insert string, p Payment, status string) (Payment, error) {
	err := db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insert, p.ID, p.OrderID, p.AmountCents, status)
		if err == nil {
			p, err = scanPayment(tx.QueryRowContext(ctx, selectPayment, p.ID))
		}
		return err
	})
	return p, err
}

// CompletePayment sets the status of a PROCESSING payment to COMPLETED. A payment with
// another status stays as it is, without an error, so a second run changes nothing.
func (db *DB) CompletePayment(ctx context.Context, id, chargeID string) error {
	return db.exec(ctx, `UPDATE payments SET status = 'COMPLETED', charge_id = ? WHERE id = ? AND status = 'PROCESSING'`, chargeID, id)
}

// FailPayment sets the status of a PROCESSING payment to FAILED and stores the reason. A
// payment with another status stays as it is, without an error, so a second run changes
// nothing.
func (db *DB) FailPayment(ctx context.Context, id string, why Failure) error {
	return db.exec(ctx, `UPDATE payments SET status = 'FAILED', code = ?, reason = ? WHERE id = ? AND status = 'PROCESSING'`, why.Code, why.Reason, id)
}

// RefundPayment sets the status of a PROCESSING or COMPLETED payment to REFUNDED. A FAILED
// payment stays as it is. If there is no row, RefundPayment writes a REFUNDED one, so that
// nobody can pay for the order later. The result is the row that is stored then. A second
// run changes nothing and returns the same row.
func (db *DB) RefundPayment(ctx context.Context, p Payment) (Payment, error) {
	return db.thenRead(ctx, insertPayment+`
		ON CONFLICT (id) DO UPDATE SET status = excluded.status WHERE status IN ('PROCESSING', 'COMPLETED')`, p, Refunded)
}

// NoteFailure stores that the gateway has failed to answer a request for a charge, and
// returns the number of failures that are stored for this payment. A roll below 0 means
// that the answer had no roll. A second run stores and counts a second failure.
func (db *DB) NoteFailure(ctx context.Context, paymentID string, roll int, reason string) (failures int, err error) {
	err = db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO payment_failures (payment_id, roll, reason) VALUES (?, ?, ?)`,
			paymentID, sql.NullInt64{Int64: int64(roll), Valid: roll >= 0}, reason)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM payment_failures WHERE payment_id = ?`, paymentID).Scan(&failures)
	})
	return failures, err
}

// FindPayment returns the row, or nil if there is none.
func (db *DB) FindPayment(ctx context.Context, id string) (*Payment, error) {
	return found(scanPayment(db.reader.QueryRowContext(ctx, selectPayment, id)))
}

func scanPayment(row *sql.Row) (p Payment, err error) {
	err = row.Scan(&p.ID, &p.OrderID, &p.AmountCents, &p.Status, &p.ChargeID, &p.Failure.Code, &p.Failure.Reason, &p.CreatedAt)
	return p, err
}
