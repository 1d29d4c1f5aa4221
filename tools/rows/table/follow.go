package table

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// change is a new status of a row, or a stored failure.
type change struct {
	Table   string    `json:"table"`
	ID      string    `json:"id"`
	OrderID string    `json:"order_id"`
	Status  string    `json:"status"`
	At      time.Time `json:"at"`
	Code    int       `json:"code,omitempty"` // why it is FAILED
	Reason  string    `json:"reason,omitempty"`
	Roll    *int      `json:"roll,omitempty"`
}

// histories are the sources of changes. Each query returns n, id, order, status, at, code,
// reason and roll of the rows h whose n is meant.
var histories = []struct{ table, query string }{
	{"orders", `SELECT h.n, o.id, o.id, h.status, CAST(h.at AS text), coalesce(o.code, 0), coalesce(o.reason, ''), NULL
		FROM order_history h JOIN orders o ON o.id = h.order_id`},
	{"payments", `SELECT h.n, p.id, p.order_id, h.status, CAST(h.at AS text), coalesce(p.code, 0), coalesce(p.reason, ''), NULL
		FROM payment_history h JOIN payments p ON p.id = h.payment_id`},
	{"payment_failures", `SELECT h.n, p.id, p.order_id, 'failed', CAST(h.at AS text), 0, h.reason, h.roll
		FROM payment_failures h JOIN payments p ON p.id = h.payment_id`},
	{"shipments", `SELECT h.n, s.id, s.order_id, h.status, CAST(h.at AS text), 0, '', NULL
		FROM shipment_history h JOIN shipments s ON s.id = h.shipment_id`},
}

const (
	// pollInterval is the time between two reads of the histories. SQLite does not notify
	// other processes of a commit.
	pollInterval = 20 * time.Millisecond
	// gapLimit is longer than any transaction of the shop takes.
	gapLimit = 20 * time.Second
	// mostMissing is more than the transactions that write at the same time.
	mostMissing = 100
)

// cursor is how far a history was read. In PostgreSQL, a transaction that takes a number
// earlier than another one may commit later, so a number that is missing may come.
type cursor struct {
	last    int
	missing map[int]time.Time // and since when
}

// condition returns the condition for the rows that were not read yet.
func (c *cursor) condition() string {
	var numbers []string
	for n, since := range c.missing {
		if time.Since(since) > gapLimit { // it was rolled back
			delete(c.missing, n)
			continue
		}
		numbers = append(numbers, fmt.Sprint(n))
	}
	text := fmt.Sprintf(" WHERE h.n > %d", c.last)
	if len(numbers) > 0 {
		text += " OR h.n IN (" + strings.Join(numbers, ", ") + ")"
	}
	return text + " ORDER BY h.n"
}

// pass notes that a row was read.
func (c *cursor) pass(n int) {
	delete(c.missing, n)
	for i := max(c.last+1, n-mostMissing); i < n; i++ {
		c.missing[i] = time.Now()
	}
	c.last = max(c.last, n)
}

// Follow prints a line of JSON for each status that a row of some orders has had or gets, of
// all orders if none is named, until ctx is done. passes reports whether an error of Read
// passes by itself.
func Follow(ctx context.Context, w io.Writer, db Reader, passes func(error) bool, orders []string) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	lines, cursors := json.NewEncoder(w), make([]cursor, len(histories))
	for i := range cursors {
		cursors[i].missing = map[int]time.Time{}
	}
	for {
		for i, h := range histories {
			err := db.Read(ctx, h.query+cursors[i].condition(), func(scan func(...any) error) error {
				c, n, err := readChange(h.table, scan)
				if err != nil {
					return err
				}
				cursors[i].pass(n)
				if len(orders) > 0 && !slices.Contains(orders, c.OrderID) {
					return nil
				}
				return lines.Encode(c)
			})
			if err != nil && ctx.Err() == nil && !passes(err) {
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

func readChange(table string, scan func(...any) error) (c change, n int, err error) {
	c.Table = table
	var at string
	if err := scan(&n, &c.ID, &c.OrderID, &c.Status, &at, &c.Code, &c.Reason, &c.Roll); err != nil {
		return c, n, err
	}
	c.At, err = parseTime(at)
	return c, n, err
}

// parseTime reads a time as SQLite's tables have it, or as PostgreSQL writes it.
func parseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.Parse("2006-01-02 15:04:05Z07", text)
	return at.UTC(), err
}
