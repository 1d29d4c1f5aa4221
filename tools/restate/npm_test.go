package restate

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFetchForReal asks the real npm for the real package, into a fresh cache.
func TestFetchForReal(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		binary(t) // fails, and says so, where there is no other server either
		t.Log("no npm: what needs it is not tested")
		return
	}
	var says strings.Builder
	f := &finder{goos: runtime.GOOS, goarch: runtime.GOARCH, cache: filepath.Join(t.TempDir(), "cache"), builds: builds, progress: &says}
	b, err := f.build()
	require.NoError(t, err)
	require.NoError(t, f.fetch(t.Context(), b))
	require.Contains(t, says.String(), "… done")

	said, err := banner(t.Context(), f.binary())
	require.NoError(t, err)
	require.Equal(t, "restate-server "+Version, said)
	entries, err := os.ReadDir(f.cache)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the server and the lock")
}
