package cluster

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/ui"
)

// Room is memory and disk, in bytes.
type Room struct {
	Memory uint64 // 0 where the system does not tell
	Disk   uint64
}

// needed is what three nodes need, with a database and two copies of a program beside
// them: 640 to 700 MB of memory were measured and 500 MB of disk, and some more.
var needed = Room{Memory: 1200e6, Disk: 800e6}

// MeasureRoom returns how much memory new programs can have, and how much disk is free
// where dir is, or will be.
func MeasureRoom(dir string) (free Room, err error) {
	free.Memory = freeMemory(os.DirFS("/"))
	free.Disk, err = files.FreeBytes(dir)
	return free, err
}

// Check refuses a machine that has less than three nodes need, with what belongs to them.
func (r Room) Check() error {
	do := ""
	switch {
	case r.Memory != 0 && r.Memory < needed.Memory:
		do = "close other programs (`free -m` shows the memory)"
	case r.Disk < needed.Disk:
		do = "free some space (`df -h` shows where)"
	default:
		return nil
	}
	return hint.New(hint.Setup, do+"; or use one node", "%s", r)
}

// String returns in one line what is needed, and what there is.
func (r Room) String() string {
	memory := ui.Size(r.Memory)
	if r.Memory == 0 {
		memory = "an unknown amount"
	}
	return fmt.Sprintf("three nodes, a database and two programs need %s of memory and %s of disk; free: %s of memory, %s of disk",
		ui.Size(needed.Memory), ui.Size(needed.Disk), memory, ui.Size(r.Disk))
}

// freeMemory returns how much memory new programs can have without swapping, as Linux
// counts it (proc(5), MemAvailable), or less where a container has less. Other systems
// have no such file, and it returns 0.
func freeMemory(root fs.FS) uint64 {
	text, _ := fs.ReadFile(root, "proc/meminfo")
	free := findNumber(text, "MemAvailable:") * 1024
	own, _ := fs.ReadFile(root, "proc/self/cgroup")
	_, group, _ := strings.Cut(strings.TrimSpace(string(own)), "0::/")
	for dir := path.Join("sys/fs/cgroup", group); dir != "sys/fs"; dir = path.Dir(dir) {
		free = min(free, leftInGroup(root, dir, free))
	}
	return free
}

// leftInGroup returns how much memory is left of a limit on a group of processes, or
// otherwise where there is no limit. Pages of files that nobody has used lately can be had.
func leftInGroup(root fs.FS, dir string, otherwise uint64) uint64 {
	limit, err := readNumber(root, dir+"/memory.max") // "max" is no limit
	if err != nil {
		return otherwise
	}
	used, _ := readNumber(root, dir+"/memory.current")
	stat, _ := fs.ReadFile(root, dir+"/memory.stat")
	used -= min(used, findNumber(stat, "inactive_file"))
	return limit - min(limit, used)
}

func readNumber(root fs.FS, name string) (uint64, error) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
}

// findNumber returns the number in the line that begins with a word, or 0.
func findNumber(text []byte, word string) uint64 {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) > 1 && f[0] == word {
			n, _ := strconv.ParseUint(f[1], 10, 64)
			return n
		}
	}
	return 0
}
