package check_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// nobodyLeft fails when a process with mark in its environment still runs.
func nobodyLeft(t *testing.T, mark string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(processesWith(mark)) == 0 }, time.Minute, 20*time.Millisecond,
		"processes are left: %v", processesWith(mark))
}

func processesWith(mark string) (pids []string) {
	envs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, e := range envs {
		b, err := os.ReadFile(e) // a zombie's is empty
		if err == nil && bytes.Contains(append([]byte{0}, b...), []byte("\x00"+mark+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(e)))
		}
	}
	return pids
}
