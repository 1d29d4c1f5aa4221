// Package table prints the rows of the shop's tables, and follows them. Its queries run in
// SQLite and in PostgreSQL. It links no driver: the two programs that use it have one each.
package table

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// Reader is a database of the shop. Read runs a query and calls f for each row.
type Reader interface {
	Read(ctx context.Context, query string, f func(scan func(...any) error) error, args ...any) error
	Close() error
}

// Main runs the command rows, and ends the process if it fails. open opens the database that
// the first argument names, such as example. passes reports whether an error of Read passes
// by itself.
func Main(example string, open func(where string) (Reader, error), passes func(error) bool) {
	follows := flag.Bool("follow", false, "print each new status")
	flag.Parse()
	if flag.NArg() < 1 || flag.NArg() < 2 && !*follows {
		fmt.Fprintf(os.Stderr, "which database, and which orders?\nhint: for example: rows %s o-1\n", example)
		os.Exit(2)
	}
	run := printRows
	if *follows {
		run = followRows
	}
	if err := run(func() (Reader, error) { return open(flag.Arg(0)) }, passes, flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func printRows(open func() (Reader, error), _ func(error) bool, orders []string) error {
	db, err := open()
	if err != nil {
		return err
	}
	defer db.Close()
	return Print(os.Stdout, db, orders)
}

// followRows follows the rows until standard input ends. It also waits for a database that
// cannot be reached: a shop's PostgreSQL that was killed comes back.
func followRows(open func() (Reader, error), passes func(error) bool, orders []string) error {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	db, err := openWhenReached(ctx, open, passes)
	if err != nil || db == nil {
		return err
	}
	defer db.Close()
	return Follow(ctx, os.Stdout, db, passes, orders)
}

// openWhenReached opens the database as soon as that is possible. It returns nil if ctx ends
// before.
func openWhenReached(ctx context.Context, open func() (Reader, error), passes func(error) bool) (Reader, error) {
	for {
		db, err := open()
		if err == nil || !passes(err) {
			return db, err
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return nil, nil
		}
	}
}
