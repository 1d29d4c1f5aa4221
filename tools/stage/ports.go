package stage

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// Where Restate's admin API and the page listen, above the port to call: with 8080,
// at the ports of Restate's own documentation and of make replay.
const (
	AdminAbove = 9070 - 8080
	PageAbove  = 9095 - 8080
)

// Loopback returns the address of a port on this machine.
func Loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// CheckPorts returns an error unless a port, and those that lie so far above it, are
// free. The error's hint names command, which takes PORT=.
func CheckPorts(port int, above []int, command string) error {
	top := 65535 - slices.Max(above)
	if port < 1024 || port > top {
		return hint.New(hint.Usage, fmt.Sprintf("for example: %s PORT=18080", command), "a port is 1024 to %d, not %d", top, port)
	}
	if err := process.CheckLoopback(); err != nil {
		return err
	}
	for _, a := range append([]int{0}, above...) {
		if err := CheckPort(port + a); errors.Is(err, syscall.EADDRINUSE) {
			return hint.New(hint.Setup, fmt.Sprintf("stop what listens there, or: %s PORT=%d", command, FindPort(above)),
				"port %d is taken, perhaps by make run, make shop or make class", port+a)
		} else if err != nil {
			return hint.New(hint.Setup, fmt.Sprintf("try another: %s PORT=%d", command, FindPort(above)), "cannot listen on port %d: %w", port+a, err)
		}
	}
	return nil
}

// CheckPort returns an error unless a port is free.
func CheckPort(port int) error {
	l, err := net.Listen("tcp", Loopback(port))
	if err != nil {
		return err
	}
	return l.Close()
}

// FindPort returns a port that is free now, with those that lie so far above it.
func FindPort(above []int) int {
	for port := 18080; port+slices.Max(above) <= 65535; port += 100 {
		if !slices.ContainsFunc(append([]int{0}, above...), func(a int) bool { return CheckPort(port+a) != nil }) {
			return port
		}
	}
	return 18080
}
