package restate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// The test binary is also the process that tests kill: helper names what it
// does then.
const helper = "RESTATE_TEST_HELPER"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(helper) {
	case "":
		os.Exit(m.Run())
	case "serve":
		err = helpServe()
	case "fetch":
		err = helpFetch()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// asHelper returns the command that runs this binary as a helper, in a process
// group of its own as a shell would give it.
func asHelper(t *testing.T, what string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), env...), helper+"="+what)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// found is the server that the tests run, looked for once.
var found = sync.OnceValues(func() (string, error) { return Find(context.Background(), os.Stderr) })

func binary(t *testing.T) string {
	t.Helper()
	path, err := found()
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	return path
}

func keeper(t *testing.T) *process.Keeper {
	t.Helper()
	k, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { k.Close() })
	return k
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), keeper(t), binary(t), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

// alive reports whether a process runs. A zombie does not: in a container,
// the process that inherits orphans may be slow to wait for them.
func alive(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	s := strings.TrimSpace(string(state))
	return err == nil && s != "" && !strings.HasPrefix(s, "Z")
}

// eventually waits at most 30 s, because a busy machine is slow with the race
// detector. Unlike testify's it asks in the test's own goroutine, so that what it
// asks may fail the test.
func eventually(t *testing.T, is func() bool, format string, args ...any) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(30 * time.Second); !is(); <-tick.C {
		require.True(t, time.Now().Before(limit), "never: "+fmt.Sprintf(format, args...))
	}
}

func requireDead(t *testing.T, pid int) {
	t.Helper()
	eventually(t, func() bool { return !alive(pid) }, "process %d dead", pid)
}

func requireAbsent(t *testing.T, path string) {
	t.Helper()
	eventually(t, func() bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}, "%s gone", path)
}

func requirePresent(t *testing.T, path string) {
	t.Helper()
	eventually(t, func() bool {
		_, err := os.Stat(path)
		return err == nil
	}, "%s there", path)
}

// script writes a program for sh and returns its path.
func script(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755))
	return path
}

// requireSetupError requires an error that a person can mend: it has what went
// wrong, and what to do.
func requireSetupError(t *testing.T, err error, what, do string) {
	t.Helper()
	var e *hint.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, hint.Setup, e.Kind)
	require.Contains(t, e.What, what)
	require.Contains(t, e.Do, do)
	require.NotContains(t, hint.Text(err)[:len(e.What)], "\n", "one line says what happened")
}

// readLine reads the next line that a helper prints.
func readLine(t *testing.T, r io.Reader, format string, into ...any) {
	t.Helper()
	_, err := fmt.Fscanf(r, format+"\n", into...)
	require.NoError(t, err)
}

var interrupts = map[string]syscall.Signal{"SIGKILL": syscall.SIGKILL, "SIGINT": syscall.SIGINT, "SIGHUP": syscall.SIGHUP}
