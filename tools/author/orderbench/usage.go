package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// kind is a kind of processes, whose figures are added up.
type kind int

const (
	servers kind = iota
	databases
	programs
	gateways // the sandbox, which is the outside world
	clients  // this process, which also has the proxy in front of several copies of the program
	kinds
)

// usage is what a process has used so far.
type usage struct {
	cpu time.Duration
	rss int64 // the memory of the process at this moment, in bytes
}

// usages has the sum of each kind.
type usages [kinds]usage

// pids returns the ids of the processes of each kind. The ids in program, if any, replace those of
// the shop.
func (r *rig) pids(program ...int) (all [kinds][]int, err error) {
	for _, n := range r.nodes.Nodes {
		all[servers] = append(all[servers], n.Pid())
	}
	if r.postgres != nil {
		if all[databases], err = r.postgres.Pids(); err != nil {
			return all, err
		}
	}
	all[programs], all[gateways], all[clients] = program, []int{r.sandbox.Pid()}, []int{os.Getpid()}
	switch {
	case slices.Contains(program, os.Getpid()):
		all[clients] = nil // this process counts once
	case len(program) > 0:
	case r.copies != nil:
		all[programs] = r.copies.Pids()
	default:
		all[programs] = []int{r.shop.Pid()}
	}
	return all, nil
}

// readUsages reads what the processes of each kind have used.
func (r *rig) readUsages(program ...int) (all usages, err error) {
	pids, err := r.pids(program...)
	if err != nil {
		return all, err
	}
	for k, of := range pids {
		for i, pid := range of {
			u, err := readUsage(pid)
			if err != nil && kind(k) == databases && i > 0 {
				continue // it has just ended, and its CPU time is the postmaster's now
			}
			if err != nil {
				return all, err
			}
			all[k].cpu += u.cpu
			all[k].rss += u.rss
		}
	}
	return all, nil
}

// room is how much memory and disk the processes of a rig have, in megabytes.
type room struct{ memory, disk [kinds]int64 }

// measureRoom measures the memory and the disk. A page of memory that the processes of PostgreSQL
// share counts once for each of them.
func (r *rig) measureRoom() (m room, err error) {
	used, err := r.readUsages()
	if err != nil {
		return m, err
	}
	for k, u := range used {
		m.memory[k] = u.rss >> 20
	}
	for k, path := range map[kind]string{servers: r.nodesDir(), databases: r.databaseDir(), gateways: r.ledger()} {
		bytes, err := readDisk(path)
		if err != nil {
			return m, err
		}
		m.disk[k] = bytes >> 20
	}
	return m, nil
}

// readDisk returns how many bytes of the disk a file or a folder takes.
func readDisk(path string) (bytes int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return ignoreGone(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreGone(err)
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			bytes += stat.Blocks * 512
		}
		return nil
	})
	return bytes, err
}

// ignoreGone ignores that a file is gone: servers remove files while they run.
func ignoreGone(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// printRoom prints how much memory and disk the shop has.
func (r *rig) printRoom(when string) error {
	m, err := r.measureRoom()
	if err != nil {
		return err
	}
	fmt.Printf("memory %s:  program %d MB  server %d MB  gateway %d MB\n", when, m.memory[programs], m.memory[servers], m.memory[gateways])
	fmt.Printf("disk %s:  server %d MB  rows %d MB  gateway's ledger %d MB\n", when, m.disk[servers], m.disk[databases], m.disk[gateways])
	return nil
}
