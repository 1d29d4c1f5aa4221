//go:build !linux

package check_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// nobodyLeft fails when a process with mark in its environment still runs.
func nobodyLeft(t *testing.T, mark string) {
	t.Helper()
	require.Eventually(t, func() bool {
		out, err := exec.Command("ps", "-Eww", "-o", "command=", "-A").Output()
		return err == nil && !strings.Contains(string(out), mark)
	}, time.Minute, 50*time.Millisecond, "processes are left")
}
