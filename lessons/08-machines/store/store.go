// Package store keeps the stock of the shop in PostgreSQL, so that several machines can share it.
package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/workbook/lessons/shop/todo"
)

// Store is the stock. Its connections come from a pool, which replaces those that broke.
type Store struct {
	Pool  *pgxpool.Pool
	Pause time.Duration // how long the store waits before the next try
}

// Kind is what an error tells about the statement, or about the whole transaction.
type Kind string

// The kinds of errors.
const (
	AlreadyThere Kind = "already there" // such a row exists
	Again        Kind = "again"         // nothing was done, and a later try may succeed
	Never        Kind = "never"         // nothing was done, and no later try succeeds
	Unknown      Kind = "unknown"       // nobody knows whether the COMMIT was done
)

// KindOf returns the kind of an error.
func KindOf(err error) Kind {
	// TODO 8.3: look at the SQLSTATE, which a *pgconn.PgError has in its field Code. The page
	// has the table. Without a SQLSTATE, the kind is Unknown, or Never for pgx.ErrNoRows.
	return Never
}

// repeat calls f until f returns nil, or an error that another call does not change. repeat returns
// an error if ctx ends first. f may run again after a run that has done its work.
func (s *Store) repeat(ctx context.Context, f func(context.Context) error) error {
	// TODO 8.3: call f, and look at the kind of its error. Wait before you call f again.
	return f(ctx)
}

// AddItem adds an item with a number of pieces. An item that is there already stays as it is.
func (s *Store) AddItem(ctx context.Context, item string, pieces int) error {
	// TODO 8.3: insert the row into the table stock.
	return todo.Task("8.3")
}

// Sell takes pieces of an item out of the stock for an order, calls charge, and returns how many
// pieces are left. An order takes its pieces once, also when Sell runs several times.
func (s *Store) Sell(ctx context.Context, order, item string, pieces int, charge func(context.Context) error) (left int, err error) {
	// TODO 8.3: take the pieces in one transaction: insert the reservation, and lower the
	// stock only if the reservation is new. Then call charge, and then return Left.
	return 0, todo.Task("8.3")
}

// Left returns how many pieces of an item are left.
func (s *Store) Left(ctx context.Context, item string) (left int, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.Pool.QueryRow(ctx, `SELECT pieces FROM stock WHERE item = $1`, item).Scan(&left)
	})
	return left, err
}
