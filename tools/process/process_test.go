package process

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func keeper(t *testing.T) *Keeper {
	t.Helper()
	k, err := NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.Close()) })
	return k
}

func start(t *testing.T, script string) *Process {
	t.Helper()
	p, err := Start(keeper(t), exec.Command("sh", "-c", script))
	require.NoError(t, err)
	return p
}

func requireOutput(t *testing.T, p *Process, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(p.Output(), text) }, 10*time.Second, time.Millisecond)
}

func alive(pid int) bool {
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && bytes.Contains(stat, []byte(") Z ")) {
		return false // dead, and not yet waited for
	}
	return syscall.Kill(pid, 0) == nil
}

func TestStopKillsWhatIgnoresSignals(t *testing.T) {
	p := start(t, `trap '' TERM INT HUP; echo deaf; while :; do sleep 1000; done`)
	requireOutput(t, p, "deaf\n")
	begun := time.Now()
	p.Stop()
	require.GreaterOrEqual(t, time.Since(begun), time.Second)
	require.Equal(t, "signal: killed", p.Exit())
	p.Stop()
	p.Kill()
}

func TestStopAsksFirst(t *testing.T) {
	p := start(t, `trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done`)
	requireOutput(t, p, "ready\n")
	p.Stop()
	require.Equal(t, "exit code 0", p.Exit())
	require.Contains(t, p.Output(), "bye\n")
}

func TestNothingIsLeftBehind(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"killed", `sleep 1000 & echo $!; wait`},
		{"ended", `sleep 1000 & echo $!`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, c.script)
			requireOutput(t, p, "\n")
			pid, err := strconv.Atoi(strings.TrimSpace(p.Output()))
			require.NoError(t, err)
			if c.name == "killed" {
				p.Kill()
			}
			<-p.Done()
			require.Eventually(t, func() bool { return !alive(pid) }, 10*time.Second, time.Millisecond)
		})
	}
}

func TestStartLogged(t *testing.T) {
	dir := t.TempDir()
	log, pid := filepath.Join(dir, "log"), filepath.Join(dir, "pid")
	require.NoError(t, os.WriteFile(log, []byte("before\n"), 0o600))
	p, err := StartLogged(keeper(t), log, exec.Command("sh", "-c", "echo out; echo err >&2; "+sleepWithChild, pid))
	require.NoError(t, err)
	child := waitForPid(t, pid)
	begun := time.Now()
	p.Stop()
	require.GreaterOrEqual(t, time.Since(begun), time.Second)
	require.Equal(t, "signal: killed", p.Exit())
	requireDead(t, child)
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Equal(t, "before\nout\nerr\n", string(text))
	require.Empty(t, p.Output())

	_, err = StartLogged(keeper(t), log, exec.Command(filepath.Join(dir, "none")))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = StartLogged(keeper(t), log, exec.Command("/bin/sh", "-c", "exit 3"))
	require.NoError(t, err)
}

func TestRun(t *testing.T) {
	output, err := Run(t.Context(), keeper(t), exec.Command("sh", "-c", "echo out; exit 3"))
	require.ErrorContains(t, err, "exit status 3")
	require.Equal(t, "out\n", output)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Run(ctx, keeper(t), exec.Command("sleep", "60"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestOutputKeepsTheEnd(t *testing.T) {
	var all strings.Builder
	var o output
	for i := range 300_000 {
		line := strconv.Itoa(i) + "\n"
		all.WriteString(line)
		o.Write([]byte(line))
	}
	require.True(t, strings.HasSuffix(all.String(), o.String()))
	require.GreaterOrEqual(t, len(o.String()), maxOutput/2)
	require.LessOrEqual(t, len(o.String()), maxOutput)

	o = output{}
	o.Write(bytes.Repeat([]byte("x"), 3*maxOutput))
	require.LessOrEqual(t, len(o.String()), maxOutput)
}

func TestServeOfWhatDoesNotServe(t *testing.T) {
	for _, c := range []struct {
		name, script string
		tries        int
		err          string
	}{
		{"it ends", `echo no; exit 7`, 1, "the process ended before it listened (exit status 7)"},
		{"its port is taken", `echo listen: address already in use; exit 1`, 3, "the process ended before it listened (exit status 1)"},
		{"it does not listen", `exec sleep 1000`, 1, "nothing listens on 127.0.0.1:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tries := filepath.Join(t.TempDir(), "tries")
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			p, err := Serve(ctx, keeper(t), func(string) *exec.Cmd {
				return exec.Command("sh", "-c", "echo try >>"+tries+"; "+c.script)
			}, (*Process).Listening)
			require.ErrorContains(t, err, c.err)
			require.True(t, p.HasEnded())
			b, err := os.ReadFile(tries)
			require.NoError(t, err)
			require.Equal(t, c.tries, strings.Count(string(b), "try"))
		})
	}
}
