package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// rig is the running reference shop: the server, the outside world and the program, each in a
// process of its own.
type rig struct {
	keeper  *process.Keeper
	dir     string
	server  *restate.Server
	sandbox *process.Process
	outside *sandbox.Client
	shop    *process.Process
	addr    string   // the address at which the shop listens
	env     []string // more environment variables for the shop
}

// setting has the settings of a rig.
type setting struct {
	outside []string // flags of the sandbox
	shop    []string // environment of the program
}

// startRig builds the shop, and starts the server, the outside world and the shop.
func startRig(ctx context.Context, root, binary string, s setting) (*rig, error) {
	r := &rig{env: s.shop}
	err := r.startAll(ctx, root, binary, s)
	if err != nil {
		return nil, errors.Join(err, r.stop())
	}
	return r, nil
}

func (r *rig) startAll(ctx context.Context, root, binary string, s setting) error {
	var err error
	if r.keeper, err = process.NewKeeper(); err != nil {
		return err
	}
	if r.dir, err = r.keeper.MkdirTemp(); err != nil {
		return err
	}
	shop, err := course.FindShop(root)
	if err != nil {
		return err
	}
	out, err := gotool.Run(ctx, r.keeper, root, nil, nil, "build", "-buildvcs=false", "-o", r.program(), "./solutions/"+shop.Slug)
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	if r.server, err = restate.Start(ctx, r.keeper, binary, restate.Options{}); err != nil {
		return err
	}
	if err := r.startSandbox(ctx, s.outside); err != nil {
		return err
	}
	r.shop, err = process.Serve(ctx, r.keeper, r.command, (*process.Process).Up)
	if err != nil {
		return fmt.Errorf("the shop does not run: %w", err)
	}
	r.addr = r.shop.Addr()
	return r.registerAt(ctx, r.shop)
}

func (r *rig) startSandbox(ctx context.Context, flags []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	r.sandbox, err = process.Serve(ctx, r.keeper, func(addr string) *exec.Cmd {
		return exec.Command(self, append([]string{"sandbox", "-listen", addr, "-ledger", filepath.Join(r.dir, "ledger.jsonl")}, flags...)...)
	}, (*process.Process).Listening)
	if err != nil {
		return fmt.Errorf("the sandbox does not run: %w", err)
	}
	r.outside = sandbox.NewClient(r.outsideURL())
	return nil
}

// startNoop serves the service Noop from this binary.
func (r *rig) startNoop(ctx context.Context) (*process.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := process.Serve(ctx, r.keeper, func(addr string) *exec.Cmd {
		cmd := exec.Command(self, "noop")
		cmd.Env = append(os.Environ(), "LISTEN="+addr)
		return cmd
	}, (*process.Process).Up)
	if err != nil {
		return nil, err
	}
	return p, r.registerAt(ctx, p)
}

func (r *rig) registerAt(ctx context.Context, p *process.Process) error {
	return r.server.Admin().Register(ctx, "http://"+p.Addr())
}

func (r *rig) program() string    { return filepath.Join(r.dir, "shop") }
func (r *rig) database() string   { return filepath.Join(r.dir, "shop.db") }
func (r *rig) outsideURL() string { return "http://" + r.sandbox.Addr() }

func (r *rig) command(addr string) *exec.Cmd {
	cmd := exec.Command(r.program())
	cmd.Env = append(os.Environ(), "LISTEN="+addr, "SANDBOX_URL="+r.outsideURL(), "SHOP_DATABASE=", "SHOP_DB="+r.database())
	cmd.Env = append(cmd.Env, r.env...)
	return cmd
}

// stop stops all processes, and removes the data.
func (r *rig) stop() error {
	var err error
	if r.shop != nil {
		r.shop.Kill() // SIGKILL, because there is no work to finish
	}
	if r.server != nil {
		err = r.server.Stop()
	}
	if r.keeper != nil {
		err = errors.Join(err, r.keeper.Close())
	}
	return err
}
