package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/failpoint"
)

//go:embed schema.sql
var schema string

const (
	// major is the version of PostgreSQL that the shop is tested with.
	major = "18"
	// schemaVersion is the version of schema.sql.
	schemaVersion = 1
	// connections is how many a program has at the most.
	connections = 10
	// startLimit is how long Open waits for a server that starts or recovers.
	startLimit = 10 * time.Second
	// setUpLock is the number of an advisory lock, which has no meaning in PostgreSQL.
	setUpLock = 7243018
)

// settings are those of each connection.
var settings = map[string]string{
	"application_name": "shop",
	"timezone":         "UTC",
	// A commit is on the disk before it returns, whatever the server's default is.
	"synchronous_commit": "on",
	// In milliseconds.
	"statement_timeout":                   "10000",
	"lock_timeout":                        "5000",
	"idle_in_transaction_session_timeout": "60000",
}

// Open connects to the database at an address, such as postgres://me@127.0.0.1/shop. If the
// database has no tables yet, Open creates them. Several programs may do so at the same
// moment.
//
// Open returns an error for people, with a hint, if the address is wrong, if the server is
// not a PostgreSQL 18, or if the database has tables of another program. ctx bounds Open,
// and not the life of the DB.
func Open(ctx context.Context, address string) (*DB, error) {
	config, err := configure(address)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, pool); err != nil {
		pool.Close()
		return nil, explain(config.ConnConfig, err)
	}
	return &DB{pool: pool, queries: stdlib.OpenDBFromPool(pool), failpoint: failpoint.FromEnv()}, nil
}

func configure(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		// The driver leaves out the password.
		return nil, fmt.Errorf("SHOP_DATABASE: %s\nhint: for example SHOP_DATABASE=postgres://me@127.0.0.1/shop", oneLine(err))
	}
	config.MaxConns = connections
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	for name, value := range settings {
		config.ConnConfig.RuntimeParams[name] = value
	}
	return config, nil
}

// prepare checks the server and creates the tables, unless they are there. It waits for a
// server that starts.
func prepare(ctx context.Context, pool *pgxpool.Pool) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
			if version := c.Conn().PgConn().ParameterStatus("server_version"); !isMajor(version) {
				return otherMajor{version}
			}
			return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return setUp(ctx, tx) })
		})
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "57P03" {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

func isMajor(version string) bool {
	number, _, _ := strings.Cut(version, ".")
	return number == major
}

type otherMajor struct{ version string }

func (o otherMajor) Error() string { return "it is version " + o.version }

// setUp creates the tables, unless they are there. The lock ends with the transaction.
func setUp(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, setUpLock); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
		AND relname IN ('shop_schema', 'shipments', 'shipment_history', 'orders', 'order_history', 'payments', 'payment_history', 'payment_failures')`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	switch {
	case err != nil:
		return err
	case len(tables) == 0:
		// A text of several statements needs the simple protocol.
		_, err := tx.Exec(ctx, schema, pgx.QueryExecModeSimpleProtocol)
		return err
	case !slices.Contains(tables, "shop_schema"):
		return otherSchema{"has a table " + tables[0] + " of another program"}
	}
	var version int
	if err := tx.QueryRow(ctx, `SELECT version FROM shop_schema`).Scan(&version); err != nil {
		return otherSchema{"has a table shop_schema of another program"}
	}
	if version != schemaVersion {
		return otherSchema{fmt.Sprintf("has the shop's tables of version %d, and this program knows version %d", version, schemaVersion)}
	}
	return nil
}

type otherSchema struct{ what string }

func (o otherSchema) Error() string { return o.what }

// explain makes an error for people: one line, and a hint.
func explain(config *pgx.ConnConfig, err error) error {
	at := "PostgreSQL at " + config.Host
	if !strings.HasPrefix(config.Host, "/") {
		at = fmt.Sprintf("PostgreSQL at %s:%d", config.Host, config.Port)
	}
	var (
		version otherMajor
		tables  otherSchema
		pg      *pgconn.PgError
		dial    *net.OpError
	)
	switch {
	case errors.As(err, &version):
		return fmt.Errorf("%s is version %s, and the shop needs version %s\nhint: use a PostgreSQL %s, or a file: SHOP_DATABASE=work/shop.db", at, version.version, major, major)
	case errors.As(err, &tables):
		return fmt.Errorf("the database %s of %s %s\nhint: make a database for the shop alone: createdb shop", config.Database, at, tables.what)
	case errors.As(err, &pg):
		return fmt.Errorf("%s refuses: %w\nhint: %s", at, pgError{pg}, refusalHint(config, pg.Code))
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Errorf("cannot reach %s: %w\nhint: is it running? SHOP_DATABASE has its address, such as postgres://me@127.0.0.1/shop", at, dial.Err)
	}
	return fmt.Errorf("cannot use %s: %s\nhint: is it a PostgreSQL? SHOP_DATABASE has its address, such as postgres://me@127.0.0.1/shop", at, oneLine(err))
}

// pgError is an error of PostgreSQL without its kind and number, which the driver adds.
type pgError struct{ *pgconn.PgError }

func (p pgError) Error() string { return p.Message }

func (p pgError) Unwrap() error { return p.PgError }

func refusalHint(config *pgx.ConnConfig, code string) string {
	switch {
	case code == "3D000":
		return "create it: createdb " + config.Database
	case strings.HasPrefix(code, "28"):
		return "SHOP_DATABASE needs the right user and password: postgres://USER:PASSWORD@HOST/DATABASE"
	case code == "42501":
		return "let the user " + config.User + " create tables in the database " + config.Database
	case store.IsRetryable(&pgconn.PgError{Code: code}):
		return "try again later"
	}
	return "look at the server's log"
}

// oneLine returns the text of an error in one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
