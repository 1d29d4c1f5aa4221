package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A database that may not be written to is said and not worked around; the
// order waits in Restate, and is finished when the cause has gone.
func TestShopWithAReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	s := openShop(t, newTree(t), "DELAY=20ms")
	s.order("ROLLS=40")
	s.kill("program")
	file := filepath.Join(s.folder(), "shop.db")
	freeze(t, file)
	waits := s.begins("ROLLS=40")
	waits.waitForText("placed: 2500 cents, tok_ok")
	r := tool(t, s.root, "start", "program")
	require.Equal(t, 3, r.code, r.out)
	require.Contains(t, r.err+s.out.String(), "attempt to write a readonly database")

	thaw(t, file)
	s.start("program")
	require.Zero(t, waits.waitForEnd(), waits.err.String())
	require.Contains(t, waits.out.String(), "COMPLETED")
}

// freeze takes the right to write a file from everybody; root is only stopped by
// a flag of the file.
func freeze(t *testing.T, file string) {
	t.Helper()
	if os.Geteuid() != 0 {
		require.NoError(t, os.Chmod(file, 0o444))
		return
	}
	out, err := exec.Command("chattr", "+i", file).CombinedOutput()
	if err != nil {
		t.Skipf("chattr cannot make a file read-only for root here (%v): %s", err, out)
	}
	t.Cleanup(func() { thaw(t, file) })
}

func thaw(t *testing.T, file string) {
	t.Helper()
	if os.Geteuid() != 0 {
		require.NoError(t, os.Chmod(file, 0o666))
	} else if _, err := os.Stat(file); err == nil {
		require.NoError(t, exec.Command("chattr", "-i", file).Run())
	}
}
