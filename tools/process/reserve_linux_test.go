package process

import (
	"context"
	"net"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ipLocalPortRange narrows what the kernel chooses a port from (ip(7), since
// Linux 6.3).
const ipLocalPortRange = 51

// anyPort listens on whatever port the kernel gives, where it has but the one of
// addr to give.
func anyPort(t *testing.T, addr string) error {
	t.Helper()
	at, err := net.ResolveTCPAddr("tcp", addr)
	require.NoError(t, err)
	narrow := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipLocalPortRange, at.Port<<16|at.Port)
		})
		require.NoError(t, err)
		return nil
	}}
	l, err := narrow.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err == nil {
		require.Equal(t, addr, l.Addr().String())
		l.Close()
	}
	return err
}

// As long as a program is there, listening or not, nobody else is given its
// port: it would answer in the program's place.
func TestAProgramsPortIsItsOwn(t *testing.T) {
	var addr string
	p, err := Serve(t.Context(), keeper(t), func(a string) *exec.Cmd {
		addr = a
		return exec.Command("sleep", "1000")
	}, func(*Process, context.Context) error { return nil })
	require.NoError(t, err)
	require.ErrorIs(t, anyPort(t, addr), syscall.EADDRINUSE)

	l, err := net.Listen("tcp", addr)
	require.NoError(t, err, "the program itself")
	require.ErrorIs(t, anyPort(t, addr), syscall.EADDRINUSE)
	require.NoError(t, l.Close())
	require.ErrorIs(t, anyPort(t, addr), syscall.EADDRINUSE)

	p.Kill()
	require.Eventually(t, func() bool { return anyPort(t, addr) == nil }, 10*time.Second, time.Millisecond)
}
