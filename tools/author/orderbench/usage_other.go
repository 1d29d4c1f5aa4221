//go:build !linux

package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// readUsage calls ps. On macOS, ps prints CPU time in hundredths of a second: 1:02.34.
func readUsage(pid int) (usage, error) {
	out, err := exec.Command("ps", "-o", "time=,rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return usage{}, err
	}
	var minutes, kilobytes int64
	var seconds float64
	_, err = fmt.Sscanf(string(out), "%d:%f %d", &minutes, &seconds, &kilobytes)
	return usage{
		cpu: time.Duration(minutes)*time.Minute + time.Duration(seconds*float64(time.Second)),
		rss: kilobytes * 1024,
	}, err
}

// readBusy reports that only Linux knows.
func readBusy() (busy time.Duration, known bool) { return 0, false }
