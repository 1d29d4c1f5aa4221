// Package below lists what a process has started, for tests that nothing of it
// is left. It can look on Linux only; elsewhere there is nothing to see.
package below

import "regexp"

// baseDir is how a keeper's folders are named.
var baseDir = regexp.MustCompile(`/tmp/wb[0-9]+`)

// A Look is what was there: processes, and the folders that they were started with.
type Look struct {
	Pids []int
	Dirs []string
}
