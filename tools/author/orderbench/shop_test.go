package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
)

// root is the workbook's folder.
const root = "../../.."

// The test binary is also the process of the sandbox.
func TestMain(m *testing.M) {
	if code, ok := runChild(os.Args[1:]); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// openShop starts the reference shop for one test.
func openShop(t *testing.T, s setting) *rig {
	t.Helper()
	readSources(t)
	binary, err := restate.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	r, err := startRig(t.Context(), root, binary, s)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.stop()) })
	return r
}

// readSources reads the files from which the shop is built. go test repeats a cached result only
// while the files that the test has read are unchanged.
func readSources(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"solutions", "lessons/shop"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".sql") {
				return err
			}
			_, err = os.ReadFile(path)
			return err
		})
		require.NoError(t, err)
	}
}
