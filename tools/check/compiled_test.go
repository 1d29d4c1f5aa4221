package check_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// ownCache gives a test a cache folder of its own, and the server as usual.
func ownCache(t *testing.T) (cache string) {
	t.Helper()
	binary, err := restate.Find(t.Context(), os.Stderr)
	require.NoError(t, err)
	t.Setenv("RESTATE_SERVER", binary)
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	t.Setenv("HOME", dir) // where macOS looks
	cache, err = npm.Cache()
	require.NoError(t, err)
	return cache
}

func compiledIn(t *testing.T, cache string) (files []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, "core", "wazero-*", "*"))
	require.NoError(t, err)
	return files
}

// The first check compiles the core, later ones find it, and a damaged one is compiled
// again.
func TestTheCoreIsCompiledOnce(t *testing.T) {
	cache := ownCache(t)
	out, ok := judge(t, "right")
	require.True(t, ok, out)
	files := compiledIn(t, cache)
	require.Len(t, files, 1)
	before, err := os.Stat(files[0])
	require.NoError(t, err)

	out, ok = judge(t, "right")
	require.True(t, ok, out)
	require.Equal(t, files, compiledIn(t, cache))
	after, err := os.Stat(files[0])
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "it was compiled again")

	damaged := []byte("damaged")
	require.NoError(t, os.WriteFile(files[0], damaged, 0o600))
	out, ok = judge(t, "right")
	require.True(t, ok, out)
	require.Equal(t, files, compiledIn(t, cache))
	mended, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Greater(t, len(mended), 1<<20)
}

// A program writes the core there if the core is missing. So the kept core is that of the
// SDK, and the SDK uses it.
func TestProgramsTakeTheCompiledCore(t *testing.T) {
	keeper, err := process.NewKeeper()
	require.NoError(t, err)
	defer keeper.Close()
	dir := t.TempDir()
	program, err := process.Serve(t.Context(), keeper, func(addr string) *exec.Cmd {
		return &exec.Cmd{
			Path: self(),
			Args: []string{"program"},
			Env:  append(os.Environ(), asLesson+"=right", "CHECK_COMPILED="+dir, "LISTEN="+addr),
		}
	}, (*process.Process).Up)
	require.NoError(t, err)
	program.Kill()
	files, err := filepath.Glob(filepath.Join(dir, "wazero-*", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
}

// If the compiled core cannot be kept, each program compiles it.
func TestTheCoreWithoutAPlaceToKeepIt(t *testing.T) {
	cache := ownCache(t)
	require.NoError(t, os.WriteFile(cache, nil, 0o644)) // no folder can be there
	out, ok := judge(t, "right")
	require.True(t, ok, out)
}
