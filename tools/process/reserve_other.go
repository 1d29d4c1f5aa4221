//go:build !linux

package process

import (
	"io"
	"net"
)

// ReservePort returns a loopback address with a port that is free at this moment. It does not
// reserve the port, because on this system the program itself could not use a reserved port.
func ReservePort() (addr string, held io.Closer, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	return l.Addr().String(), l, l.Close()
}
