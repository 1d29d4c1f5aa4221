package store

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// failpoint is for checks. A failpoint kills the process right after a commit, when the
// row is on the disk and the journal does not have the result of the step yet.
// SHOP_FAILPOINT names a file that holds a number. Each commit counts the number down,
// and the commit that reaches 0 kills the process. Without SHOP_FAILPOINT there is no
// failpoint.
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
