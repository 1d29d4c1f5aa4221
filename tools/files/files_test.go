package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

func TestCreateNewReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.txt")
	require.NoError(t, CreateNew(file, []byte("one\n")))
	require.ErrorIs(t, CreateNew(file, []byte("two\n")), fs.ErrExist)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "one\n", string(text))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, 0o666&^umask(), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
}

func TestUnused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "work")
	require.Equal(t, path+".tar", Unused(path, ".tar"))
	require.NoError(t, os.Symlink("nowhere", path+".tar"))
	require.NoError(t, os.WriteFile(path+"-2.tar", nil, 0o666))
	require.Equal(t, path+"-3.tar", Unused(path, ".tar"))
}

func TestWriteError(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	for _, c := range []struct {
		name, dir string
		err       error
		want      string
	}{
		{"disk full", dir, &fs.PathError{Op: "write", Path: dir + "/.new-1", Err: syscall.ENOSPC},
			"the disk is full, and it was not made: no space left on device\nhint: free some space (`df -h` and `df -i` show where), then run the same command again"},
		{"not allowed", dir, &fs.PathError{Op: "open", Path: dir + "/.new-1", Err: syscall.EACCES},
			"cannot write to " + dir + ": permission denied\nhint: clone the workbook into a folder of your own, or give yourself the right to write: chmod u+w " + filepath.Dir(dir)},
		{"a file", file, syscall.ENOTDIR,
			"it was not made: " + file + " is not a folder\nhint: move it away, for example: mv '" + file + "' '" + file + ".old'"},
		{"anything else", dir, errors.New("odd"), "it was not made: odd\nhint: look at that folder, then run the same command again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, hint.Text(WriteError("it was not made", c.dir, c.err)))
		})
	}
}
