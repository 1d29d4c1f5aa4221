package below

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Of finds the processes that pid has started, and all processes that those have started.
func Of(pid int) (l Look) {
	l.Pids = descendants(pid, children())
	seen := map[string]bool{}
	for _, p := range l.Pids {
		for _, name := range []string{"cmdline", "environ"} {
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p, name))
			for _, dir := range baseDir.FindAllString(string(b), -1) {
				if !seen[dir] {
					l.Dirs = append(l.Dirs, dir)
				}
				seen[dir] = true
			}
		}
	}
	return l
}

// children returns all processes that live, by the id of the process that started them.
func children() map[int][]int {
	all := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		var child, parent int
		var state string
		fmt.Sscan(string(b), &child)
		_, rest, _ := strings.Cut(string(b), ") ")
		fmt.Sscan(rest, &state, &parent)
		if state != "Z" {
			all[parent] = append(all[parent], child)
		}
	}
	return all
}

// descendants returns the processes that pid has started, and all processes that those have
// started.
func descendants(pid int, children map[int][]int) (all []int) {
	for _, child := range children[pid] {
		all = append(append(all, child), descendants(child, children)...)
	}
	return all
}

// Left returns the processes and folders of l that still exist.
func (l Look) Left() (left []string) {
	for _, pid := range l.Pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err == nil && !strings.Contains(string(b), ") Z ") {
			left = append(left, fmt.Sprintf("process %d", pid))
		}
	}
	for _, dir := range l.Dirs {
		if _, err := os.Stat(dir); err == nil {
			left = append(left, dir)
		}
	}
	return left
}
