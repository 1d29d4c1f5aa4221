// Package table prints the rows of the shop's tables, and follows them. Its queries run in
// SQLite and in PostgreSQL. It links no driver: the two programs that use it have one each.
package table

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
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
	db, err := open(flag.Arg(0))
	if err == nil {
		err = runCommand(*follows, db, passes, flag.Args()[1:])
		db.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func runCommand(follows bool, db Reader, passes func(error) bool, orders []string) error {
	if !follows {
		return Print(os.Stdout, db, orders)
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	return Follow(ctx, os.Stdout, db, passes, orders)
}
