package workshop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANewClassKeepsTheOldRecord(t *testing.T) {
	c := Classroom{Root: t.TempDir()}
	require.NoError(t, c.moveRecord(), "there is none yet")
	require.NoError(t, os.MkdirAll(filepath.Dir(c.record()), 0o777))
	for _, end := range []string{"", "-wal"} {
		require.NoError(t, os.WriteFile(c.record()+end, []byte("old"+end), 0o666))
	}
	require.NoError(t, c.moveRecord())
	require.NoFileExists(t, c.record())
	old, err := filepath.Glob(filepath.Join(filepath.Dir(c.record()), "room-2*.db*"))
	require.NoError(t, err)
	require.Len(t, old, 2)
}
