package database

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/postgres"
)

// The first lessons and their checks do not need the driver of PostgreSQL, and so do not
// download it. The tool and the programs that it runs do not need it either.
func TestTheFirstLessonsDoNotNeedPostgreSQL(t *testing.T) {
	require.NotEmpty(t, listDriver(t, "./lessons/shop/database"), "this test can fail")
	first := []string{"-test"}
	for _, lesson := range []string{"01", "02", "03", "04", "05", "06"} {
		first = append(first, "./lessons/"+lesson+"-...", "./solutions/"+lesson+"-...")
	}
	require.Empty(t, listDriver(t, first...))
	require.Empty(t, listDriver(t, "./tools/workbook", "./tools/author", "./tools/rows", "./tools/classroom"))
}

// listDriver returns the packages of the driver that the packages need.
func listDriver(t *testing.T, packages ...string) (found []string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps"}, packages...)...)
	cmd.Dir = "../../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "github.com/jackc/") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := Open(t.Context(), path)
	require.NoError(t, err)
	require.IsType(t, &store.DB{}, db)
	require.NoError(t, db.InsertOrder(t.Context(), store.Order{ID: "o-1", CustomerID: "ann", AmountCents: 1}))
	require.NoError(t, db.Close())
	require.FileExists(t, path)

	// Nobody is there, and it is PostgreSQL that answers.
	db, err = Open(context.Background(), "postgres:///shop?host="+t.TempDir())
	require.ErrorContains(t, err, "cannot reach PostgreSQL at ")
	require.Nil(t, db, "not a pointer to nothing")
	db, err = Open(t.Context(), t.TempDir())
	require.Error(t, err)
	require.Nil(t, db)
	require.True(t, store.IsAddress("postgresql://me@127.0.0.1/shop"))
	var _ DB = (*postgres.DB)(nil)
}
