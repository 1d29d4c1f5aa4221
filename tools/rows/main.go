// Command rows prints the rows of some orders in the shop's database as tables. With
// -follow it prints a line of JSON for each status that a row has had or gets, until
// standard input ends; without ids it follows all orders. It is a program of its own
// so that the workbook tool does not link SQLite.
//
//	rows work/shop.db o-1 o-2
//	rows -follow work/shop.db
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"example.com/workbook/lessons/shop/store"
)

func main() {
	follows := flag.Bool("follow", false, "print each new status")
	flag.Parse()
	if flag.NArg() < 1 || flag.NArg() < 2 && !*follows {
		fmt.Fprintln(os.Stderr, "which database, and which orders?\nhint: for example: rows work/shop.db o-1")
		os.Exit(2)
	}
	if err := runCommand(*follows, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func runCommand(follows bool, file string, orders []string) error {
	db, err := store.Look(file)
	if err != nil {
		return err
	}
	defer db.Close()
	ids, err := json.Marshal(append([]string{}, orders...))
	if err != nil {
		return err
	}
	if follows {
		ctx, stop := context.WithCancel(context.Background())
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
		return followChanges(ctx, os.Stdout, db, string(ids))
	}
	return printTables(os.Stdout, db, string(ids))
}
