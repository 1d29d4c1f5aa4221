//go:build !linux

package process

import (
	"io"
	"net"
)

// ReservePort returns a loopback address with a port that was free a moment ago: here a
// port that is held can't be had by the program either.
func ReservePort() (addr string, held io.Closer, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	return l.Addr().String(), l, l.Close()
}
