// Package rows has the words of check scripts for lessons that keep rows in
// SQLite. A lesson's test passes them on as Lesson.Words. The package is separate
// from package check so that the other lessons need not link SQLite.
//
// In SQL, $K is a parameter with the script's own key. In JSON, $K is replaced by
// that key, and "answer.field" by a field of the last answer.
//
//	rows sql json       the query returns these rows, an array of objects; a row may
//	                    have more columns than the JSON
//	count-rows NAME sql  set $NAME to the number of rows that the query returns
//	agrees field sql    a field of the last answer is an array with the rows of the
//	                    query; the script runs alone, so that no other script writes
//	                    in between
//	change sql          change a row, as another program would
//	deny table [status]  refuse inserts and updates of rows that are of the order $K
//	                    in the table, or only those that write a status, until allow
//	                    table
//	allow table         accept such rows again
//	hide table          make every query of the table fail; the script has a
//	                    database of its own
//	lock                begin a write transaction, as another program would, and
//	                    leave it open
//	unlock              end that transaction
//	writable            another program can write to the database: the program holds
//	                    no transaction open
//	failpoint n         make the program kill itself right after its n-th commit
//	                    from now on; the script then needs killed
//
// The words rows and agrees read the database once, and do not wait.
package rows

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/mattn/go-sqlite3"

	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
)

// Words are the words of this package. They come with the likely causes that know the
// shop, for a lesson folder that is older than Lesson.Causes: such a folder passes on
// the words only.
var Words = script.Words{Table: table, Causes: shop.Causes}

var table = script.Table{
	{Name: "rows", Args: "sql json", Do: checkRows,
		Help: "the query returns these rows, an array of objects; a row may have more columns than the JSON"},
	{Name: "count-rows", Args: "NAME sql", Do: setRowCount,
		Help: "set $NAME to the number of rows that the query returns"},
	{Name: "agrees", Args: "field sql", Do: checkAgrees, Traits: script.Always(script.Traits{Alone: true}),
		Help: "a field of the last answer is an array with the rows of the query; the script runs alone, so that no other script writes in between"},
	{Name: "change", Args: "sql", Do: changeRow,
		Help: "change a row, as another program would"},
	{Name: "deny", Args: "table [status]", Do: denyRows,
		Help: "refuse inserts and updates of rows that are of the order $K in the table, or only those that write a status, until allow table"},
	{Name: "allow", Args: "table", Do: allowRows,
		Help: "accept such rows again"},
	{Name: "hide", Args: "table", Do: hideTable,
		Help: "make every query of the table fail; the script has a database of its own"},
	{Name: "lock", Do: lockDatabase,
		Help: "begin a write transaction, as another program would, and leave it open"},
	{Name: "unlock", Do: unlockDatabase,
		Help: "end that transaction"},
	{Name: "writable", Do: checkWritable,
		Help: "another program can write to the database: the program holds no transaction open"},
	{Name: "failpoint", Args: "n", Do: setFailpoint,
		Help: "make the program kill itself right after its n-th commit from now on; the script then needs killed"},
}

func checkRows(s *script.Script, args []string) error {
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
	return record.Fail(claim.ExpectRows(want).With(claim.GotRows(string(got))))
}

// setRowCount sets a variable to a number of rows, so that a later word can compare it
// with a number of effects: count-rows REFUNDED 'SELECT …'.
func setRowCount(s *script.Script, args []string) error {
	db, err := open(s.Database(), "mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	got, err := query(s.Ctx, db, args[1], s.Subject)
	if err != nil {
		return err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(got, &list); err != nil {
		return err
	}
	s.TestScript.Setenv(args[0], strconv.Itoa(len(list)))
	return nil
}

func checkAgrees(s *script.Script, args []string) error {
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
	got, err := trimAnswer(answer, want)
	if err != nil {
		return err
	}
	s.HideLedger()
	return record.Fail(claim.ExpectTable(string(want)).With(claim.GotTable(got)))
}

// trimAnswer returns an answer's rows without the columns that are not wanted, or the
// whole answer if it is not an array of rows.
func trimAnswer(answer, want []byte) (string, error) {
	var has, wanted []map[string]any
	if err := errors.Join(json.Unmarshal(answer, &has), json.Unmarshal(want, &wanted)); err != nil {
		return string(answer), nil
	}
	for _, row := range has {
		for name := range row {
			if len(wanted) > 0 && wanted[0][name] == nil {
				delete(row, name)
			}
		}
	}
	b, err := json.Marshal(has)
	return string(b), err
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

// patience is how long to wait for a transaction of another program, in milliseconds;
// a correct one takes a few. The word writable must be the first to report one that does
// not end, so it waits only for soon.
const (
	patience = "20000"
	soon     = "5000"
)

// open returns a connection for the script. It opens the database file only if it is
// there already.
func open(path, mode string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, record.Fail(claim.ExpectDatabase().With(claim.GotNoFile()))
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: mode + "&_txlock=immediate&_busy_timeout=" + patience}
	return sql.Open("sqlite3", dsn.String())
}

// query returns the rows as JSON.
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
