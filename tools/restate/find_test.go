package restate

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamedServer(t *testing.T) {
	dir := t.TempDir()
	good := script(t, dir, "good", "echo restate-server "+Version)
	for _, c := range []struct{ name, path, what string }{
		{"nowhere", filepath.Join(dir, "none"), "does not run"},
		{"relative", "./good", "is not a full path"},
		{"folder", dir, "does not run"},
		{"other", script(t, dir, "other", "echo restate-server 1.8.0"), `"restate-server 1.8.0", not restate-server 1.7.12`},
		{"mute", script(t, dir, "mute", ""), `is ""`},
		{"broken", script(t, dir, "broken", "exit 3"), "does not run: exit status 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(serverEnv, c.path)
			path, err := Find(t.Context(), nil)
			requireSetupError(t, err, c.what, "or unset it")
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
	t.Setenv(serverEnv, script(t, t.TempDir(), "slow", "exec sleep 60"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Find(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestServerOnPath(t *testing.T) {
	f := newLocalFinder(t)
	require.NoError(t, os.WriteFile(f.cachedServer(), nil, 0o755))
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
			onPath := script(t, dir, "restate-server", c.server)
			want := f.cachedServer()
			if c.taken {
				want = onPath
			}
			path, err := f.findServer(t.Context())
			require.NoError(t, err)
			require.Equal(t, want, path)
		})
	}
}

func TestCacheIsNotAFolder(t *testing.T) {
	f := newLocalFinder(t)
	t.Setenv("PATH", t.TempDir())
	require.NoError(t, os.Mkdir(f.cachedServer(), 0o755))
	_, err := f.findServer(t.Context())
	requireSetupError(t, err, "no npm", "install Node.js")
}
