package restate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// packing packs into a folder of its own, whose path it returns.
func packing(t *testing.T, f *finder) (dir string, err error) {
	t.Helper()
	dir = t.TempDir()
	return dir, f.packServer(t.Context(), keeper(t), dir)
}

func TestPackThenTake(t *testing.T) {
	f := newLocalFinder(t)
	npm(t, copyFile(tarball(t, f)))
	dir, err := packing(t, f)
	require.NoError(t, err)
	f.carried = filepath.Join(dir, "restate-server-"+Version+"-test-cpu.tgz")
	require.Equal(t, []string{f.carried}, pathsIn(dir, "", ""), "nothing else is left there")

	calls := npm(t, "exit 1")
	path, err := f.findServer(t.Context())
	require.NoError(t, err)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, program, string(got))
	require.NoFileExists(t, calls, "npm is not asked")
}

func TestPackThatFailsLeavesNothing(t *testing.T) {
	f := newLocalFinder(t)
	npm(t, "echo other >x.tgz")
	dir, err := packing(t, f)
	requireSetupError(t, err, "is not the known one", "try again")
	require.Empty(t, pathsIn(dir, "", ""))
}

func TestTakeOfWhatIsNotThere(t *testing.T) {
	f := newLocalFinder(t)
	f.carried = filepath.Join(t.TempDir(), "none.tgz")
	_, err := f.findServer(t.Context())
	requireSetupError(t, err, "the folder has no restate-server for test-cpu", "make offline PLATFORMS=test-cpu")
	requireEmpty(t, f)

	require.NoError(t, os.WriteFile(f.carried, []byte("half"), 0o644))
	_, err = f.findServer(t.Context())
	requireSetupError(t, err, "is damaged", "copy the folder again")
	requireEmpty(t, f)
}

func TestAtHandFetchesNothing(t *testing.T) {
	t.Setenv(serverEnv, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	calls := npm(t, "exit 1")
	_, err := AtHand(t.Context())
	requireSetupError(t, err, "is not here", "make doctor")
	require.NoFileExists(t, calls)
}

func TestPlatforms(t *testing.T) {
	require.Equal(t, []string{"darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64"}, Platforms())
	require.False(t, IsPackage("linux-amd64", filepath.Join(t.TempDir(), "none")))
}
