package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop"
)

// rig is the running reference shop: one node of restate-server or several, the outside world, and
// the program or its copies, each in a process of its own.
type rig struct {
	keeper   *process.Keeper
	dir      string
	nodes    *cluster.Cluster
	led      time.Duration // from the start of the nodes until they led all partitions
	ingress  []*restate.Ingress
	calls    atomic.Int64
	postgres *postgres.Server // nil if the rows are in a SQLite file
	sandbox  *process.Process
	outside  *sandbox.Client
	shop     *process.Process // nil if the program has several copies
	copies   *cluster.Copies  // nil if the program has one copy
	addr     string           // the address at which the only copy listens
	env      []string         // more environment variables for the shop
}

// setting has the settings of a rig.
type setting struct {
	nodes    int      // of restate-server; 0 is 1
	copies   int      // of the program; 0 is 1
	postgres string   // the folder with the programs of PostgreSQL; "" keeps the rows in SQLite
	outside  []string // flags of the sandbox
	shop     []string // environment of the program
}

// startRig builds the shop, and starts the nodes, the outside world and the shop.
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
	if err := r.buildShop(ctx, root); err != nil {
		return err
	}
	if err := r.startNodes(ctx, binary, max(s.nodes, 1)); err != nil {
		return err
	}
	if s.postgres != "" {
		if r.postgres, err = postgres.Start(ctx, r.keeper, s.postgres, ""); err != nil {
			return err
		}
	}
	if err := r.startSandbox(ctx, s.outside); err != nil {
		return err
	}
	return r.startShop(ctx, s.copies)
}

func (r *rig) buildShop(ctx context.Context, root string) error {
	args, err := shop.ReferenceArgs(root, r.dir)
	if err != nil {
		return err
	}
	out, err := gotool.Run(ctx, r.keeper, root, nil, nil, slices.Concat([]string{"build", "-buildvcs=false", "-o", r.program()}, args)...)
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// startNodes starts the nodes. Each of them has an ingress client, which asks the next node if
// that node does not answer.
func (r *rig) startNodes(ctx context.Context, binary string, n int) (err error) {
	start := time.Now()
	if r.nodes, err = cluster.Start(ctx, r.keeper, cluster.Options{Binary: binary, Dir: r.nodesDir(), Nodes: n}); err != nil {
		return err
	}
	r.led = time.Since(start)
	var addrs []string
	for _, node := range r.nodes.Nodes {
		addrs = append(addrs, node.IngressAddr())
	}
	for i := range addrs {
		r.ingress = append(r.ingress, restate.NewIngress(restate.URLs(slices.Concat(addrs[i:], addrs[:i]))...))
	}
	return nil
}

func (r *rig) startSandbox(ctx context.Context, flags []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	r.sandbox, err = process.Serve(ctx, r.keeper, func(addr string) *exec.Cmd {
		return exec.Command(self, append([]string{"sandbox", "-listen", addr, "-ledger", r.ledger()}, flags...)...)
	}, (*process.Process).Listening)
	if err != nil {
		return fmt.Errorf("the sandbox does not run: %w", err)
	}
	r.outside = sandbox.NewClient(r.outsideURL())
	return nil
}

// startShop starts the program. If it has several copies, a proxy in this process gives each
// attempt to the next copy.
func (r *rig) startShop(ctx context.Context, copies int) (err error) {
	if copies > 1 {
		r.copies, err = cluster.StartCopies(ctx, r.keeper, copies, func(_ int, addr string) *exec.Cmd { return r.command(addr) })
		if err != nil {
			return fmt.Errorf("the copies of the shop do not run: %w", err)
		}
		return r.nodes.Register(ctx, r.copies.Proxy.URL())
	}
	r.shop, err = process.Serve(ctx, r.keeper, r.command, (*process.Process).Up)
	if err != nil {
		return fmt.Errorf("the shop does not run: %w", err)
	}
	r.addr = r.shop.Addr()
	return r.registerAt(ctx, r.shop)
}

// startFloor serves the services that do nothing, from this binary.
func (r *rig) startFloor(ctx context.Context) (*process.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := process.Serve(ctx, r.keeper, func(addr string) *exec.Cmd {
		cmd := exec.Command(self, "floor")
		cmd.Env = append(os.Environ(), "LISTEN="+addr)
		return cmd
	}, (*process.Process).Up)
	if err != nil {
		return nil, err
	}
	return p, r.registerAt(ctx, p)
}

func (r *rig) registerAt(ctx context.Context, p *process.Process) error {
	return r.nodes.Register(ctx, "http://"+p.Addr())
}

func (r *rig) program() string    { return filepath.Join(r.dir, "shop") }
func (r *rig) nodesDir() string   { return filepath.Join(r.dir, "nodes") }
func (r *rig) ledger() string     { return filepath.Join(r.dir, "ledger.jsonl") }
func (r *rig) outsideURL() string { return "http://" + r.sandbox.Addr() }

// database returns the value of SHOP_DATABASE for the measured shop: the address of the PostgreSQL, or
// the path of the SQLite file.
func (r *rig) database() string {
	if r.postgres != nil {
		return r.postgres.Address()
	}
	return filepath.Join(r.dir, "rows", "shop.db")
}

// databaseDir returns the folder of the rows.
func (r *rig) databaseDir() string {
	if r.postgres != nil {
		return r.postgres.Dir()
	}
	return filepath.Dir(r.database())
}

func (r *rig) command(addr string) *exec.Cmd {
	cmd := exec.Command(r.program())
	cmd.Env = append(os.Environ(), "LISTEN="+addr, "SANDBOX_URL="+r.outsideURL(), "SHOP_DATABASE="+r.database())
	cmd.Env = append(cmd.Env, r.env...)
	return cmd
}

// stop stops all processes, and removes the data.
func (r *rig) stop() error {
	var err error
	if r.shop != nil {
		r.shop.Kill() // SIGKILL, because there is no work to finish
	}
	if r.copies != nil {
		err = r.copies.Stop()
	}
	if r.nodes != nil {
		err = errors.Join(err, r.nodes.Stop())
	}
	if r.postgres != nil {
		err = errors.Join(err, r.postgres.Stop())
	}
	if r.keeper != nil {
		err = errors.Join(err, r.keeper.Close())
	}
	return err
}
