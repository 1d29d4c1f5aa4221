// Package processtest has functions that several tests of processes use.
package processtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// Keeper returns a keeper that cleans up at the end of the test.
func Keeper(t *testing.T) *process.Keeper {
	t.Helper()
	k, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { k.Close() })
	return k
}

// HelperEnv is an environment variable. Its value tells a test binary which helper process it is.
const HelperEnv = "TEST_HELPER"

// Helper returns the command that runs this test binary as a helper. Like a program that a shell
// starts, the helper gets a process group of its own.
func Helper(t *testing.T, what string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), env...), HelperEnv+"="+what)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// Alive reports whether a process runs. A zombie does not run: in a container, the process that
// inherits orphans may need some time to wait for them.
func Alive(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	s := strings.TrimSpace(string(state))
	return err == nil && s != "" && !strings.HasPrefix(s, "Z")
}

// Eventually waits until is returns true, for at most 30 s, because a busy machine is slow with the
// race detector. Unlike testify's function, it calls is in the goroutine of the test, so that is
// may fail the test.
func Eventually(t *testing.T, is func() bool, format string, args ...any) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(30 * time.Second); !is(); <-tick.C {
		require.True(t, time.Now().Before(limit), "never: "+fmt.Sprintf(format, args...))
	}
}

// RequireDead requires that a process ends soon.
func RequireDead(t *testing.T, pid int) {
	t.Helper()
	Eventually(t, func() bool { return !Alive(pid) }, "process %d dead", pid)
}

// RequireAbsent requires that a file or folder is removed soon.
func RequireAbsent(t *testing.T, path string) {
	t.Helper()
	Eventually(t, func() bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}, "%s gone", path)
}

// RequirePresent requires that a file or folder appears soon.
func RequirePresent(t *testing.T, path string) {
	t.Helper()
	Eventually(t, func() bool {
		_, err := os.Stat(path)
		return err == nil
	}, "%s there", path)
}

// Script writes a program for sh, and returns its path.
func Script(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755))
	return path
}

// RequireSetupError requires an error of kind Setup that a person can correct. The error must
// contain what went wrong, and what to do.
func RequireSetupError(t *testing.T, err error, what, do string) {
	t.Helper()
	var e *hint.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, hint.Setup, e.Kind)
	require.Contains(t, e.What, what)
	require.Contains(t, e.Do, do)
	require.NotContains(t, hint.Text(err)[:len(e.What)], "\n", "one line says what happened")
}

// ReadLine reads the next line that a helper prints, in the given format.
func ReadLine(t *testing.T, r io.Reader, format string, into ...any) {
	t.Helper()
	_, err := fmt.Fscanf(r, format+"\n", into...)
	require.NoError(t, err)
}

// ReadPid returns the number in a file.
func ReadPid(t *testing.T, path string) (pid int) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = fmt.Sscan(string(text), &pid)
	require.NoError(t, err)
	return pid
}

// Interrupts are the signals that end a helper before it can clean up.
var Interrupts = map[string]syscall.Signal{"SIGKILL": syscall.SIGKILL, "SIGINT": syscall.SIGINT, "SIGHUP": syscall.SIGHUP}
