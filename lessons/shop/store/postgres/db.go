package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/failpoint"
)

// limit is the time after which a method gives up: a server that was stopped in the
// middle does not answer, and does not close the connection either.
const limit = 15 * time.Second

// DB is the shop's database. Many goroutines may call its methods at the same time.
type DB struct {
	pool      *pgxpool.Pool
	queries   *sql.DB // of the same pool, for Write and Read
	failpoint *failpoint.Failpoint
}

var _ store.Store = (*DB)(nil)

// Close closes every connection.
func (db *DB) Close() error {
	err := db.queries.Close()
	db.pool.Close()
	return err
}

// unreached is an error of a server that could not be reached, so that nothing was sent.
type unreached struct{ error }

func (u unreached) Unwrap() error { return u.error }

// NothingWritten makes [store.IsRetryable] recognize the error.
func (u unreached) NothingWritten() bool { return true }

// connect calls f with a connection of the pool.
func (db *DB) connect(ctx context.Context, f func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c, err := db.pool.Acquire(ctx)
	if err != nil {
		return unreached{err}
	}
	defer c.Release()
	return f(ctx, c.Conn())
}

// exec runs one statement, which is a transaction of its own, in one round trip.
func (db *DB) exec(ctx context.Context, statement string, args ...any) error {
	err := db.connect(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, statement, args...)
		return err
	})
	if err == nil {
		db.failpoint.Committed()
	}
	return err
}

// transact calls f in a transaction, and commits if f returns nil.
func (db *DB) transact(ctx context.Context, f func(context.Context, pgx.Tx) error) error {
	err := db.connect(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return f(ctx, tx) })
	})
	if err == nil {
		db.failpoint.Committed()
	}
	return err
}

// settle runs an INSERT with ON CONFLICT, and runs it again after a conflict. ON CONFLICT
// names one unique column. If two programs insert the same row at the same moment,
// PostgreSQL may find the conflict in another unique column first, and return an error.
// (With six connections, that was seen in one of 500 inserts.) In the second run the other
// program's row is there, and ON CONFLICT finds it. A row that truly is another one's is a
// conflict again.
func settle(insert func() error) error {
	err := insert()
	if store.IsConflict(err) {
		err = insert()
	}
	return err
}

// find returns the row of a query, or nil if there is none.
func find[T any](ctx context.Context, db *DB, scan func(pgx.Row) (T, error), query string, args ...any) (*T, error) {
	var found T
	err := db.connect(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		found, err = scan(c.QueryRow(ctx, query, args...))
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// Write calls f once, in a transaction. If f returns nil, Write commits: when Write returns
// nil, the changes are on the disk. If f returns an error or panics, Write writes nothing.
// If the connection breaks in Write, nobody knows; see the comment of the package.
//
// Several transactions write at the same time, and wait for each other only if they write
// the same rows. A transaction that waits for more than five seconds gets an error that
// [store.IsRetryable] recognizes. A row that f has read may be changed by another
// transaction before f writes it, unless f reads it with FOR UPDATE.
//
// A transaction in which nothing happens for a minute is ended by PostgreSQL. Only ctx
// limits the time of Write itself.
func (db *DB) Write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.queries.BeginTx(ctx, nil)
	if err != nil {
		return unreached{err}
	}
	defer tx.Rollback() // after Commit this does nothing
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	db.failpoint.Committed()
	return nil
}

// Read runs a query and calls f for each row. The function scan copies the columns of the
// row, as [sql.Rows.Scan] does. Read sees committed rows only, and cannot write.
func (db *DB) Read(ctx context.Context, query string, f func(scan func(...any) error) error, args ...any) error {
	tx, err := db.queries.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return unreached{err}
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return store.EachRow(rows, f)
}
