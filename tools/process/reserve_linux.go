package process

import (
	"io"
	"net"
	"os"
	"syscall"
)

// ReservePort returns a loopback address with a free port, and a closer that reserves the port
// until it is closed. The closer is a socket that is bound to the port and never listens.
//
// If another process asks for any free port, as tests that run at the same time do, the kernel
// gives it another port. If a program asks for this port with SO_REUSEADDR, as Go's listeners do,
// the kernel gives it this port (socket(7), SO_REUSEADDR).
func ReservePort() (addr string, held io.Closer, err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", nil, os.NewSyscallError("socket", err)
	}
	f := os.NewFile(uintptr(fd), "port")
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		f.Close()
		return "", nil, os.NewSyscallError("setsockopt", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		f.Close()
		return "", nil, os.NewSyscallError("bind", err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		f.Close()
		return "", nil, os.NewSyscallError("getsockname", err)
	}
	in := at.(*syscall.SockaddrInet4)
	return (&net.TCPAddr{IP: in.Addr[:], Port: in.Port}).String(), f, nil
}
