package check_test

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/below"
)

// A checker that a signal or the time limit of go test ends early leaves neither
// processes nor folders.
func TestACheckerThatIsKilledLeavesNothing(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(*exec.Cmd) error
	}{
		{"SIGKILL", func(c *exec.Cmd) error { return c.Process.Kill() }},
		{"Ctrl-C", func(c *exec.Cmd) error { return c.Process.Signal(os.Interrupt) }},
		{"SIGQUIT", func(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGQUIT) }}, // as go test does at its limit
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mark := fmt.Sprintf("CHECK_TEST_MARK=%s-%d", t.Name(), os.Getpid())
			cmd := lessonCommand(t, "never listens", mark)
			require.NoError(t, cmd.Start())
			var seen below.Look
			require.Eventually(t, func() bool {
				seen = below.Of(cmd.Process.Pid)
				return len(seen.Dirs) >= 2 // the check's own and the server's
			}, 20*time.Second, 10*time.Millisecond)
			require.NoError(t, test.end(cmd))
			cmd.Wait()
			require.Eventually(t, func() bool { return len(seen.Left()) == 0 }, 10*time.Second, 10*time.Millisecond)
		})
	}
}
