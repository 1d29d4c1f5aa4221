package postgres

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/storetest"
)

func TestManyOpenANewDatabaseAtOnce(t *testing.T) {
	address := newDatabase(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			db, err := Open(t.Context(), address)
			if assert.NoError(t, err) {
				assert.NoError(t, db.Close())
			}
		})
	}
	all.Wait()
	db := openAt(t, address)
	require.NoError(t, db.InsertShipment(t.Context(), storetest.Shipment("o-1")))
	found, err := openAt(t, address).FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	require.NotNil(t, found, "another program sees the row")
}

// Each connection has the settings, whatever the server's defaults are.
func TestSettings(t *testing.T) {
	address := newDatabase(t)
	run(t, address, "ALTER ROLE shop SET synchronous_commit = off")
	db := openAt(t, address)
	for name, want := range map[string]string{
		"synchronous_commit": "on", "statement_timeout": "10s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min",
		"TimeZone": "UTC", "application_name": "shop", "transaction_isolation": "read committed",
	} {
		var got string
		require.NoError(t, db.pool.QueryRow(t.Context(), "SHOW "+name).Scan(&got))
		require.Equal(t, want, got, name)
	}
	require.EqualValues(t, connections, db.pool.Config().MaxConns)
}

// requireHint requires an error of two lines: what happened, and a hint.
func requireHint(t *testing.T, err error, what, hint string) {
	t.Helper()
	require.Error(t, err)
	line, rest, _ := strings.Cut(err.Error(), "\n")
	require.Contains(t, line, what)
	require.Contains(t, rest, hint)
	require.True(t, strings.HasPrefix(rest, "hint: "), rest)
	require.NotContains(t, rest, "\n")
}

func TestAddressThatIsWrong(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	go func() {
		for {
			c, err := silent.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	at := newDatabase(t)
	for _, c := range []struct{ name, address, what, hint string }{
		{"nobody listens", "postgres://me:secret@127.0.0.1:1/shop", "cannot reach PostgreSQL at 127.0.0.1:1: connect: connection refused", "is it running?"},
		{"no socket", "postgres:///shop?host=" + t.TempDir(), "no such file or directory", "is it running?"},
		{"no such machine", "postgres://me:secret@nowhere.invalid/shop", "cannot ", "SHOP_DATABASE has its address"},
		{"no address", "postgres://me:secret@127.0.0.1:port/shop", "SHOP_DATABASE: cannot parse", "for example"},
		{"a web server", "postgres://me:secret@" + web.Listener.Addr().String() + "/shop", "cannot use PostgreSQL at 127.0.0.1:", "is it a PostgreSQL?"},
		{"a program that hangs up", "postgres://me:secret@" + silent.Addr().String() + "/shop", "cannot use PostgreSQL at 127.0.0.1:", "is it a PostgreSQL?"},
		{"no such database", strings.Replace(at, "@/postgres", "@/none", 1), "refuses: database \"none", "createdb none"},
		{"no such user", strings.Replace(at, "shop@", "mallory:secret@", 1), "refuses: ", "the right user and password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(t.Context(), c.address)
			requireHint(t, err, c.what, c.hint)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestSchemaOfAnotherProgram(t *testing.T) {
	for _, c := range []struct{ name, statement, what string }{
		{"the same name", "CREATE TABLE orders (number int)", "has a table orders of another program"},
		{"the same marker", "CREATE TABLE shop_schema (name text)", "has a table shop_schema of another program"},
		{"an empty marker", "CREATE TABLE shop_schema (version int)", "has a table shop_schema of another program"},
		{"a later version", "CREATE TABLE shop_schema AS SELECT 2 AS version", "has the shop's tables of version 2, and this program knows version 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := newDatabase(t)
			run(t, address, c.statement)
			_, err := Open(t.Context(), address)
			requireHint(t, err, c.what, "createdb shop")
			conn, err := pgx.Connect(t.Context(), address)
			require.NoError(t, err)
			defer conn.Close(context.Background())
			var tables int
			require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").Scan(&tables))
			require.Equal(t, 1, tables, "nothing was created")
		})
	}
	address := newDatabase(t)
	run(t, address, "CREATE TABLE customers (number int)")
	openAt(t, address) // tables that are not in the way
}

// A user without the right to create tables.
func TestUserWithoutRights(t *testing.T) {
	address := newDatabase(t)
	run(t, address, "CREATE ROLE guest", "GRANT USAGE ON SCHEMA public TO guest")
	_, err := Open(t.Context(), strings.Replace(address, "search_path=", "role=guest&search_path=public,", 1))
	requireHint(t, err, "refuses: permission denied for schema public", "let the user shop create tables in the database postgres")
}

// A PostgreSQL of another major version cannot be had everywhere. This fake answers the
// first messages as version 17 does.
func TestFakeServerOfAnotherMajorVersion(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	require.NoError(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := pgproto3.NewBackend(c, c)
			if _, err := b.ReceiveStartupMessage(); err != nil {
				continue
			}
			b.Send(&pgproto3.AuthenticationOk{})
			b.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: "17.6 (Debian 17.6-1)"})
			b.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}})
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			b.Flush()
		}
	}()
	_, err = Open(t.Context(), "postgres:///shop?host="+dir)
	requireHint(t, err, "PostgreSQL at "+dir+" is version 17.6 (Debian 17.6-1), and the shop needs version 18", "use a PostgreSQL 18")
}

// The server starts while the program does.
func TestServerThatStarts(t *testing.T) {
	t.Parallel()
	require.True(t, store.IsRetryable(unreached{os.ErrDeadlineExceeded}))
	s := startServer(t)
	defer s.Stop()
	db := openAt(t, s.Address())
	require.NoError(t, db.Write(t.Context(), func(tx *sql.Tx) error {
		for i := range 2000 {
			s := storetest.Shipment("o-" + strings.Repeat("x", i%40) + string(rune('a'+i%26)))
			if _, err := tx.Exec(insertShipment+" ON CONFLICT DO NOTHING", s.ID, s.OrderID, s.TrackingID, s.Status); err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, s.Kill())
	_, err := Open(t.Context(), s.Address())
	requireHint(t, err, "cannot reach PostgreSQL at "+s.Dir(), "is it running?")
	opened := make(chan error, 1)
	require.NoError(t, s.Restart(t.Context()))
	go func() {
		again, err := Open(context.Background(), s.Address())
		if err == nil {
			err = again.Close()
		}
		opened <- err
	}()
	require.NoError(t, <-opened)
}
