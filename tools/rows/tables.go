package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"example.com/workbook/lessons/shop/store"
)

// table is one of the shop's, beside what else is known of each row.
type table struct {
	name    string
	columns []string
	query   string // as many columns, all of them text; the orders are its parameter, in JSON
}

const (
	wanted = ` IN (SELECT value FROM json_each(?))`
	sorted = ` ORDER BY length(id), id`
	why    = `coalesce(code || ' ' || reason, '')`
)

var all = []table{
	{"orders", []string{"id", "amount_cents", "status", "payment_id", "shipment_id", "code and reason", "history"},
		`SELECT id, amount_cents, status, coalesce(payment_id, ''), coalesce(shipment_id, ''), ` + why + `, ` +
			history("order") + ` FROM orders t WHERE id` + wanted + sorted},
	{"payments", []string{"id", "amount_cents", "status", "charge_id", "rolls that failed", "code and reason", "history"},
		`SELECT id, amount_cents, status, coalesce(charge_id, ''),
			coalesce((SELECT group_concat(coalesce(roll, 'none'), ', ') FROM (SELECT roll FROM payment_failures WHERE payment_id = t.id ORDER BY n)), ''), ` +
			why + `, ` + history("payment") + ` FROM payments t WHERE order_id` + wanted + sorted},
	{"shipments", []string{"id", "status", "tracking_id", "history"},
		`SELECT id, status, tracking_id, ` + history("shipment") + ` FROM shipments t WHERE order_id` + wanted + sorted},
}

// history is a column: each status, the first with its time of day, UTC, the
// others with the seconds after that.
func history(of string) string {
	return `(SELECT group_concat(status || iif(first = at, ' ' || substr(at, 12, 12), printf(' +%.2f', 86400 * (julianday(at) - julianday(first)))), ', ')
		FROM (SELECT status, at, min(at) OVER () AS first FROM ` + of + `_history WHERE ` + of + `_id = t.id ORDER BY n))`
}

func tables(w io.Writer, db *store.DB, ids string) error {
	for _, t := range all {
		rows, err := t.rows(db, ids)
		if err != nil {
			return err
		}
		show(w, t.name, withoutEmpty(append([][]string{t.columns}, rows...)))
	}
	return nil
}

func (t table) rows(db *store.DB, ids string) (rows [][]string, err error) {
	err = db.Read(context.Background(), t.query, func(scan func(...any) error) error {
		row := make([]string, len(t.columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		err := scan(into...)
		rows = append(rows, row)
		return err
	}, ids)
	return rows, err
}

// withoutEmpty leaves out the columns in which no row has anything. The first
// row is the columns' names.
func withoutEmpty(rows [][]string) [][]string {
	short := make([][]string, len(rows))
	for column := range rows[0] {
		filled := false
		for _, row := range rows[1:] {
			filled = filled || row[column] != ""
		}
		for i, row := range rows {
			if filled {
				short[i] = append(short[i], row[column])
			}
		}
	}
	return short
}

func show(w io.Writer, name string, rows [][]string) {
	if len(rows) == 1 {
		fmt.Fprintf(w, "%-9s  no row\n", name)
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(t, "%-9s\t%s\n", name, strings.Join(row, "\t"))
		name = ""
	}
	t.Flush()
}
