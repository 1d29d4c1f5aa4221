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
)

//go:embed schema.sql
var schema string

// DB is the shop's database. Its methods may be called from many goroutines.
type DB struct {
	// SQLite lets one connection write at a time. With one writer in the pool,
	// goroutines of this process queue up in Go, fairly and without a time limit;
	// only other processes are met in SQLite, where waiting ends in BUSY.
	writer *sql.DB
	// Readers don't wait for the writer, nor it for them: that is what WAL is for.
	reader    *sql.DB
	failpoint *failpoint
}

// busyTimeout is how long a statement waits for another process to finish
// writing before it fails as retryable.
const busyTimeout = 5 * time.Second

const readers = 4

// Open opens the file at path, and makes it and its folder where there is none.
func Open(path string) (*DB, error) {
	db, err := open(path, busyTimeout)
	if err != nil {
		return nil, fmt.Errorf("open the shop's database %s: %w", path, err)
	}
	return db, nil
}

// Look opens a file that is there, for its Find functions and [DB.Read] alone:
// nothing is written, not even to set it up.
func Look(path string) (*DB, error) {
	db := &DB{}
	_, err := os.Stat(path) // SQLite would make it
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
	db := &DB{failpoint: failpointFromEnv()}
	// The order matters: the writer makes the file that the readers open.
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

// setUp makes what is missing of the schema, all of it or nothing.
func (db *DB) setUp() error {
	tx, err := db.writer.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(schema); err != nil {
		return err
	}
	// This writes, always: a file that may only be read is found out now, and not
	// by every order.
	if _, err := tx.Exec("PRAGMA user_version = 1"); err != nil {
		return err
	}
	return tx.Commit()
}

// Close ends every connection.
func (db *DB) Close() error {
	var err error
	for _, p := range []*sql.DB{db.writer, db.reader} {
		if p != nil {
			err = errors.Join(err, p.Close())
		}
	}
	return err
}

// Write runs f in a transaction: when f returns nil all that it wrote is on the
// disk, else none of it. Nobody else writes meanwhile, so what f has read stays
// true until it is done, and what f waits for, everybody waits for.
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
	db.failpoint.committed()
	return nil
}

// pool opens connections to the file, and makes sure that they are what the
// settings say.
func pool(path string, size int, s settings) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: s.query().Encode()}
	p, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, err
	}
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size) // Go's default of 2 would close and open the others all the time
	if err := patiently(func() error { return s.readBack(p) }); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// patiently does again what another process was in the way of. A new file
// becomes a WAL file when it is first opened, and that is the one thing for
// which SQLite fails at once and does not wait.
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

// Read gives f each row of a query in turn, as a function that scans it.
func (db *DB) Read(ctx context.Context, query string, f func(scan func(...any) error) error, args ...any) error {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
