package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/below"
)

// inMemory matches the folder that make test prints.
var inMemory = regexp.MustCompile(`in memory, in (\S+);`)

const endless = `package main

import (
	"os"
	"testing"
	"time"
)

func TestLesson(t *testing.T) {
	os.WriteFile(os.Getenv("STARTED"), nil, 0o666)
	time.Sleep(time.Hour)
}
`

// Ctrl-C, a closed terminal and SIGTERM end a verb and the tests that it runs, and none of their
// folders is left.
func TestInterruptedVerbsLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("two tests that are interrupted, half a minute: make test without SHORT=1")
	}
	author := buildAuthor(t)
	for _, c := range []struct {
		verb   string
		signal os.Signal
	}{{"soak", os.Interrupt}, {"test", syscall.SIGHUP}} {
		t.Run(c.verb, func(t *testing.T) {
			p := smallWorkbook(t)
			write(t, p, "solutions/01-concepts/lesson_test.go", endless)
			started := filepath.Join(t.TempDir(), "started")
			var printed bytes.Buffer
			cmd := exec.Command(author, c.verb)
			cmd.Dir, cmd.Stdout, cmd.Stderr = p.root, &printed, &printed
			cmd.Env = append(os.Environ(), "STARTED="+started)
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool {
				_, err := os.Stat(started)
				return err == nil
			}, 5*time.Minute, 10*time.Millisecond)
			seen := below.Of(cmd.Process.Pid)
			if runtime.GOOS == "linux" { // other systems do not list the children of a process
				require.NotEmpty(t, seen.Pids)
			}
			require.NoError(t, cmd.Process.Signal(c.signal))
			require.Error(t, cmd.Wait())
			require.Equal(t, 3, cmd.ProcessState.ExitCode())
			require.Contains(t, printed.String(), "interrupted; no process or temporary file is left\n")
			require.Eventually(t, func() bool { return len(seen.Left()) == 0 }, 10*time.Second, 10*time.Millisecond, "%v", seen.Left())
			if m := inMemory.FindStringSubmatch(printed.String()); m != nil {
				require.NoDirExists(t, m[1])
			}
		})
	}
}

func buildAuthor(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "author")
	output, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(output))
	return binary
}
