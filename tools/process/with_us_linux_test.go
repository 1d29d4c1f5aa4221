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

	"example.com/workbook/tools/process/below"
	"example.com/workbook/tools/restate"
)

const startsOne = "PROCESS_TEST_STARTS_ONE"

// The keeper is stopped, as if it had not been told yet.
func TestItEndsWithUsBeforeTheKeeperKnows(t *testing.T) {
	if os.Getenv(startsOne) != "" {
		k, err := restate.NewKeeper()
		require.NoError(t, err)
		for _, keeper := range below.Of(os.Getpid()).Pids {
			require.NoError(t, syscall.Kill(keeper, syscall.SIGSTOP))
			fmt.Println("keeper", keeper)
		}
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
	require.NoError(t, syscall.Kill(keeper, syscall.SIGCONT), "it may end too")
}
