package ui

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

// terminal knows how a command has set the terminal, and undoes that while the
// command is stopped.
type terminal struct {
	mu        sync.Mutex
	set, undo func()
}

var screen terminal

// acquire sets the terminal, until the returned function is called.
func (t *terminal) acquire(set, undo func()) (release func()) {
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

// HandleSuspend makes Ctrl-Z stop all processes between this one and the shell.
// go tool passes the signal on and runs on itself, so that the shell would not
// come back.
func HandleSuspend() {
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGTSTP)
	go func() {
		for range stops {
			if canBeResumed() {
				screen.suspend()
			}
		}
	}()
}

// suspend stops the whole process group, and returns when that goes on.
func (t *terminal) suspend() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.undo != nil {
		t.undo()
	}
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	syscall.Kill(0, syscall.SIGSTOP)
	<-resumed // this thread may be stopped a moment after the others
	if t.set != nil {
		t.set()
	}
}

// canBeResumed reports whether a shell in our session could send SIGCONT.
func canBeResumed() bool {
	leader, parent := syscall.Getpgrp(), os.Getppid()
	if leader != os.Getpid() {
		out, _ := exec.Command("ps", "-o", "ppid=", "-p", strconv.Itoa(leader)).Output()
		parent, _ = strconv.Atoi(strings.TrimSpace(string(out)))
	}
	theirs, err := unix.Getsid(parent)
	own, _ := unix.Getsid(0)
	return parent > 1 && err == nil && theirs == own
}
