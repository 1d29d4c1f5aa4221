package npm

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

	"example.com/workbook/tools/process/processtest"
)

const (
	program = "#!/bin/sh\necho a program\n"
	version = "1.2.3"
)

// some returns a program whose one build is for a made-up platform.
func some(b Build) Program {
	return Program{
		Name: "some-program", Version: version, Title: "Some Program 1.2", Own: "set SOME_PROGRAM to your own", Room: 400,
		Builds: map[string]Build{"test/cpu": b},
		Unpack: func(tarball, path string) error { return UnpackFile(tarball, "bin/some-program", path, 0o755) },
	}
}

// newLocalFetcher returns a fetcher with a cache of its own, and whose one build is a small
// tarball beside it.
func newLocalFetcher(t *testing.T) *Fetcher {
	t.Helper()
	f := &Fetcher{GOOS: "test", GOARCH: "cpu", Cache: filepath.Join(t.TempDir(), "a [cache]")}
	require.NoError(t, os.MkdirAll(f.Cache, 0o755))
	good := tarball(t, f)
	require.NoError(t, os.WriteFile(good, packed(t), 0o644))
	sum, err := hashFile(good)
	require.NoError(t, err)
	f.Program = some(Build{Package: "some-package", Integrity: sum, Bytes: 81e6})
	return f
}

func tarball(_ *testing.T, f *Fetcher) string { return filepath.Join(filepath.Dir(f.Cache), "good") }

func packed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	tw := tar.NewWriter(zw)
	for name, text := range map[string]string{"package/README.md": "words", "package/bin/some-program": program, "../escaped": "no"} {
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
	processtest.Script(t, dir, "npm", fmt.Sprintf("echo \"$*\" >>'%s'\nPATH=/usr/bin:/bin\n[ \"$1\" = config ] || cd \"$4\"\n%s", calls, body))
	t.Setenv("PATH", dir)
	return calls
}

// copyFile returns an npm that brings a file.
func copyFile(file string) string { return fmt.Sprintf("cp '%s' ./some-package.tgz", file) }

// requireEmpty requires that the cache holds nothing that a later start could trust.
func requireEmpty(t *testing.T, f *Fetcher) {
	t.Helper()
	entries, err := os.ReadDir(f.Cache)
	require.NoError(t, err)
	for _, e := range entries {
		require.Equal(t, "lock", e.Name())
	}
}

func TestFetch(t *testing.T) {
	f := newLocalFetcher(t)
	var says strings.Builder
	f.Progress = &says
	calls := npm(t, copyFile(tarball(t, f)))
	left := filepath.Join(f.Cache, workPrefix+"123", "npm")
	require.NoError(t, os.MkdirAll(left, 0o755))

	for range 2 {
		path, err := f.Fetch(t.Context())
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
	require.Equal(t, 1, strings.Count(string(called), "pack some-package@"+version))
	require.Equal(t, "fetching Some Program 1.2 for test-cpu (81 MB) …\n… done\n", says.String())
	require.NoFileExists(t, filepath.Join(filepath.Dir(f.Cache), "escaped"))
	processtest.RequireAbsent(t, left)
	require.NoError(t, os.Remove(f.Path()))
	requireEmpty(t, f)
}

func TestFetchThatFailsLeavesNothing(t *testing.T) {
	for _, c := range []struct{ name, npm, what, do string }{
		{"truncated", "head -c 100 'GOOD' >x.tgz", "is not the known one", "try again"},
		{"wrong", "echo other >x.tgz", "is not the known one", "try again"},
		{"longer", "cat 'GOOD' >x.tgz; echo more >>x.tgz", "is not the known one", "try again"},
		{"nothing", "exit 0", "left 0 tarballs", "by hand"},
		{"silent", "exit 1", "exit status 1", "npm pack some-package@" + version},
		{"no network", "echo 'npm error code EAI_AGAIN' >&2; echo 'npm error errno EAI_AGAIN' >&2; echo 'npm error request to x failed, reason: getaddrinfo' >&2; echo 'npm error A log' >&2; exit 1", "npm could not fetch Some Program 1.2: request to x failed, reason: getaddrinfo", "network"},
		{"old npm", "echo 'npm ERR! code E404' >&2; echo 'npm ERR! 404 Not Found - GET x' >&2; exit 1", "Some Program 1.2: 404 Not Found - GET x", "ask the people who run "},
		{"disk full", "echo 'npm error code ENOSPC' >&2; echo half >x.tgz; exit 228", "no space left", "free 400 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newLocalFetcher(t)
			npm(t, strings.ReplaceAll(c.npm, "GOOD", tarball(t, f)))
			_, err := f.Fetch(t.Context())
			processtest.RequireSetupError(t, err, c.what, c.do)
			requireEmpty(t, f)

			npm(t, copyFile(tarball(t, f)))
			_, err = f.Fetch(t.Context())
			require.NoError(t, err)
		})
	}
}

