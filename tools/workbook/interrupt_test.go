package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/below"
)

// runAndStop starts a command in a temporary folder of its own. Half-way through, it
// sends a signal to the command and everything that the command started, as a terminal
// does. No process and no temporary file may be left.
func runAndStop(t *testing.T, program string, sig syscall.Signal, env []string, root string, halfWay func(out string, pid int) bool, args ...string) (out string, code int) {
	t.Helper()
	var printed lockedBuffer
	temp := t.TempDir()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &printed, &printed
	cmd.Env = append(append(trimmedEnv(), "TMPDIR="+temp), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	require.Eventually(t, func() bool {
		select {
		case <-ended:
			return true
		default:
			return halfWay(printed.String(), cmd.Process.Pid)
		}
	}, buildLimit, 5*time.Millisecond)
	seen := below.Of(cmd.Process.Pid)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, sig), "it ended by itself: %s", printed.String())
	<-ended
	require.Eventually(t, func() bool { return len(seen.Left()) == 0 }, 10*time.Second, 10*time.Millisecond, "%v", seen.Left())
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left)
	return printed.String(), cmd.ProcessState.ExitCode()
}

// runAndInterrupt runs a command and stops it with SIGINT.
func runAndInterrupt(t *testing.T, root string, halfWay func(out string, pid int) bool, args ...string) (out string, code int) {
	t.Helper()
	return runAndStop(t, mustTool(t), syscall.SIGINT, nil, root, halfWay, args...)
}

// hasFolder reports whether something that the command has started has a folder.
func hasFolder(_ string, pid int) bool { return len(below.Of(pid).Dirs) > 0 }

func TestCheckInterrupted(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	out, code := runAndInterrupt(t, root, hasFolder, "check", "1")
	require.NotZero(t, code)
	require.NotContains(t, out, "is done")
	require.Equal(t, "new", taskStates(t, root)["1.5"], "what was not judged is not noted")
	require.Zero(t, begin(t, root, "check", "1").waitForEnd())
}

func TestLessonInterrupted(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	gettingReady := func(out string, _ int) bool { return strings.Contains(out, "getting ready") }
	_, code := runAndInterrupt(t, root, gettingReady, "lesson", "1")
	require.NotZero(t, code)
	require.Empty(t, listHalfMade(t, root))
	require.NoDirExists(t, root+"/work/01-concepts")
	require.Zero(t, begin(t, root, "lesson", "1").waitForEnd())
}

// The first download, with npm that never ends. The kernel sends SIGHUP when the
// terminal is closed.
func TestFirstDownloadStopped(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			root, bin, cache := newTree(t), t.TempDir(), t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\nwhile [ \"$1\" != --pack-destination ]; do shift; done\necho half >\"$2/half.tgz\"\nsleep 300\n"), 0o755))
			builds, err := exec.Command("go", "env", "GOCACHE").Output()
			require.NoError(t, err)
			config, err := os.UserConfigDir()
			require.NoError(t, err)
			// A child of the go command counts below the folder for settings, and outlives its parent.
			env := []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "RESTATE_SERVER=", "XDG_CACHE_HOME=" + cache, "HOME=" + cache, "XDG_CONFIG_HOME=" + config,
				"GOCACHE=" + strings.TrimSpace(string(builds)), "GOMODCACHE=" + modules(t)}
			halfWay := func(string, int) bool { return len(halfFetched(t, cache)) > 0 }
			out, code := runAndStop(t, mustTool(t), sig, env, root, halfWay, "lesson", "1")
			require.Equal(t, 3, code)
			require.Contains(t, out, "interrupted; no half-finished file was left\nhint: make lesson 1 continues where this run stopped\n")
			require.Empty(t, halfFetched(t, cache))
			require.NoDirExists(t, root+"/work/01-concepts")
		})
	}
}

func modules(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(dir))
}

// halfFetched returns what npm has left in the cache.
func halfFetched(t *testing.T, cache string) (all []string) {
	t.Helper()
	filepath.WalkDir(cache, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "half.tgz" {
			all = append(all, path)
		}
		return nil
	})
	return all
}

func TestAuthorsVerbsStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("it copies the workbook and builds the shop")
	}
	t.Parallel()
	author := filepath.Join(t.TempDir(), "author")
	built, err := exec.Command("go", "build", "-o", author, "../author").CombinedOutput()
	require.NoError(t, err, "%s", built)
	for _, test := range []struct {
		sig  syscall.Signal
		args string
	}{
		{syscall.SIGTERM, "bench --no-cold --no-orders --runs=1"},
		{syscall.SIGINT, "matrix"},
		{syscall.SIGHUP, "recordings"},
	} {
		t.Run(test.args, func(t *testing.T) {
			out, code := runAndStop(t, author, test.sig, nil, newTree(t), hasFolder, strings.Fields(test.args)...)
			require.Equal(t, 3, code)
			require.Contains(t, out, "interrupted")
		})
	}
}
