// Command pgrows does what command rows does, with the shop's rows in PostgreSQL. It is a
// program of its own so that the lessons before lesson 8 do not need PostgreSQL's driver.
//
//	pgrows postgres://me@127.0.0.1/shop o-1 o-2
package main

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/postgres"
	"example.com/workbook/tools/rows/table"
)

func main() {
	table.Main("postgres://me@127.0.0.1/shop", func(address string) (table.Reader, error) {
		return postgres.Open(context.Background(), address)
	}, passes)
}

// passes reports whether an error passes by itself: PostgreSQL says so, or the connection is
// broken, because the server was killed and comes back.
func passes(err error) bool {
	return store.IsRetryable(err) || !errors.As(err, new(*pgconn.PgError))
}
