package table

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// table is one of the shop's tables, with more that is known of each row.
type table struct {
	name    string
	columns []string
	query   string // as many columns, all of them text, and where it takes the list of orders
}

const (
	inOrders      = ` IN (%s)`
	byID          = ` ORDER BY length(id), id`
	codeAndReason = `coalesce(CAST(code AS text) || ' ' || reason, '')`
)

var allTables = []table{
	{"orders", []string{"id", "amount_cents", "status", "payment_id", "shipment_id", "code and reason", "history"},
		`SELECT id, amount_cents, status, coalesce(payment_id, ''), coalesce(shipment_id, ''), ` + codeAndReason + `, ` +
			historyColumn("order") + ` FROM orders t WHERE id` + inOrders + byID},
	{"payments", []string{"id", "amount_cents", "status", "charge_id", "rolls that failed", "code and reason", "history"},
		`SELECT id, amount_cents, status, coalesce(charge_id, ''),
			coalesce((SELECT string_agg(coalesce(CAST(roll AS text), 'none'), ', ') FROM (SELECT roll FROM payment_failures WHERE payment_id = t.id ORDER BY n) f), ''), ` +
			codeAndReason + `, ` + historyColumn("payment") + ` FROM payments t WHERE order_id` + inOrders + byID},
	{"shipments", []string{"id", "status", "tracking_id", "history"},
		`SELECT id, status, tracking_id, ` + historyColumn("shipment") + ` FROM shipments t WHERE order_id` + inOrders + byID},
}

// historyColumn returns a column with each status and its time, as formatHistory takes it.
func historyColumn(of string) string {
	return `(SELECT string_agg(status || '@' || CAST(at AS text), ',') FROM (SELECT status, at FROM ` + of + `_history WHERE ` + of + `_id = t.id ORDER BY n) h)`
}

// formatHistory returns the first status with its time of day in UTC, and the others with the
// seconds after that.
func formatHistory(column string) (string, error) {
	var all []string
	var first time.Time
	for i, entry := range strings.Split(column, ",") {
		status, text, _ := strings.Cut(entry, "@")
		at, err := parseTime(text)
		if err != nil {
			return "", err
		}
		if i == 0 {
			first = at
		}
		if at.Equal(first) {
			all = append(all, status+at.Format(" 15:04:05.000"))
		} else {
			all = append(all, fmt.Sprintf("%s %+.2f", status, at.Sub(first).Seconds()))
		}
	}
	return strings.Join(all, ", "), nil
}

// Print prints the rows of some orders as tables.
func Print(w io.Writer, db Reader, orders []string) error {
	for _, t := range allTables {
		rows, err := t.readRows(db, orders)
		if err != nil {
			return err
		}
		printTable(w, t.name, removeEmptyColumns(append([][]string{t.columns}, rows...)))
	}
	return nil
}

func (t table) readRows(db Reader, orders []string) (rows [][]string, err error) {
	var args []any
	var numbers []string
	for i, id := range orders {
		args, numbers = append(args, id), append(numbers, fmt.Sprintf("$%d", i+1))
	}
	query := strings.Replace(t.query, "%s", strings.Join(numbers, ", "), 1)
	err = db.Read(context.Background(), query, func(scan func(...any) error) error {
		row := make([]string, len(t.columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := scan(into...); err != nil {
			return err
		}
		history, err := formatHistory(row[len(row)-1])
		row[len(row)-1] = history
		rows = append(rows, row)
		return err
	}, args...)
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
