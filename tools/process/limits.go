package process

import (
	"errors"
	"net"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
)

// enoughFiles is a little more than the number of open files that a process of a check needs. Only
// the hard limit matters: Go programs and restate-server raise their soft limit.
const enoughFiles = 256

// CheckLimits returns an error if this shell's limit for open files is too low.
func CheckLimits() error {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil || l.Max >= enoughFiles {
		return nil
	}
	return hint.New(hint.Setup, "use a new terminal, since a limit cannot be raised again; or let the administrator raise it (ulimit -Hn)",
		"this shell lets a program open %d files (ulimit -n), and a check needs %d", l.Max, enoughFiles)
}

// CheckLoopback returns an error if a program of this machine cannot connect to another program at
// 127.0.0.1. For example, the interface is down, as in some containers, or a firewall drops the
// packets.
func CheckLoopback() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		defer l.Close()
		var conn net.Conn
		if conn, err = net.DialTimeout("tcp", l.Addr().String(), 5*time.Second); err == nil {
			return conn.Close()
		}
	}
	return hint.New(hint.Setup, "sudo ip link set lo up; or look for a firewall that drops packets to 127.0.0.1", "no program of this machine reaches another one at 127.0.0.1: %w", err)
}

// scarce has the errors of system calls that report a limit of this machine, and for each a text
// that helps.
var scarce = []struct {
	errno syscall.Errno
	do    string
}{
	{syscall.EMFILE, "use a new terminal with a higher limit: ulimit -n 4096"},
	{syscall.ENFILE, "close other programs, then check again"},
	{syscall.EAGAIN, "end some of your programs (`ps -u $(id -u)` lists them), or raise `ulimit -u`, then check again"},
	{syscall.ENOMEM, "close other programs (`free -m` shows the memory), then check again"},
	{syscall.ENOSPC, "free some space (`df -h` and `df -i` show where), then check again"},
	{syscall.EDQUOT, "free some space (`quota` shows how much is yours), then check again"},
	{syscall.EFBIG, "raise `ulimit -f`, then check again"},
	{syscall.EROFS, "`mount` shows what is read-only; make it writable, then check again"},
}

// Scarcity returns an error for people if err was caused by a limit of this machine, and otherwise
// nil.
func Scarcity(err error) error {
	for _, s := range scarce {
		if errors.Is(err, s.errno) {
			return hint.New(hint.Setup, s.do, "this machine has reached a limit: %w", err)
		}
	}
	return nil
}
