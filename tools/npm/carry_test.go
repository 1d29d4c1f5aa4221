package npm

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process/processtest"
)

// packAway packs into a folder of its own, whose path it returns.
func packAway(t *testing.T, f *Fetcher) (dir string, err error) {
	t.Helper()
	dir = t.TempDir()
	return dir, f.Pack(t.Context(), processtest.Keeper(t), dir)
}

func TestPackThenTake(t *testing.T) {
	f := newLocalFetcher(t)
	npm(t, copyFile(tarball(t, f)))
	dir, err := packAway(t, f)
	require.NoError(t, err)
	file := filepath.Join(dir, "some-program-"+version+"-test-cpu.tgz")
	require.Equal(t, []string{file}, pathsIn(dir, "", ""), "nothing else is left there")
	require.True(t, f.IsPackage("test-cpu", file))

	calls := npm(t, "exit 1")
	path, err := f.TakeFrom(t.Context(), dir)
	require.NoError(t, err)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, program, string(got))
	require.NoFileExists(t, calls, "npm is not asked")
}

func TestPackThatFailsLeavesNothing(t *testing.T) {
	f := newLocalFetcher(t)
	npm(t, "echo other >x.tgz")
	dir, err := packAway(t, f)
	processtest.RequireSetupError(t, err, "is not the known one", "try again")
	require.NotContains(t, hint.Text(err), "SOME_PROGRAM")
	require.Empty(t, pathsIn(dir, "", ""))
}

func TestTakeOfWhatIsNotThere(t *testing.T) {
	f := newLocalFetcher(t)
	dir := t.TempDir()
	_, err := f.TakeFrom(t.Context(), dir)
	processtest.RequireSetupError(t, err, "the folder has no some-program for test-cpu", "make offline PLATFORMS=test-cpu")
	requireEmpty(t, f)

	require.NoError(t, os.WriteFile(filepath.Join(dir, f.PackageFile("test-cpu")), []byte("half"), 0o644))
	_, err = f.TakeFrom(t.Context(), dir)
	processtest.RequireSetupError(t, err, "is damaged", "copy the folder again")
	requireEmpty(t, f)
}

func TestIsHere(t *testing.T) {
	f := newLocalFetcher(t)
	require.False(t, f.IsHere())
	require.NoError(t, os.Mkdir(f.Path(), 0o755))
	require.False(t, f.IsHere(), "a folder is not a program")
	f.IsFolder = true
	require.True(t, f.IsHere())
	require.NoError(t, os.Remove(f.Path()))
	require.NoError(t, os.WriteFile(f.Path(), nil, 0o755))
	require.False(t, f.IsHere(), "a file is not a folder of programs")
}
