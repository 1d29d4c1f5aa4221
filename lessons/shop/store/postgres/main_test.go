package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/storetest"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process"
)

// TestMain runs the tests, or the process that a test kills.
func TestMain(m *testing.M) {
	if address := os.Getenv("STORE_TEST_INSERT"); address != "" {
		db, err := Open(context.Background(), address)
		if err != nil {
			panic(err)
		}
		storetest.InsertFive(db)
		return
	}
	code := m.Run()
	if shared != nil {
		shared.Stop()
	}
	os.Exit(code)
}

var (
	shared     *postgres.Server
	sharedOnce sync.Once
	databases  atomic.Int32
)

// startServer starts a PostgreSQL for one test.
func startServer(t *testing.T) *postgres.Server {
	t.Helper()
	k, err := process.NewKeeper()
	require.NoError(t, err)
	programs, err := postgres.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	s, err := postgres.Start(t.Context(), k, programs, "")
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	return s
}

// newDatabase returns the address of a new schema, in the server of all tests. For the
// shop that is the same as a new database, which takes longer to create.
func newDatabase(t *testing.T) (address string) {
	t.Helper()
	sharedOnce.Do(func() { shared = startServer(t) })
	require.NotNil(t, shared)
	name := fmt.Sprintf("shop%d", databases.Add(1))
	run(t, shared.Address(), "CREATE SCHEMA "+name)
	return shared.Address() + "&search_path=" + name
}

// run runs statements with a connection of their own.
func run(t *testing.T, address string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer c.Close(context.Background())
	for _, s := range statements {
		_, err := c.Exec(t.Context(), s)
		require.NoError(t, err, s)
	}
}

func openAt(t *testing.T, address string) *DB {
	t.Helper()
	db, err := Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return openAt(t, newDatabase(t)) })
}

func TestFailpoint(t *testing.T) {
	address := newDatabase(t)
	storetest.RunFailpoint(t, openAt(t, address), func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "STORE_TEST_INSERT="+address)
		return cmd
	})
}
