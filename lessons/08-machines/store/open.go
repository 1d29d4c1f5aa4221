package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Nothing to edit in this file.

// tables are the two tables of the store. No stock is below 0, and an order has one reservation.
const tables = `
CREATE TABLE IF NOT EXISTS stock (
	item   text    PRIMARY KEY,
	pieces integer NOT NULL CONSTRAINT enough_pieces CHECK (pieces >= 0)
);
CREATE TABLE IF NOT EXISTS reservations (
	order_id text    PRIMARY KEY,
	item     text    NOT NULL REFERENCES stock (item),
	pieces   integer NOT NULL CHECK (pieces > 0)
);`

// Open makes a store of the PostgreSQL at an address. The pool connects at the first statement.
func Open(ctx context.Context, address string, pause time.Duration) (*Store, error) {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return nil, err
	}
	return &Store{Pool: pool, Pause: pause}, nil
}

// CreateTables creates the tables, unless they are there.
func (s *Store) CreateTables(ctx context.Context) error {
	_, err := s.Pool.Exec(ctx, tables)
	return err
}

// Raise lets the database answer with an error that has this SQLSTATE, and returns the error.
func (s *Store) Raise(ctx context.Context, state string) error {
	_, err := s.Pool.Exec(ctx, `DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '`+state+`'; END $$`)
	return err
}

// wait waits for a time, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
