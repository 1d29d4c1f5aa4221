package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// IsAsleep reports whether no thread of the process runs or wants to: one that is
// not scheduled, on a busy machine, wants to. Where that cannot be seen it is true.
func (p *Process) IsAsleep() bool {
	stats, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(p.Pid()), "task", "[0-9]*", "stat"))
	for _, stat := range stats {
		line, _ := os.ReadFile(stat)
		// The name, in brackets, may have anything in it; the state is behind it.
		if _, state, _ := strings.Cut(string(line[strings.LastIndexByte(string(line), ')')+1:]), " "); strings.HasPrefix(state, "R") {
			return false
		}
	}
	return true
}
