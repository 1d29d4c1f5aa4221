package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/storetest"
)

// Some tests need a second process: this binary under another role.
func TestMain(m *testing.M) {
	switch os.Getenv("STORE_TEST_ROLE") {
	case "":
		os.Exit(m.Run())
	case "insert":
		storetest.InsertFive(openShop())
	case "hold":
		holdTheWriter()
	}
}

func openShop() *store.DB {
	db, err := store.Open(os.Getenv("SHOP_DB"))
	if err != nil {
		panic(err)
	}
	return db
}

// holdTheWriter is in a transaction, in which nothing has been said yet, until
// its input ends.
func holdTheWriter() {
	err := openShop().Write(context.Background(), func(*sql.Tx) error {
		fmt.Println("held")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	})
	if err != nil {
		panic(err)
	}
}

func openTemp(t *testing.T) (db *store.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "shop.db")
	db, err := store.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db, path
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		db, _ := openTemp(t)
		return db
	})
}

func inserting(path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_ROLE=insert", "SHOP_DB="+path)
	return cmd
}

func TestFailpoint(t *testing.T) {
	db, path := openTemp(t)
	storetest.RunFailpoint(t, db, func() *exec.Cmd { return inserting(path) })
}

func TestFailpointWithoutTheVariable(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("failpoint", []byte("1"), 0o666))
	_, path := openTemp(t)
	require.NoError(t, inserting(path).Run())
	assert.FileExists(t, "failpoint")
}

func TestAddressOfAPostgreSQL(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, where := range []string{"postgres://me:secret@127.0.0.1/shop", "postgresql:///shop"} {
		_, err := store.Open(where)
		require.ErrorContains(t, err, "keeps its rows in a file, and cannot use a PostgreSQL\nhint: ")
		require.NotContains(t, err.Error(), "secret")
	}
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, entries, "no folder of that name is made")
	require.False(t, store.IsAddress("work/postgres.db"))
}
