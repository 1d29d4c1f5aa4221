// Command rows shows what the shop's database has of some orders: tables, or, told
// to follow, a line of JSON for each status that an order gets, from its first,
// until standard input ends. It is a program of its own so that the workbook tool
// need not link SQLite.
//
//	rows work/shop.db o-1 o-2
//	rows -follow work/shop.db o-1 o-2
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"example.com/workbook/lessons/shop/store"
)

func main() {
	follows := flag.Bool("follow", false, "tell of each new status")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "which database, and which orders?\nhint: for example: rows work/shop.db o-1")
		os.Exit(2)
	}
	if err := run(*follows, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func run(follows bool, file string, orders []string) error {
	db, err := store.Look(file)
	if err != nil {
		return err
	}
	defer db.Close()
	ids, err := json.Marshal(orders)
	if err != nil {
		return err
	}
	if follows {
		ctx, stop := context.WithCancel(context.Background())
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
		return follow(ctx, os.Stdout, db, string(ids))
	}
	return tables(os.Stdout, db, string(ids))
}

// status is one that an order got.
type status struct {
	N       int    `json:"n"`
	OrderID string `json:"order_id"`
	Status  string `json:"status"`
	At      string `json:"at"`
	Code    int    `json:"code,omitempty"` // why it is FAILED
	Reason  string `json:"reason,omitempty"`
}

// look is how often the history is read: SQLite tells no other process of a
// commit.
const look = 20 * time.Millisecond

func follow(ctx context.Context, w io.Writer, db *store.DB, ids string) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	lines, last := json.NewEncoder(w), 0
	for {
		err := db.Read(ctx, `
			SELECT h.n, h.order_id, h.status, h.at, coalesce(o.code, 0), coalesce(o.reason, '')
			FROM order_history h JOIN orders o ON o.id = h.order_id
			WHERE h.n > ? AND h.order_id IN (SELECT value FROM json_each(?)) ORDER BY h.n`,
			func(scan func(...any) error) error {
				var s status
				if err := scan(&s.N, &s.OrderID, &s.Status, &s.At, &s.Code, &s.Reason); err != nil {
					return err
				}
				last = s.N
				return lines.Encode(s)
			}, last, ids)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err != nil && !store.IsRetryable(err) {
			return err
		}
	}
}
