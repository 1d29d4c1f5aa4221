package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/ui"
)

// Copies are several copies of one program behind one address. The proxy in front of them
// gives each attempt to the next copy, and leaves out one that does not listen. Without it,
// the copies would have to share a port, as programs on Linux can that ask for that; then
// the kernel chooses a copy for each connection, and with one partition there is only one.
type Copies struct {
	Proxy *proxy.Proxy

	own    bool // Stop closes the proxy
	keeper *process.Keeper
	cmd    func(i int, addr string) *exec.Cmd
	all    []*process.Process // nil before its first start
	addrs  []string
	ports  []io.Closer
}

// StartCopies starts n copies, each at an address of its own, and returns when they serve.
// cmd returns the command that runs a copy, counted from 0, at an address, host:port.
func StartCopies(ctx context.Context, k *process.Keeper, n int, cmd func(i int, addr string) *exec.Cmd) (*Copies, error) {
	p, err := proxy.Listen()
	if err != nil {
		return nil, err
	}
	c, err := StartCopiesBehind(ctx, k, p, n, cmd)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	c.own = true
	return c, nil
}

// StartCopiesBehind starts n copies as [StartCopies] does, behind a proxy of the caller, which
// Stop does not close.
func StartCopiesBehind(ctx context.Context, k *process.Keeper, p *proxy.Proxy, n int, cmd func(i int, addr string) *exec.Cmd) (*Copies, error) {
	c := &Copies{Proxy: p, keeper: k, cmd: cmd, all: make([]*process.Process, n)}
	err := c.listen()
	for i := 0; i < n && err == nil; i++ {
		err = c.Start(ctx, i)
	}
	if err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// listen chooses the addresses of the copies and connects the proxy to them.
func (c *Copies) listen() error {
	for range c.all {
		addr, held, err := process.ReservePort()
		if err != nil {
			return err
		}
		c.addrs, c.ports = append(c.addrs, addr), append(c.ports, held)
	}
	c.Proxy.Connect(c.addrs...)
	return nil
}

// Start starts a copy, the first time or again. One that still runs is killed first.
func (c *Copies) Start(ctx context.Context, i int) (err error) {
	c.Kill(i)
	c.all[i], err = process.ServeAt(ctx, c.keeper, c.addrs[i], func(addr string) *exec.Cmd { return c.cmd(i, addr) }, (*process.Process).Up)
	if err != nil && c.all[i] != nil {
		return fmt.Errorf("copy %d of the program: %w; its last line: %q", i+1, err, ui.LastLine(c.all[i].Output()))
	}
	return err
}

// Copy returns the process of a copy as it runs now, or as it has ended.
func (c *Copies) Copy(i int) *process.Process { return c.all[i] }

// Pids returns the numbers of the copies' processes.
func (c *Copies) Pids() []int {
	var all []int
	for _, p := range c.all {
		all = append(all, p.Pid())
	}
	return all
}

// Kill ends a copy as a crash does: SIGKILL.
func (c *Copies) Kill(i int) {
	if c.all[i] == nil || c.all[i].HasEnded() {
		return
	}
	c.Proxy.MarkProgramKilled(c.addrs[i])
	c.all[i].Kill()
}

// ServedBy returns the copy that an attempt went to, -1 before it went to any.
func (c *Copies) ServedBy(a proxy.Attempt) int { return slices.Index(c.addrs, a.Program) }

// Stop ends the copies, and the proxy that StartCopies has started.
func (c *Copies) Stop() error {
	for _, p := range c.all {
		if p != nil {
			p.Stop()
		}
	}
	for _, held := range c.ports {
		held.Close()
	}
	if !c.own {
		return nil
	}
	return c.Proxy.Close()
}
