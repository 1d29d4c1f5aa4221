package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// startSleeper starts a process that leads a process group, and has a child in that group.
func startSleeper(t *testing.T) (cmd *exec.Cmd, child int) {
	t.Helper()
	pid := filepath.Join(t.TempDir(), "pid")
	cmd = exec.Command("/bin/sh", "-c", sleepWithChild, pid)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	return cmd, waitForPid(t, pid)
}

// sleepWithChild is a script that ignores signals, and writes the id of its child to the file that
// its argument names.
const sleepWithChild = `trap '' INT TERM; sleep 60 & echo $! >"$0.new"; mv "$0.new" "$0"; wait`

func waitForPid(t *testing.T, path string) (pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(path)
		return err == nil && parsePid(string(text), &pid)
	}, 10*time.Second, time.Millisecond)
	return pid
}

func parsePid(text string, pid *int) bool {
	_, err := fmt.Sscan(text, pid)
	return err == nil
}

func requireDead(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return !alive(pid) }, 10*time.Second, time.Millisecond)
}

func TestKeeperCleansUp(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	kept, keptChild := startSleeper(t)
	gone, goneChild := startSleeper(t)
	for _, pid := range []int{kept.Process.Pid, gone.Process.Pid} {
		require.NoError(t, k.AddProcess(pid))
	}
	require.NoError(t, k.ForgetProcess(gone.Process.Pid))

	full := filepath.Join(t.TempDir(), "a  'full' $folder *")
	require.NoError(t, os.MkdirAll(filepath.Join(full, "n1", "db"), 0o755))
	stays := filepath.Join(filepath.Dir(full), "stays")
	require.NoError(t, os.Mkdir(stays, 0o755))
	require.NoError(t, k.AddDir(full))
	require.NoError(t, k.AddDir(stays))
	require.NoError(t, k.ForgetDir(stays))
	removed, err := k.MkdirTemp()
	require.NoError(t, err)
	require.NoError(t, k.RemoveDir(removed))
	require.NoDirExists(t, removed)
	require.NoError(t, os.Mkdir(removed, 0o755), "another process makes a folder with the same name")
	defer os.Remove(removed)
	temp, err := k.MkdirTemp()
	require.NoError(t, err)
	require.DirExists(t, temp)
	require.Less(t, len(temp), 25, "the path is short enough for a unix socket in the folder")

	require.NoError(t, k.Close())
	require.NoDirExists(t, full)
	require.NoDirExists(t, temp)
	require.DirExists(t, stays)
	require.DirExists(t, removed)
	require.Error(t, kept.Wait())
	requireDead(t, keptChild)
	require.True(t, alive(gone.Process.Pid))
	require.True(t, alive(goneChild))
}

func TestKeeperOutlivesTheTerminal(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	dir, err := k.MkdirTemp()
	require.NoError(t, err)
	require.Eventually(t, func() bool { return ignoresSignals(k.Pid()) }, 10*time.Second, 10*time.Millisecond)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		require.NoError(t, k.cmd.Process.Signal(signal))
	}
	require.NoError(t, k.Close())
	require.NoDirExists(t, dir)
}

// ignoresSignals reports whether a process ignores signals 1 to 3. They are the lowest digit of a
// hexadecimal mask.
func ignoresSignals(pid int) bool {
	mask, err := exec.Command("ps", "-o", "ignored=", "-p", fmt.Sprint(pid)).Output()
	return err == nil && strings.HasSuffix(strings.TrimSpace(string(mask)), "7")
}

func TestKeeperRefusesWhatIsNoFolderOfOurs(t *testing.T) {
	k := keeper(t)
	for _, path := range []string{"", "/", "relative", "/srv/two\nlines", "//"} {
		require.Error(t, k.AddDir(path), path)
	}
}

func TestKeeperThatHasDied(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	require.NoError(t, k.cmd.Process.Kill())
	k.cmd.Process.Wait()
	require.ErrorContains(t, k.AddProcess(1<<22), "keeper")
}

