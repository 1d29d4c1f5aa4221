package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"example.com/workbook/lessons/shop/store"
)

// table is one of the shop's tables, with more that is known of each row.
type table struct {
	name    string
	columns []string
	query   string // as many columns, all of them text; the orders are its parameter, in JSON
}

const (
	inOrders      = ` IN (SELECT value FROM json_each(?))`
	byID          = ` ORDER BY length(id), id`
	codeAndReason = `coalesce(code || ' ' || reason, '')`
)

var allTables = []table{
	{"orders", []string{"id", "amount_cents", "status", "payment_id", "shipment_id", "code and reason", "history"},
		`SELECT id, amount_cents, status, coalesce(payment_id, ''), coalesce(shipment_id, ''), ` + codeAndReason + `, ` +
			historyColumn("order") + ` FROM orders t WHERE id` + inOrders + byID},
	{"payments", []string{"id", "amount_cents", "status", "charge_id", "rolls that failed", "code and reason", "history"},
		`SELECT id, amount_cents, status, coalesce(charge_id, ''),
			coalesce((SELECT group_concat(coalesce(roll, 'none'), ', ') FROM (SELECT roll FROM payment_failures WHERE payment_id = t.id ORDER BY n)), ''), ` +
			codeAndReason + `, ` + historyColumn("payment") + ` FROM payments t WHERE order_id` + inOrders + byID},
	{"shipments", []string{"id", "status", "tracking_id", "history"},
		`SELECT id, status, tracking_id, ` + historyColumn("shipment") + ` FROM shipments t WHERE order_id` + inOrders + byID},
}

// historyColumn returns a column with each status, the first one with its time of day
// in UTC, the others with the seconds after that.
func historyColumn(of string) string {
	return `(SELECT group_concat(status || iif(first = at, ' ' || substr(at, 12, 12), printf(' +%.2f', 86400 * (julianday(at) - julianday(first)))), ', ')
		FROM (SELECT status, at, min(at) OVER () AS first FROM ` + of + `_history WHERE ` + of + `_id = t.id ORDER BY n))`
}

func printTables(w io.Writer, db *store.DB, ids string) error {
	for _, t := range allTables {
		rows, err := t.readRows(db, ids)
		if err != nil {
			return err
		}
		printTable(w, t.name, removeEmptyColumns(append([][]string{t.columns}, rows...)))
	}
	return nil
}

func (t table) readRows(db *store.DB, ids string) (rows [][]string, err error) {
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

// removeEmptyColumns removes the columns that are empty in all rows. The first row has
// the names of the columns.
func removeEmptyColumns(rows [][]string) [][]string {
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

func printTable(w io.Writer, name string, rows [][]string) {
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
