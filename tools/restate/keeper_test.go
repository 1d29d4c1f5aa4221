package restate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// sleeper is a process that leads a group with a child in it.
func sleeper(t *testing.T) (cmd *exec.Cmd, child int) {
	t.Helper()
	pid := filepath.Join(t.TempDir(), "pid")
	cmd = exec.Command("/bin/sh", "-c", `trap '' INT TERM; sleep 60 & echo $! >"$0.new"; mv "$0.new" "$0"; wait`, pid)
	cmd.SysProcAttr = ownGroup()
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		signalGroup(cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	present(t, pid)
	return cmd, readPid(t, pid)
}

func TestKeeperCleansUp(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	kept, keptChild := sleeper(t)
	gone, goneChild := sleeper(t)
	for _, pid := range []int{kept.Process.Pid, gone.Process.Pid} {
		require.NoError(t, k.Process(pid))
	}
	require.NoError(t, k.Gone(gone.Process.Pid))

	full := filepath.Join(t.TempDir(), "a  'full' $folder *")
	require.NoError(t, os.MkdirAll(filepath.Join(full, "n1", "db"), 0o755))
	stays := filepath.Join(filepath.Dir(full), "stays")
	require.NoError(t, os.Mkdir(stays, 0o755))
	require.NoError(t, k.Dir(full))
	require.NoError(t, k.Dir(stays))
	require.NoError(t, k.GoneDir(stays))
	temp, err := k.MkdirTemp()
	require.NoError(t, err)
	require.DirExists(t, temp)
	require.Less(t, len(socket(temp, "ingress")), 40)

	require.NoError(t, k.Close())
	require.NoDirExists(t, full)
	require.NoDirExists(t, temp)
	require.DirExists(t, stays)
	require.Error(t, kept.Wait())
	dead(t, keptChild)
	require.True(t, alive(gone.Process.Pid))
	require.True(t, alive(goneChild))
}

func TestKeeperOutlivesTheTerminal(t *testing.T) {
	k := keeper(t)
	dir, err := k.MkdirTemp()
	require.NoError(t, err)
	eventually(t, func() bool { return ignores(t, k.cmd.Process.Pid) }, "signals ignored")
	for _, signal := range interrupts {
		if signal != interrupts["SIGKILL"] {
			require.NoError(t, k.cmd.Process.Signal(signal))
		}
	}
	require.NoError(t, k.Close())
	require.NoDirExists(t, dir)
}

// ignores reports whether a process ignores signals 1 to 3: the lowest digit
// of a hexadecimal mask.
func ignores(t *testing.T, pid int) bool {
	t.Helper()
	mask, err := exec.Command("ps", "-o", "ignored=", "-p", fmt.Sprint(pid)).Output()
	require.NoError(t, err)
	return strings.HasSuffix(strings.TrimSpace(string(mask)), "7")
}

func TestKeeperRefusesWhatIsNoFolderOfOurs(t *testing.T) {
	k := keeper(t)
	for _, path := range []string{"", "/", "relative", "/srv/two\nlines", "//"} {
		require.Error(t, k.Dir(path), path)
	}
}

func TestKeeperThatDiedSaysSo(t *testing.T) {
	k := keeper(t)
	require.NoError(t, k.cmd.Process.Kill())
	k.cmd.Process.Wait()
	require.ErrorContains(t, k.Process(1<<22), "keeper")
}

// helpStart starts a process, says which, and is killed before it can tell the
// keeper of it.
func helpStart() error {
	k, err := NewKeeper()
	if err != nil {
		return err
	}
	cmd, err := k.command("sleep", "60")
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	fmt.Println(cmd.Process.Pid)
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func TestKeeperKnowsWhoHasJustStarted(t *testing.T) {
	for range 20 {
		out, err := asHelper(t, "start").Output()
		require.ErrorContains(t, err, "killed")
		var pid int
		_, err = fmt.Sscan(string(out), &pid)
		require.NoError(t, err)
		dead(t, pid)
	}
}