const startsRegistered = "PROCESS_TEST_STARTS_REGISTERED"

// A process that is killed after it has started another process, and before it has called
// [Keeper.AddProcess], leaves no process behind. The test uses exec's own Start, so it also covers
// systems on which the kernel does not kill a child when its parent ends.
func TestKeeperKnowsProcessBeforeItRuns(t *testing.T) {
	if os.Getenv(startsRegistered) != "" {
		k, err := NewKeeper()
		require.NoError(t, err)
		cmd := exec.Command("sleep", "60")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, k.registerFirst(cmd, killed))
		require.NoError(t, cmd.Start())
		fmt.Println(cmd.Process.Pid)
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	for range 20 {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), startsRegistered+"=1")
		out, err := cmd.Output()
		require.ErrorContains(t, err, "killed")
		var pid int
		require.True(t, parsePid(string(out), &pid))
		requireDead(t, pid)
	}
}

// If the process that starts it ends, a process that quits gets the time to end its own processes,
// which are in process groups of their own.
func TestProcessThatQuits(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	// The second process ignores the first signal, and is killed.
	polite, err := StartQuitting(k, filepath.Join(dir, "log"), exec.Command("/bin/sh", "-c", "trap 'echo quits >"+said+"; exit' QUIT; echo ready; while :; do sleep 0.01; done"))
	require.NoError(t, err)
	deaf, err := StartQuitting(k, filepath.Join(dir, "deaf"), exec.Command("/bin/sh", "-c", "trap '' QUIT; echo ready; while :; do sleep 1; done"))
	require.NoError(t, err)
	for _, log := range []string{"log", "deaf"} {
		require.Eventually(t, func() bool {
			text, _ := os.ReadFile(filepath.Join(dir, log))
			return string(text) == "ready\n"
		}, 10*time.Second, time.Millisecond)
	}
	require.NoError(t, k.Close())
	<-polite.Done()
	<-deaf.Done()
	text, err := os.ReadFile(said)
	require.NoError(t, err)
	require.Equal(t, "quits\n", string(text))
	require.Equal(t, "signal: killed", deaf.Exit())
}

func TestKeeperRemovesSharedMemory(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	dir := t.TempDir()
	var ids []int
	for _, name := range []string{"kept", "removed"} {
		id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 56, 0o600)
		require.NoError(t, err)
		t.Cleanup(func() { unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
		ids = append(ids, id)
		file := filepath.Join(dir, name)
		// The lines are those of a PostgreSQL server's file. The seventh line has the key and the
		// number of the segment.
		text := fmt.Sprintf("1\n%s\n0\n5432\n%s\n\n  %d  %9d\nready   \n", dir, dir, 5432001, id)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		require.NoError(t, k.AddPostmaster(file))
	}
	require.NoError(t, k.AddPostmaster(filepath.Join(dir, "none")), "a server that has stopped")
	require.NoError(t, k.ForgetPostmaster(filepath.Join(dir, "kept")))
	require.NoError(t, k.Close())
	var desc unix.SysvShmDesc
	_, err = unix.SysvShmCtl(ids[0], unix.IPC_STAT, &desc)
	require.NoError(t, err)
	_, err = unix.SysvShmCtl(ids[1], unix.IPC_STAT, &desc)
	require.Error(t, err)
}

// A process that may finish is not killed, and the keeper waits for it.
func TestProcessThatFinishes(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	dir := t.TempDir()
	may := filepath.Join(dir, "may")
	p, err := StartFinishing(k, filepath.Join(dir, "log"), exec.Command("/bin/sh", "-c", "until [ -e '"+may+"' ]; do sleep 0.01; done; exit 7"))
	require.NoError(t, err)
	closed := make(chan error, 1)
	go func() { closed <- k.Close() }()
	require.Never(t, p.HasEnded, 300*time.Millisecond, 10*time.Millisecond)
	require.Empty(t, closed)
	require.NoError(t, os.WriteFile(may, nil, 0o600))
	require.NoError(t, <-closed)
	require.Equal(t, "exit status 7", p.Exit())
}
