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

// ipLocalPortRange is a socket option that limits the ports among which the kernel chooses (ip(7),
// since Linux 6.3).
const ipLocalPortRange = 51

// anyPort asks the kernel for any free port, on a socket whose only possible port is that of addr.
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

// While a program runs, no other process gets its port, whether the program listens or not. Another
// process would answer in its place.
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
