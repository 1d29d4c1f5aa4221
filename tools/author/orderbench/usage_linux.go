package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// readUsage reads /proc. The command ps would round the time to seconds.
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
	const tick = 10 * time.Millisecond // Linux reports CPU time to programs in hundredths of a second, whatever its own clock counts in
	return usage{
		cpu: time.Duration(number(14)+number(15)) * tick,
		rss: number(24) * int64(os.Getpagesize()),
	}, err
}
