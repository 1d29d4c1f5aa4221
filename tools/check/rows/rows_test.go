package rows

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
)

// A word that testscript has already would never be ours.
func TestNoWordIsTestscriptsOwn(t *testing.T) {
	for _, w := range table {
		script := filepath.Join(t.TempDir(), w.Name+".txtar")
		require.NoError(t, os.WriteFile(script, []byte(w.Name+"\n"), 0o666))
		log := &logOnly{}
		func() {
			defer func() { recover() }()
			testscript.RunT(log, testscript.Params{Files: []string{script}})
		}()
		assert.Contains(t, log.text, fmt.Sprintf("unknown command %q", w.Name), "testscript has that word")
	}
}

var update = flag.Bool("update", false, "write the manual of the words into rows.go")

// The words in the package's manual are those of the table.
func TestManual(t *testing.T) {
	const file = "rows.go"
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	manual := regexp.MustCompile(`(?m)^`).ReplaceAllString(strings.TrimSuffix(table.Manual(20), "\n"), "//") + "\n"
	want := regexp.MustCompile(`(?m)(^//\t.*\n)+`).ReplaceAllLiteralString(string(have), manual)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o666))
		return
	}
	require.Equal(t, want, string(have), "run go generate ./tools/check")
}

// logOnly is a testscript.T that keeps the log.
type logOnly struct{ text string }

func (l *logOnly) Skip(...any)                          {}
func (l *logOnly) Fatal(args ...any)                    { panic(fmt.Sprint(args...)) }
func (l *logOnly) Parallel()                            {}
func (l *logOnly) Log(args ...any)                      { l.text += fmt.Sprint(args...) }
func (l *logOnly) FailNow()                             { panic("failed") }
func (l *logOnly) Run(_ string, f func(t testscript.T)) { f(l) }
func (l *logOnly) Verbose() bool                        { return false }

func TestQuery(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	program, err := store.Open(path)
	require.NoError(t, err)
	defer program.Close()
	for _, id := range []string{"o-1", "o-2"} {
		require.NoError(t, program.InsertShipment(t.Context(), store.Shipment{ID: "ship-" + id, OrderID: id, TrackingID: "trk-" + id, Status: store.Booked}))
	}
	db, err := open(path, "mode=ro")
	require.NoError(t, err)
	defer db.Close()

	for _, test := range []struct {
		query string
		want  string
	}{
		{`SELECT id, status FROM shipments WHERE order_id = $K`, `[{"id":"ship-o-1","status":"BOOKED"}]`},
		{`SELECT id FROM shipments WHERE order_id = 'o-9'`, `[]`},
		{`SELECT count(*) AS n, NULL AS none, 1.5 AS half FROM shipments`, `[{"n":2,"none":null,"half":1.5}]`},
		{`SELECT order_id FROM shipments WHERE order_id >= $K ORDER BY 1`, `[{"order_id":"o-1"},{"order_id":"o-2"}]`},
		{`SELECT max(id) || $K AS both FROM shipments WHERE tracking_id <> 'x'`, `[{"both":"ship-o-2o-1"}]`},
	} {
		t.Run(test.query, func(t *testing.T) {
			got, err := query1(t, db, test.query)
			require.NoError(t, err, test.query)
			assert.JSONEq(t, test.want, got, test.query)
		})
	}
	_, err = query1(t, db, `DELETE FROM shipments`)
	require.ErrorContains(t, err, "readonly")
	_, err = query1(t, db, `SELECT * FROM no_such_table`)
	require.Error(t, err)
}

func TestNoDatabaseIsTheLearnersTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	_, err := open(path, "mode=rw")
	require.EqualError(t, err, "expected a database in the file that SHOP_DB names, got no such file")
	require.NoFileExists(t, path)
}

func TestFailpointThatWasNotMet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "failpoint")
	require.NoError(t, requireMet(file, 1, "here"), "the program took the file away")
	require.NoError(t, os.WriteFile(file, []byte("1"), 0o666))
	require.ErrorContains(t, requireMet(file, 1, "here"), "no write through the package store")
	require.NoFileExists(t, file, "the next script's program must live")
}

func TestLocked(t *testing.T) {
	plain := errors.New("database is locked")
	require.Equal(t, plain, lockedError(plain), "by its code, not its text")
	require.NoError(t, lockedError(nil))
}

func query1(t *testing.T, db *sql.DB, text string) (string, error) {
	got, err := query(t.Context(), db, text, "o-1")
	return string(got), err
}
