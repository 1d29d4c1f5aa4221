package store

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// failpoint is for checks: it kills the process right after a commit, the moment
// when the row is on the disk and nobody has been told. SHOP_FAILPOINT names a
// file; while that holds a number, each commit counts it down, and the one that
// gets to 0 is the process's last. Without the variable there is no failpoint.
type failpoint struct {
	mu   sync.Mutex
	file string
}

func failpointFromEnv() *failpoint {
	if file := os.Getenv("SHOP_FAILPOINT"); file != "" {
		return &failpoint{file: file}
	}
	return nil
}

// committed is called after each commit.
func (f *failpoint) committed() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := os.ReadFile(f.file)
	if err != nil {
		return // nothing is to happen
	}
	left, err := strconv.Atoi(strings.TrimSpace(string(text)))
	switch {
	case err != nil || left <= 0:
	case left > 1:
		must(os.WriteFile(f.file, []byte(strconv.Itoa(left-1)), 0o666))
	default:
		// First the file: the program that takes over must not die of it too.
		must(os.Remove(f.file))
		die()
	}
}

// die is kill -9 from within: nothing is flushed, deferred or said.
func die() {
	self, err := os.FindProcess(os.Getpid())
	must(err)
	must(self.Kill())
	select {} // the signal is on its way
}

// must: a check whose crash could not be placed must not pass.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
