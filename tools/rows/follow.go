package main

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"example.com/workbook/lessons/shop/store"
)

// change is a new status of a row, or a stored failure.
type change struct {
	Table   string `json:"table"`
	ID      string `json:"id"`
	OrderID string `json:"order_id"`
	Status  string `json:"status"`
	At      string `json:"at"`
	Code    int    `json:"code,omitempty"` // why it is FAILED
	Reason  string `json:"reason,omitempty"`
	Roll    *int   `json:"roll,omitempty"`
}

// histories are the sources of changes. Each query returns n, id, order, status, at,
// code, reason and roll of the rows after n that belong to the given orders, a JSON
// list, or to any order if the list is empty.
var histories = []struct{ table, query string }{
	{"orders", `SELECT h.n, o.id, o.id, h.status, h.at, coalesce(o.code, 0), coalesce(o.reason, ''), NULL
		FROM order_history h JOIN orders o ON o.id = h.order_id WHERE h.n > ?1 AND ` + among + `o.id)) ORDER BY h.n`},
	{"payments", `SELECT h.n, p.id, p.order_id, h.status, h.at, coalesce(p.code, 0), coalesce(p.reason, ''), NULL
		FROM payment_history h JOIN payments p ON p.id = h.payment_id WHERE h.n > ?1 AND ` + among + `p.order_id)) ORDER BY h.n`},
	{"payment_failures", `SELECT f.n, p.id, p.order_id, 'failed', f.at, 0, f.reason, f.roll
		FROM payment_failures f JOIN payments p ON p.id = f.payment_id WHERE f.n > ?1 AND ` + among + `p.order_id)) ORDER BY f.n`},
	{"shipments", `SELECT h.n, s.id, s.order_id, h.status, h.at, 0, '', NULL
		FROM shipment_history h JOIN shipments s ON s.id = h.shipment_id WHERE h.n > ?1 AND ` + among + `s.order_id)) ORDER BY h.n`},
}

const among = `(?2 = '[]' OR EXISTS (SELECT 1 FROM json_each(?2) WHERE value = `

// pollInterval is the time between two reads of the histories. SQLite does not notify
// other processes of a commit.
const pollInterval = 20 * time.Millisecond

func followChanges(ctx context.Context, w io.Writer, db *store.DB, ids string) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	lines, last := json.NewEncoder(w), make([]int, len(histories))
	for {
		for i, h := range histories {
			err := db.Read(ctx, h.query, func(scan func(...any) error) error {
				c := change{Table: h.table}
				if err := scan(&last[i], &c.ID, &c.OrderID, &c.Status, &c.At, &c.Code, &c.Reason, &c.Roll); err != nil {
					return err
				}
				return lines.Encode(c)
			}, last[i], ids)
			if err != nil && ctx.Err() == nil && !store.IsRetryable(err) {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
