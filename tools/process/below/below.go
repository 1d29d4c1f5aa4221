// Package below lists the processes and folders that a process has made. Tests use it to find out
// whether any of them is left. The package works only on Linux; on other systems it finds nothing.
package below

import "regexp"

// baseDir matches the folders that a keeper makes.
var baseDir = regexp.MustCompile(`/tmp/wb[0-9]+`)

// A Look lists the processes that were found, and the folders that their command lines name.
type Look struct {
	Pids []int
	Dirs []string
}
