// Package database opens the shop's database, a SQLite file or a PostgreSQL. It is a
// package of its own, so that a program that keeps its rows in a file alone does not link
// PostgreSQL's driver.
package database

import (
	"context"
	"io"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/postgres"
)

// A DB is a store that can be closed.
type DB interface {
	store.Store
	io.Closer
}

// Open opens the PostgreSQL at an address, or the SQLite file at a path. ctx bounds Open,
// and not the life of the DB. The function Database of package env
// returns what the user has chosen.
func Open(ctx context.Context, where string) (DB, error) {
	if store.IsAddress(where) {
		db, err := postgres.Open(ctx, where)
		return orNil(db, err)
	}
	db, err := store.Open(where)
	return orNil(db, err)
}

// orNil returns nil for a database that could not be opened: an interface that holds a nil
// pointer is not nil.
func orNil(db DB, err error) (DB, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}
