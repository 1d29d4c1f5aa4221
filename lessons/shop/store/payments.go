package store

import (
	"context"
	"database/sql"
)

// Payment is a row of payments.
type Payment struct {
	ID          string // pay- and the order's id
	OrderID     string
	AmountCents int64
	Status      string
	ChargeID    string // the gateway's name for it; "" until it is charged
	Failure     Failure
	CreatedAt   string // set by the table; not read when a row is written
}

// The statuses of a payment, besides Completed and Failed.
const (
	Processing = "PROCESSING"
	Refunded   = "REFUNDED" // or voided before it was ever charged
)

const (
	insertPayment = `INSERT INTO payments (id, order_id, amount_cents, status) VALUES (?, ?, ?, ?)`
	selectPayment = `SELECT id, order_id, amount_cents, status, coalesce(charge_id, ''), coalesce(code, 0), coalesce(reason, ''), created_at
		FROM payments WHERE id = ?`
)

// InsertPayment writes a new row, PROCESSING. When there is one already, that is
// an error, see [IsConflict], and the row stays as it is.
func (db *DB) InsertPayment(ctx context.Context, p Payment) error {
	return db.exec(ctx, insertPayment, p.ID, p.OrderID, p.AmountCents, Processing)
}

// PutPayment writes the row, PROCESSING. When there is one already, it is
// written over, its status too.
func (db *DB) PutPayment(ctx context.Context, p Payment) error {
	return db.exec(ctx, insertPayment+`
		ON CONFLICT (id) DO UPDATE SET amount_cents = excluded.amount_cents, status = excluded.status, charge_id = NULL, code = NULL, reason = NULL`,
		p.ID, p.OrderID, p.AmountCents, Processing)
}

// BeginPayment writes a new row, PROCESSING, where there is none, and returns
// the row that is there then, whoever wrote it.
func (db *DB) BeginPayment(ctx context.Context, p Payment) (Payment, error) {
	return db.thenRead(ctx, insertPayment+` ON CONFLICT (id) DO NOTHING`, p, Processing)
}

// thenRead inserts a row with a status and reads what is there, in one
// transaction.
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

// CompletePayment turns a PROCESSING payment into a COMPLETED one, and leaves
// any other alone.
func (db *DB) CompletePayment(ctx context.Context, id, chargeID string) error {
	return db.exec(ctx, `UPDATE payments SET status = 'COMPLETED', charge_id = ? WHERE id = ? AND status = 'PROCESSING'`, chargeID, id)
}

// FailPayment turns a PROCESSING payment into a FAILED one, and leaves any other
// alone.
func (db *DB) FailPayment(ctx context.Context, id string, why Failure) error {
	return db.exec(ctx, `UPDATE payments SET status = 'FAILED', code = ?, reason = ? WHERE id = ? AND status = 'PROCESSING'`, why.Code, why.Reason, id)
}

// RefundPayment turns a PROCESSING or COMPLETED payment into a REFUNDED one, and
// leaves a FAILED one alone. Where there is no row it writes one, so that the
// order can't be paid for later either. It returns the row that is there then.
func (db *DB) RefundPayment(ctx context.Context, p Payment) (Payment, error) {
	return db.thenRead(ctx, insertPayment+`
		ON CONFLICT (id) DO UPDATE SET status = excluded.status WHERE status IN ('PROCESSING', 'COMPLETED')`, p, Refunded)
}

// NoteFailure writes down that the gateway has failed to answer a charge, and
// returns how often it has failed for this payment by now. Roll is below 0 when
// none was heard.
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

// FindPayment is the row, or nil when there is none.
func (db *DB) FindPayment(ctx context.Context, id string) (*Payment, error) {
	return found(scanPayment(db.reader.QueryRowContext(ctx, selectPayment, id)))
}

func scanPayment(row *sql.Row) (p Payment, err error) {
	err = row.Scan(&p.ID, &p.OrderID, &p.AmountCents, &p.Status, &p.ChargeID, &p.Failure.Code, &p.Failure.Reason, &p.CreatedAt)
	return p, err
}
