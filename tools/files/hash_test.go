package files

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHashTrees(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o666))
	}
	hash := func() string {
		sum, err := HashTrees(root, func(name string) bool { return name == "notes" }, "a", "b")
		require.NoError(t, err)
		return sum
	}
	write("a/x", "1")
	write("b/y", "2")
	first := hash()
	write("c/z", "not in the folders")
	write("a/notes", "left out")
	write("a/notes.d/x", "counts")
	require.NotEqual(t, first, hash())
	require.NoError(t, os.RemoveAll(filepath.Join(root, "a/notes.d")))
	require.NoError(t, os.Rename(filepath.Join(root, "a/notes"), filepath.Join(root, "a/old")))
	write("a/notes/x", "in a folder that is left out")
	require.NoError(t, os.Remove(filepath.Join(root, "a/old")))
	require.Equal(t, first, hash())
	write("b/y", "3")
	require.NotEqual(t, first, hash())
	write("b/y", "2")
	require.Equal(t, first, hash())
	require.NoError(t, os.Rename(filepath.Join(root, "b/y"), filepath.Join(root, "b/w")))
	require.NotEqual(t, first, hash())
	_, err := HashTrees(root, nil, "missing")
	require.Error(t, err)
}
