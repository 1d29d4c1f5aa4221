package notes

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the owner has made of the file stays: where it is, and who may read it.
func TestUpdateKeepsALinkAndItsRights(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mine.txt")
	require.NoError(t, os.WriteFile(elsewhere, []byte("old\n"), 0o600))
	link := filepath.Join(dir, "progress.txt")
	require.NoError(t, os.Symlink(elsewhere, link))

	require.NoError(t, Update(link, func(old []byte) []byte { return Append(old, "new") }))
	text, err := os.ReadFile(elsewhere)
	require.NoError(t, err)
	require.Equal(t, "old\nnew\n", string(text))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(link)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
