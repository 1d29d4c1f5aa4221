package process

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"
)

// upLimit is 20 times as long as a program takes to start.
const upLimit = 10 * time.Second

// Serve starts a program on a free loopback port, and waits until ready returns nil. If Serve
// returns an error and also a process, then this process has ended, and its output may have the
// reason.
func Serve(ctx context.Context, k *Keeper, cmd func(addr string) *exec.Cmd, ready func(*Process, context.Context) error) (*Process, error) {
	for try := 1; ; try++ {
		addr, held, err := ReservePort()
		if err != nil {
			return nil, err
		}
		p, err := ServeAt(ctx, k, addr, cmd, ready)
		if p == nil {
			held.Close()
		} else {
			go func() { <-p.done; held.Close() }()
		}
		// On systems that cannot reserve a port, another process may take it first.
		if err == nil || p == nil || try == 3 || !strings.Contains(p.Output(), "address already in use") {
			return p, err
		}
	}
}

// ServeAt starts a program as [Serve] does, but at a given address, host:port.
func ServeAt(ctx context.Context, k *Keeper, addr string, cmd func(addr string) *exec.Cmd, ready func(*Process, context.Context) error) (*Process, error) {
	p, err := Start(k, cmd(addr))
	if err != nil {
		return nil, err
	}
	p.addr = addr
	ctx, cancel := WithAwakeTimeout(ctx, upLimit)
	defer cancel()
	if err := ready(p, ctx); err != nil {
		p.Kill()
		return p, err
	}
	return p, nil
}

// Addr returns the host:port on which Serve told the program to listen.
func (p *Process) Addr() string { return p.addr }

// Listening waits until the process accepts connections at its address.
func (p *Process) Listening(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("tcp", p.addr)
		if err == nil {
			conn.Close()
			// If no program listens there, the kernel may choose this very port for the client.
			// Then this process has connected to itself.
			if conn.LocalAddr().String() != conn.RemoteAddr().String() {
				return nil
			}
		}
		select {
		case <-p.done:
			return fmt.Errorf("the process ended before it listened (%s)", p.Exit())
		case <-ctx.Done():
			return fmt.Errorf("nothing listens on %s", p.addr)
		case <-tick.C:
		}
	}
}