func TestFetchWithoutNpm(t *testing.T) {
	f := newLocalFetcher(t)
	t.Setenv("PATH", t.TempDir())
	_, err := f.Fetch(t.Context())
	processtest.RequireSetupError(t, err, "there is no npm to fetch it with", "install Node.js")
	requireEmpty(t, f)
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	f := newLocalFetcher(t)
	f.Cache = filepath.Join(tarball(t, f), "below a file")
	_, err := f.Fetch(t.Context())
	processtest.RequireSetupError(t, err, "cannot keep some-program", "a folder that you can write to")

	err = f.cacheError(&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	processtest.RequireSetupError(t, err, "no space left", "free 400 MB")
}

func TestFetchThatIsCancelled(t *testing.T) {
	f := newLocalFetcher(t)
	pid := filepath.Join(t.TempDir(), "pid")
	npm(t, stopHalfway(f, t, pid))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := f.Fetch(ctx)
		result <- err
	}()
	processtest.RequirePresent(t, pid)
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	processtest.RequireDead(t, processtest.ReadPid(t, pid))
	requireEmpty(t, f)

	npm(t, copyFile(tarball(t, f)))
	_, err := f.Fetch(t.Context())
	require.NoError(t, err)
}

// stopHalfway returns an npm that stops in mid-download, with a child that does the work.
func stopHalfway(f *Fetcher, t *testing.T, pid string) string {
	return fmt.Sprintf("head -c 100 '%s' >x.tgz\nsleep 60 &\necho $! >'%s.new'\nmv '%s.new' '%s'\nwait", tarball(t, f), pid, pid, pid)
}

// helpFetch fetches as the test that started it says.
func helpFetch() error {
	f := &Fetcher{GOOS: "test", GOARCH: "cpu", Cache: os.Getenv("TEST_CACHE")}
	f.Program = some(Build{Package: "some-package", Integrity: os.Getenv("TEST_INTEGRITY")})
	_, err := f.Fetch(context.Background())
	return err
}

func fetchHelper(t *testing.T, f *Fetcher) *exec.Cmd {
	t.Helper()
	cmd := processtest.Helper(t, "fetch", "TEST_CACHE="+f.Cache, "TEST_INTEGRITY="+f.Builds["test/cpu"].Integrity)
	cmd.Stderr = t.Output()
	require.NoError(t, cmd.Start())
	return cmd
}

func TestFetchThatIsKilled(t *testing.T) {
	for name, signal := range processtest.Interrupts {
		t.Run(name, func(t *testing.T) {
			f := newLocalFetcher(t)
			pid := filepath.Join(t.TempDir(), "pid")
			npm(t, stopHalfway(f, t, pid))
			cmd := fetchHelper(t, f)
			processtest.RequirePresent(t, pid)
			require.NoError(t, cmd.Process.Signal(signal))
			require.Error(t, cmd.Wait())
			processtest.RequireDead(t, processtest.ReadPid(t, pid))
			for _, dir := range pathsIn(f.Cache, workPrefix, "") {
				processtest.RequireAbsent(t, dir)
			}
			requireEmpty(t, f)
		})
	}
}

func TestTwoStartsFetchOnce(t *testing.T) {
	f := newLocalFetcher(t)
	release := filepath.Join(t.TempDir(), "go")
	calls := npm(t, fmt.Sprintf("until [ -e '%s' ]; do sleep 0.02; done\n%s", release, copyFile(tarball(t, f))))
	one := fetchHelper(t, f)
	processtest.RequirePresent(t, calls)
	two := fetchHelper(t, f)

	var says waiting
	says.seen = make(chan struct{})
	f.Progress = &says
	three := make(chan error, 1)
	go func() {
		_, err := f.Fetch(t.Context())
		three <- err
	}()
	<-says.seen
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := (&Fetcher{Program: f.Program, GOOS: f.GOOS, GOARCH: f.GOARCH, Cache: f.Cache}).Fetch(ctx)
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
