package main

import (
	"fmt"
	"time"
)

// usage is what a process has used so far.
type usage struct {
	cpu time.Duration
	rss int64 // the memory of the process at this moment, in bytes
}

func readCPUs(pids []int) ([]time.Duration, error) {
	all := make([]time.Duration, len(pids))
	for i, pid := range pids {
		u, err := readUsage(pid)
		if err != nil {
			return all, err
		}
		all[i] = u.cpu
	}
	return all, nil
}

// printMemory prints how much memory each process has.
func (r *rig) printMemory(when string, noop int) error {
	line := ""
	for _, p := range []struct {
		name string
		pid  int
	}{{"program", r.shop.Pid()}, {"server", r.server.Pid()}, {"gateway", r.sandbox.Pid()}, {"no-op", noop}} {
		if p.pid == 0 {
			continue
		}
		u, err := readUsage(p.pid)
		if err != nil {
			return err
		}
		line += fmt.Sprintf("  %s %d MB", p.name, u.rss>>20)
	}
	fmt.Printf("%s:%s\n", when, line)
	return nil
}
