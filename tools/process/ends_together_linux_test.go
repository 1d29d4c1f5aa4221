package process

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const startsOne = "PROCESS_TEST_STARTS_ONE"

// The keeper is stopped, so it cannot know of the process.
func TestProgramEndsTogetherWithThisProcess(t *testing.T) {
	if os.Getenv(startsOne) != "" {
		k, err := NewKeeper()
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(k.Pid(), syscall.SIGSTOP))
		fmt.Println("keeper", k.Pid())
		p, err := Start(k, exec.Command("sleep", "1000"))
		require.NoError(t, err)
		fmt.Println("pid", p.Pid())
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), startsOne+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var keeper, pid int
	fmt.Fscanf(bufio.NewReader(out), "keeper %d\npid %d\n", &keeper, &pid)
	require.NotZero(t, pid)
	require.NoError(t, cmd.Process.Kill())
	cmd.Wait()
	require.Eventually(t, func() bool { return !alive(pid) }, 10*time.Second, time.Millisecond)
	require.True(t, alive(keeper))
	require.NoError(t, syscall.Kill(keeper, syscall.SIGCONT), "the keeper may end too")
}
