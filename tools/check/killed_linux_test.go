package check_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var baseDir = regexp.MustCompile(`/tmp/wb[0-9]+`)

// below are the processes that pid has started, and those that they have.
func below(pid int) (all []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		var child, parent int
		var state string
		fmt.Sscan(string(b), &child)
		_, rest, _ := strings.Cut(string(b), ") ")
		fmt.Sscan(rest, &state, &parent)
		if parent == pid && state != "Z" {
			all = append(append(all, child), below(child)...)
		}
	}
	return all
}

// folders are those that the processes were started with.
func folders(pids []int) map[string]bool {
	found := map[string]bool{}
	for _, pid := range pids {
		for _, name := range []string{"cmdline", "environ"} {
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
			for _, dir := range baseDir.FindAllString(string(b), -1) {
				found[dir] = true
			}
		}
	}
	return found
}

func lives(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

// A checker that ends before its time, by a signal or by go test's time limit,
// leaves neither processes nor folders.
func TestACheckerThatIsKilledLeavesNothing(t *testing.T) {
	for name, end := range map[string]func(*exec.Cmd) error{
		"SIGKILL": func(c *exec.Cmd) error { return c.Process.Kill() },
		"Ctrl-C":  func(c *exec.Cmd) error { return c.Process.Signal(os.Interrupt) },
		"SIGQUIT": func(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGQUIT) }, // as go test does at its limit
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mark := fmt.Sprintf("CHECK_TEST_MARK=%s-%d", t.Name(), os.Getpid())
			cmd := lessonCommand(t, "never listens", mark)
			require.NoError(t, cmd.Start())
			var pids []int
			var dirs map[string]bool
			require.Eventually(t, func() bool {
				pids = below(cmd.Process.Pid)
				dirs = folders(pids)
				return len(dirs) >= 2 // the check's own and the server's
			}, 20*time.Second, 10*time.Millisecond)
			require.NoError(t, end(cmd))
			cmd.Wait()
			for dir := range dirs {
				require.Eventually(t, func() bool {
					_, err := os.Stat(dir)
					return os.IsNotExist(err)
				}, 10*time.Second, 10*time.Millisecond, dir)
			}
			for _, pid := range pids {
				require.Eventually(t, func() bool { return !lives(pid) }, 10*time.Second, 10*time.Millisecond)
			}
		})
	}
}
