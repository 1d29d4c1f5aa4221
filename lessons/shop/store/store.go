package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"example.com/workbook/lessons/shop/store/failpoint"
)

//go:embed schema.sql
var schema string

// DB is the shop's database. Many goroutines may call its methods at the same time.
type DB struct {
	// SQLite lets one connection write at a time. With one writer in the pool, the
	// goroutines of this process wait in Go, one after another and without a time limit.
	// In SQLite a connection waits for other processes only, and waiting ends with BUSY.
	writer *sql.DB
	// With WAL, readers do not wait for the writer, and the writer not for readers.
	reader    *sql.DB
	failpoint *failpoint.Failpoint
}

// busyTimeout is the time for which a statement waits while another process writes. Then
// it fails with a retryable error.
const busyTimeout = 5 * time.Second

const readers = 4

// Open opens the file at path. If the file or its folder does not exist, Open creates it.
func Open(path string) (*DB, error) {
	if IsAddress(path) {
		// The address may have a password in it.
		return nil, errors.New("this program keeps its rows in a file, and cannot use a PostgreSQL\nhint: unset SHOP_DATABASE, or set it to a file: SHOP_DATABASE=work/shop.db")
	}
	db, err := open(path, busyTimeout)
	if err != nil {
		return nil, fmt.Errorf("open the shop's database %s: %w", path, err)
	}
	return db, nil
}

// Look opens a file that exists, for reading. Use only the Find methods and [DB.Read]:
// Look writes nothing and creates no table.
func Look(path string) (*DB, error) {
	db := &DB{}
	_, err := os.Stat(path) // SQLite would create the file
	if err == nil {
		db.reader, err = pool(path, readers, reading(busyTimeout))
	}
	if err != nil {
		return nil, fmt.Errorf("look at the shop's database %s: %w", path, err)
	}
	return db, nil
}

func open(path string, busy time.Duration) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	db := &DB{failpoint: failpoint.FromEnv()}
	// The writer is first, because it creates the file that the readers open.
	if db.writer, err = pool(path, 1, writing(busy)); err != nil {
		return nil, err
	}
	if err := errors.Join(db.setUp(), db.limitPages()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if db.reader, err = pool(path, readers, reading(busy)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// setUp creates the tables and triggers that are missing: all of them, or none if it
// fails.
func (db *DB) setUp() error {
	tx, err := db.writer.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(schema); err != nil {
		return err
	}
	// This statement always writes, so that Open fails if the file is read-only.
	if _, err := tx.Exec("PRAGMA user_version = 1"); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes every connection.
func (db *DB) Close() error {
	var err error
	for _, p := range []*sql.DB{db.writer, db.reader} {
		if p != nil {
			err = errors.Join(err, p.Close())
		}
	}
	return err
}

// Write calls f once, in a write transaction. If f returns nil, Write commits: when Write
// returns nil, the changes are on the disk. If f returns an error or panics, or if ctx
// ends before the commit, Write writes nothing.
//
// One write transaction runs at a time. A second Write in the same process waits until the
// first one has ended; only the end of its ctx stops the wait. If another process is
// writing, Write waits for up to 5 seconds and then returns an error that [IsRetryable]
// recognizes. So while f waits for the outside world, every other write waits too. If f
// calls Write, or another method that writes, the two wait for each other until ctx ends.
//
// The rows that f reads through the transaction do not change until it ends. Readers do
// not wait for the transaction, and see its changes after the commit.
func (db *DB) Write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
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

// pool opens connections to the file, and returns an error if they do not have the
// settings.
func pool(path string, size int, s settings) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: s.query().Encode()}
	p, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, err
	}
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size) // with Go's default of 2, the pool would close and open the others again and again
	if err := patiently(func() error { return s.readBack(p) }); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// patiently calls f again while another process is in the way. The first connection turns
// a new file into a WAL file. For this change SQLite does not wait, but fails at once.
func patiently(f func() error) error {
	deadline := time.Now().Add(busyTimeout)
	for {
		err := f()
		if !IsRetryable(err) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Read runs a query and calls f for each row. The function scan copies the columns of the
// row, as [sql.Rows.Scan] does. Read sees committed rows only, and cannot write.
func (db *DB) Read(ctx context.Context, query string, f func(scan func(...any) error) error, args ...any) error {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return EachRow(rows, f)
}

// EachRow calls f for each row, as [DB.Read] does, and closes rows.
func EachRow(rows *sql.Rows, f func(scan func(...any) error) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
