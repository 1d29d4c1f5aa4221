package main

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/below"
)

// ctrlC starts a command, and interrupts it and all that it has started, as a terminal
// does, once it is half-way through. Nothing of it may be left.
func ctrlC(t *testing.T, root string, halfWay func(out string, pid int) bool, args ...string) (out string, code int) {
	t.Helper()
	var said lockedBuffer
	cmd := exec.Command(mustTool(t), args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = root, trimmed(), &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return halfWay(said.String(), cmd.Process.Pid) }, buildLimit, 5*time.Millisecond)
	seen := below.Of(cmd.Process.Pid)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	cmd.Wait()
	require.Eventually(t, func() bool { return len(seen.Left()) == 0 }, 10*time.Second, 10*time.Millisecond, "%v", seen.Left())
	return said.String(), cmd.ProcessState.ExitCode()
}

func TestCheckInterrupted(t *testing.T) {
	t.Parallel()
	root := written(t, "solutions", "")
	serverIsThere := func(_ string, pid int) bool { return len(below.Of(pid).Dirs) > 0 }
	out, code := ctrlC(t, root, serverIsThere, "check", "1")
	require.NotZero(t, code)
	require.NotContains(t, out, "is done")
	require.Equal(t, "new", lines(t, root)["1.5"], "what was not judged is not noted")
	require.Zero(t, begin(t, root, "check", "1").ends())
}

func TestLessonInterrupted(t *testing.T) {
	t.Parallel()
	root := tree(t)
	gettingReady := func(out string, _ int) bool { return strings.Contains(out, "getting ready") }
	_, code := ctrlC(t, root, gettingReady, "lesson", "1")
	require.NotZero(t, code)
	require.Empty(t, halves(t, root))
	require.NoDirExists(t, root+"/work/01-concepts")
	require.Zero(t, begin(t, root, "lesson", "1").ends())
}
