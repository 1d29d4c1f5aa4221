package main

import (
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal is how a command has set the terminal: undone while it is stopped.
type terminal struct {
	mu        sync.Mutex
	set, undo func()
}

var screen terminal

// takes has the terminal set so until undo.
func (t *terminal) takes(set, undo func()) (givesBack func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	signal.Ignore(syscall.SIGTTOU) // the shell may have it back already when we give it back
	t.set, t.undo = set, undo
	set()
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.undo != nil {
			t.undo()
		}
		t.set, t.undo = nil, nil
	}
}

// heedStops has Ctrl-Z stop all that stands between us and the shell too: go tool
// hands the signal on, and runs on itself, and so the shell would not come back.
func heedStops() {
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGTSTP)
	go func() {
		for range stops {
			if resumable() {
				screen.stop()
			}
		}
	}()
}

func (t *terminal) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.undo != nil {
		t.undo()
	}
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	syscall.Kill(0, syscall.SIGSTOP)
	<-goesOn // this thread may be stopped a moment after the others
	if t.set != nil {
		t.set()
	}
}

// resumable: there is a shell of this session's above our group. Where there is
// none, nobody could have us go on.
func resumable() bool {
	leader, parent := syscall.Getpgrp(), os.Getppid()
	if leader != os.Getpid() {
		out, _ := exec.Command("ps", "-o", "ppid=", "-p", strconv.Itoa(leader)).Output()
		parent, _ = strconv.Atoi(strings.TrimSpace(string(out)))
	}
	theirs, err := unix.Getsid(parent)
	own, _ := unix.Getsid(0)
	return parent > 1 && err == nil && theirs == own
}
