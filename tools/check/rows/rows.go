// Package rows has the words of check scripts for lessons that keep rows in
// SQLite; a lesson's test hands them over as Lesson.Words. It is apart from
// package check so that the other lessons need not link SQLite.
//
// In SQL, $K is a parameter: the script's own key. In JSON it is the same as
// text, and "answer.field" is a field of the last answer.
//
//	rows sql json       the rows that a query gives, as an array of objects; they
//	                    may have more columns than the JSON
//	agrees field sql    the last answer's field is an array that has what the query
//	                    gives; the script runs alone, so that nothing comes between
//	change sql          change a row, as another program would
//	deny table          no row with $K in its order_id can be written to the table,
//	                    until allow table; an insert or update fails
//	allow table         it can again
//	lock                begin to write, as another program, and do not end
//	unlock              end it
//	writable            the database takes another program's writes: no transaction
//	                    is held open
//	failpoint n         the program is to kill itself right after its n-th commit
//	                    from now on; then the script says killed
//
// Rows are read once: after an answer they are there, or they are not.
package rows

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/mattn/go-sqlite3"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
)

// Words are the words of this package.
var Words = map[string]script.Word{
	"rows":      rows,
	"agrees":    agrees,
	"change":    change,
	"deny":      deny,
	"allow":     allow,
	"lock":      lock,
	"unlock":    unlock,
	"writable":  writable,
	"failpoint": failpoint,
}

func rows(s *script.Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: rows sql json")
	}
	want, err := expand(s, args[1])
	if err != nil {
		return err
	}
	db, err := open(s.Database(), "mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	got, err := query(s.Ctx, db, args[0], s.Subject)
	if err != nil {
		return err
	}
	ok, err := script.Holds(got, []byte(want))
	if err != nil || ok {
		return err
	}
	return record.Fail("rows "+want, text(got))
}

func agrees(s *script.Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: agrees field sql")
	}
	answer, err := s.AnswerJSON(args[0])
	if err != nil {
		return err
	}
	db, err := open(s.Database(), "mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	want, err := query(s.Ctx, db, args[1], s.Subject)
	if err != nil {
		return err
	}
	ok, err := script.Holds(answer, want)
	if err != nil || ok {
		return err
	}
	got, likely, err := compare(answer, want)
	if err != nil {
		return err
	}
	s.HideLedger()
	return record.Fail(fmt.Sprintf("what the database has: %s", want), got, likely)
}

// compare is the answer with no more than is wanted in it, and what may be the
// matter with it.
func compare(answer, want []byte) (got, likely string, err error) {
	var has, wanted []map[string]any
	if err := errors.Join(json.Unmarshal(answer, &has), json.Unmarshal(want, &wanted)); err != nil {
		return string(answer), "", nil
	}
	for _, row := range has {
		for name := range row {
			if len(wanted) > 0 && wanted[0][name] == nil {
				delete(row, name)
			}
		}
	}
	b, err := json.Marshal(has)
	n, wants := total(has), total(wanted)
	switch {
	case len(has) == 0:
		likely = "nothing was read: Read gives your function each row, and what it scans is to be kept"
	case len(has) == len(wanted) && sameRows(has, wanted):
		likely = "these are the rows, in another order: ORDER BY"
	case n > wants:
		likely = "more are counted than there are: those of another status don't count, and each one counts once"
	case n == wants:
		likely = "so many there are, but the numbers are others: mind the attempt that has no row of its own"
	default:
		likely = "a join leaves out what has no row on the other side; a LEFT JOIN keeps it"
	}
	return string(b), likely, err
}

// total is how much the rows count, all together; attempts are what they count
// by.
func total(rows []map[string]any) (n int) {
	for _, r := range rows {
		if f, ok := r["payments"].(float64); ok {
			n += int(f)
		}
	}
	return n
}

func sameRows(a, b []map[string]any) bool {
	return slices.EqualFunc(sorted(a), sorted(b), func(x, y string) bool { return x == y })
}

func sorted(rows []map[string]any) (all []string) {
	for _, r := range rows {
		all = append(all, fmt.Sprint(r))
	}
	slices.Sort(all)
	return all
}

// text is the rows as a verdict shows them.
func text(list []byte) string {
	if string(list) == "[]" {
		return "none"
	}
	return string(list)
}

// expand puts the script's key, and fields of the last answer, into JSON.
func expand(s *script.Script, text string) (string, error) {
	text = strings.ReplaceAll(text, "$K", s.Subject)
	for {
		before, rest, ok := strings.Cut(text, `"answer.`)
		if !ok {
			return text, nil
		}
		field, after, _ := strings.Cut(rest, `"`)
		value, err := s.AnswerField(field)
		if err != nil {
			return "", err
		}
		quoted, err := json.Marshal(value)
		if err != nil {
			return "", err
		}
		text = before + string(quoted) + after
	}
}

// patience is how long to wait for somebody else's transaction, in milliseconds:
// one that is in order takes a few. The script that asks whether one ends is to
// be the one that says so, and waits only until soon.
const (
	patience = "5000"
	soon     = "2000"
)

// open is a connection of the script's own, to a file that is there: it must
// not make one.
func open(path, mode string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, record.Fail("a database in the file that SHOP_DB names", "there is no such file")
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: mode + "&_txlock=immediate&_busy_timeout=" + patience}
	return sql.Open("sqlite3", dsn.String())
}

// query gives the rows as JSON.
func query(ctx context.Context, db *sql.DB, text, key string) ([]byte, error) {
	found, err := db.QueryContext(ctx, text, arguments(text, key)...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for found.Next() {
		row, err := scan(found, columns)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	if err := found.Err(); err != nil {
		return nil, err
	}
	return json.Marshal(list)
}

func scan(found *sql.Rows, columns []string) (map[string]any, error) {
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := found.Scan(into...); err != nil {
		return nil, err
	}
	row := map[string]any{}
	for i, c := range columns {
		row[c] = values[i]
	}
	return row, nil
}

// arguments binds $K where the query has it.
func arguments(text, key string) []any {
	if strings.Contains(text, "$K") {
		return []any{sql.Named("K", key)}
	}
	return nil
}
