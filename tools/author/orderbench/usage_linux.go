package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is a hundredth of a second. Linux reports CPU time to programs in this unit, whatever its own
// clock counts in.
const tick = 10 * time.Millisecond

// readUsage reads /proc. The command ps would round the time to seconds. The time includes that of
// the children that have ended.
func readUsage(pid int) (usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	// The program's name stands in brackets and may have spaces. The first field behind it is the
	// state, which is field 3.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	number := func(n int) int64 {
		v, numberErr := strconv.ParseInt(string(fields[n-3]), 10, 64)
		if numberErr != nil {
			err = numberErr
		}
		return v
	}
	return usage{
		cpu: time.Duration(number(14)+number(15)+number(16)+number(17)) * tick,
		rss: number(24) * int64(os.Getpagesize()),
	}, err
}

// readBusy returns how long all processors have worked so far, for all processes of the machine.
func readBusy() (busy time.Duration, known bool) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	var user, nice, system, idle, wait, irq, soft int64
	if _, err := fmt.Sscanf(string(stat), "cpu %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &irq, &soft); err != nil {
		return 0, false
	}
	return time.Duration(user+nice+system+irq+soft) * tick, true
}
