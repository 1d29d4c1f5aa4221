package restate

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/process/processtest"
)

func TestNamedServer(t *testing.T) {
	dir := t.TempDir()
	good := processtest.Script(t, dir, "good", "echo restate-server "+Version)
	for _, c := range []struct{ name, path, what string }{
		{"nowhere", filepath.Join(dir, "none"), "does not run"},
		{"relative", "./good", "is not a full path"},
		{"folder", dir, "does not run"},
		{"other", processtest.Script(t, dir, "other", "echo restate-server 1.8.0"), `"restate-server 1.8.0", not restate-server 1.7.12`},
		{"mute", processtest.Script(t, dir, "mute", ""), `is ""`},
		{"broken", processtest.Script(t, dir, "broken", "exit 3"), "does not run: exit status 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(serverEnv, c.path)
			path, err := Find(t.Context(), nil)
			processtest.RequireSetupError(t, err, c.what, "or unset it")
			require.Empty(t, path)
		})
	}
	t.Run("good", func(t *testing.T) {
		t.Setenv(serverEnv, good)
		path, err := Find(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, good, path)
	})
}

func TestNamedServerGivesUpWithContext(t *testing.T) {
	t.Setenv(serverEnv, processtest.Script(t, t.TempDir(), "slow", "exec sleep 60"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Find(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestServerOnPath(t *testing.T) {
	t.Setenv(serverEnv, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	f, err := npm.New(Program, nil)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(f.Cache, 0o755))
	require.NoError(t, os.WriteFile(f.Path(), nil, 0o755))
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	for _, c := range []struct {
		server string
		taken  bool
	}{
		{"echo restate-server 1.7.13", true},
		{"echo restate-server 1.7.1", false},
		{"echo restate-server 1.8.0", false},
		{"exit 1", false},
	} {
		t.Run(c.server, func(t *testing.T) {
			onPath := processtest.Script(t, dir, "restate-server", c.server)
			want := f.Path()
			if c.taken {
				want = onPath
			}
			path, err := Find(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, want, path)
		})
	}
}

func TestServerThatIsNotHereAndNoNPM(t *testing.T) {
	t.Setenv(serverEnv, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("PATH", t.TempDir())
	_, err := Find(t.Context(), nil)
	processtest.RequireSetupError(t, err, "restate-server "+Version+" is not here, and there is no npm", "install Node.js, which brings npm, or set RESTATE_SERVER ")
	require.ErrorIs(t, err, npm.ErrNoNPM)
}
