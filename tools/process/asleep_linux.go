package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// IsAsleep reports whether no thread of the process runs or wants to run. On a busy machine, a
// thread that is ready but has no processor yet wants to run. If the state of a thread cannot be
// read, IsAsleep counts that thread as asleep.
func (p *Process) IsAsleep() bool {
	stats, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(p.Pid()), "task", "[0-9]*", "stat"))
	for _, stat := range stats {
		line, _ := os.ReadFile(stat)
		// The line has the program's name in brackets, and the name may have any characters. The
		// state stands behind the last bracket.
		if _, state, _ := strings.Cut(string(line[strings.LastIndexByte(string(line), ')')+1:]), " "); strings.HasPrefix(state, "R") {
			return false
		}
	}
	return true
}
