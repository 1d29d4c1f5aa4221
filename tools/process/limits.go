package process

import (
	"errors"
	"net"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
)

// enoughFiles is how many open files each process of a check needs, and some more. A
// shell's soft limit does not matter: Go programs and restate-server raise it.
const enoughFiles = 256

// CheckLimits fails if this shell lets a program open too few files.
func CheckLimits() error {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil || l.Max >= enoughFiles {
		return nil
	}
	return hint.New(hint.Setup, "use a new terminal, since a limit cannot be raised again; or let the administrator raise it (ulimit -Hn)",
		"this shell lets a program open %d files (ulimit -n), and a check needs %d", l.Max, enoughFiles)
}

// CheckLoopback fails if a program of this machine does not reach another one at 127.0.0.1:
// the interface may be down, as in some containers, or a firewall may drop what is sent.
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

// scarce are the errors of a system call that say that the machine has no more of something.
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

// Scarcity returns what this machine has no more of as an error for people, if that is
// behind err, or else nil.
func Scarcity(err error) error {
	for _, s := range scarce {
		if errors.Is(err, s.errno) {
			return hint.New(hint.Setup, s.do, "this machine has reached a limit: %w", err)
		}
	}
	return nil
}
