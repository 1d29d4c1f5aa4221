// Package failpoint kills the process right after a commit, for checks.
package failpoint

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// A Failpoint kills the process right after a commit, when the row is on the disk and the
// journal does not have the result of the step yet. SHOP_FAILPOINT names a file that holds
// a number. Each commit counts the number down, and the commit that reaches 0 kills the
// process. Without SHOP_FAILPOINT there is no failpoint, and nil is one that does nothing.
type Failpoint struct {
	mu   sync.Mutex
	file string
}

// FromEnv returns the failpoint that SHOP_FAILPOINT names, or nil.
func FromEnv() *Failpoint {
	if file := os.Getenv("SHOP_FAILPOINT"); file != "" {
		return &Failpoint{file: file}
	}
	return nil
}

// Committed counts a commit, and may not return. Call it after each commit.
func (f *Failpoint) Committed() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := os.ReadFile(f.file)
	if err != nil {
		return // no crash is wanted
	}
	left, err := strconv.Atoi(strings.TrimSpace(string(text)))
	switch {
	case err != nil || left <= 0:
	case left > 1:
		must(os.WriteFile(f.file, []byte(strconv.Itoa(left-1)), 0o666))
	default:
		// Remove the file first, or it would kill the next process too.
		must(os.Remove(f.file))
		die()
	}
}

// die kills the process as kill -9 does: no deferred call runs and no buffer is flushed.
func die() {
	self, err := os.FindProcess(os.Getpid())
	must(err)
	must(self.Kill())
	select {} // until the signal arrives
}

// must panics on an error: without its crash, a check must not pass.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
