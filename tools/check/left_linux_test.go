package check_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// nobodyLeft fails when a process that has mark in its environment lives on.
func nobodyLeft(t *testing.T, mark string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(marked(mark)) == 0 }, 5*time.Second, 20*time.Millisecond,
		"processes are left: %v", marked(mark))
}

func marked(mark string) (pids []string) {
	envs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, e := range envs {
		b, err := os.ReadFile(e) // a zombie's is empty
		if err == nil && bytes.Contains(append([]byte{0}, b...), []byte("\x00"+mark+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(e)))
		}
	}
	return pids
}

// watchFolders looks, until asked, what folders the processes below pid are
// started with.
func watchFolders(pid int) (seen func() map[string]bool) {
	all, stop, done := map[string]bool{}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			maps.Copy(all, folders(append(below(pid), pid)))
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() map[string]bool {
		close(stop)
		<-done
		return all
	}
}
