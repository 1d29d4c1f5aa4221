//go:build unix

package restate

import "syscall"

// ownGroup makes a child the leader of a process group, so that what it starts
// can be ended with it.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// detached takes a child out of reach of the terminal too: no Ctrl-C and no
// hang-up gets there.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func signalGroup(pid int, signal syscall.Signal) error { return syscall.Kill(-pid, signal) }
