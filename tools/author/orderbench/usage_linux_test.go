package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// The time of a process of PostgreSQL that has ended counts for the postmaster.
func TestTheTimeOfChildrenCounts(t *testing.T) {
	before, err := readUsage(os.Getpid())
	require.NoError(t, err)
	child := exec.Command("/bin/sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done")
	require.NoError(t, child.Run())
	after, err := readUsage(os.Getpid())
	require.NoError(t, err)
	took := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
	require.Greater(t, took, 3*tick, "this test can fail")
	require.GreaterOrEqual(t, after.cpu-before.cpu, took-3*tick)
}
