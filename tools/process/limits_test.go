package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

const checksLimits = "PROCESS_TEST_CHECKS_LIMITS"

func TestCheckLimits(t *testing.T) {
	if os.Getenv(checksLimits) != "" {
		if err := CheckLimits(); err != nil {
			fmt.Println(hint.Text(err))
		}
		return
	}
	for _, c := range []struct{ ulimit, want string }{
		{"ulimit -n 64", "this shell lets a program open 64 files (ulimit -n), and a check needs 256\nhint: use a new terminal"},
		{"ulimit -Sn 64", ""},
	} {
		t.Run(c.ulimit, func(t *testing.T) {
			cmd := exec.Command("sh", "-c", c.ulimit+` && exec "$0" "-test.run=^TestCheckLimits$"`, os.Args[0])
			cmd.Env = append(os.Environ(), checksLimits+"=1")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			if c.want == "" {
				require.NotContains(t, string(out), "this shell")
			}
			require.Contains(t, string(out), c.want)
		})
	}
}

func TestScarcity(t *testing.T) {
	for _, no := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EAGAIN, syscall.ENOMEM, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS} {
		err := Scarcity(fmt.Errorf("the sandbox: %w", &fs.PathError{Op: "open", Path: "/x", Err: no}))
		require.ErrorIs(t, err, no)
		require.Contains(t, hint.Text(err), "this machine has reached a limit: the sandbox: open /x: "+no.Error()+"\nhint: ")
	}
	require.NoError(t, Scarcity(errors.New("the second run replayed no step")))
	require.NoError(t, Scarcity(nil))
}
