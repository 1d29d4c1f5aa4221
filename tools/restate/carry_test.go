package restate

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
)

func TestAtHandFetchesNothing(t *testing.T) {
	t.Setenv(serverEnv, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	dir := t.TempDir()
	calls := filepath.Join(dir, "calls")
	processtest.Script(t, dir, "npm", "touch '"+calls+"'")
	t.Setenv("PATH", dir)
	_, err := AtHand(t.Context())
	processtest.RequireSetupError(t, err, "is not here", "make doctor")
	require.NoFileExists(t, calls)
}

func TestPlatforms(t *testing.T) {
	require.Equal(t, []string{"darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64"}, Program.Platforms())
	require.False(t, Program.IsPackage("linux-amd64", filepath.Join(t.TempDir(), "none")))
}
