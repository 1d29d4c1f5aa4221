package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"sync"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
)

type shopCmd struct {
	Shop  string        `enum:"reference,mine" default:"reference" help:"Whose services: reference; or mine, which is yours as far as they are written."`
	Port  int           `default:"8080" help:"The port to call it at; the others lie 990 to 1010 above."`
	Delay time.Duration `default:"5s" help:"How long the gateway takes."`
	Seed  uint64        `default:"1" help:"Of the gateway's rolls."`
}

// Where the others listen, above the port to call. With 8080 these are the
// ports that each of them has by itself. They are not picked by the kernel: while
// one is down, its callers try it again and again, and the kernel could give a
// caller that very port for its own end.
const (
	programAbove = 9080 - 8080
	sandboxAbove = 9090 - 8080
)

// shopPorts are those of the shop, above the port to call.
var shopPorts = []int{adminAbove, programAbove, sandboxAbove, pageAbove}

const failPercent = 40

// slowest is a little below what the shop's clients wait for an answer.
const slowest = 25 * time.Second

// saidAlready is what the payment says better than the SDK, that a charge has
// failed, and what the shop does, that restate-server has gone.
var saidAlready = regexp.MustCompile(`ERROR Invocation panicked.*run \[charge\]|(ERROR|WARN) .*err="(client disconnected|context canceled)"`)

// Run opens the shop until Ctrl-C.
func (c shopCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if c.Delay < 0 || c.Delay > slowest {
		return hint.New(hint.Usage, "for example: make shop DELAY=2s", "the gateway can take 0s to %v, not %v: then its callers give up", slowest, c.Delay)
	}
	if err := client.CheckNoneOpen(ctx, p.root); err != nil {
		return err
	}
	if err := usable(c.Port, shopPorts, "make shop"); err != nil {
		return err
	}
	s, err := newShop(k, p, c)
	if err != nil {
		return err
	}
	err = s.open(ctx)
	s.close()
	if ctx.Err() != nil {
		fmt.Println("\nstopped; nothing of it is left")
		return nil
	}
	return err
}

// shop is lesson 6's program, with what it needs, as processes that may be
// killed by hand and started again.
type shop struct {
	base
	shopCmd
	source  source
	place   *place
	control *control
	units   []*unit
	proxy   *proxy.Proxy // in front of the program
	page    *page.Page
	tables  *page.Tables

	switching sync.Mutex // from one program to another

	mu      sync.Mutex
	changed chan struct{} // closed when a unit goes down or comes up, then made anew
	version int           // how often that was
	orders  int           // numbers given out so far
	naive   bool          // the naive program serves
	closing bool
}

func newShop(k *process.Keeper, p *place, c shopCmd) (*shop, error) {
	s := &shop{
		base:    base{root: p.root, keeper: k, ingress: loopback(c.Port), admin: loopback(c.Port + adminAbove), live: live{while: time.Second, skip: saidAlready}},
		shopCmd: c, place: p, changed: make(chan struct{}),
	}
	s.showing()
	s.units = []*unit{
		{name: "restate", addr: s.ingress, begin: s.beginServer},
		{name: "sandbox", addr: loopback(c.Port + sandboxAbove), begin: s.beginSandbox},
		{name: "program", addr: loopback(c.Port + programAbove), begin: s.beginProgram},
	}
	var err error
	s.source, err = sourceOf(p.root, c.Shop == "mine")
	return s, err
}

// open starts everything, says what there is, and looks after it.
func (s *shop) open(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	s.introduce()
	s.live.show()
	<-ctx.Done()
	return nil
}

// begin starts everything.
func (s *shop) begin(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.buildAll(ctx); err != nil {
		return err
	}
	if err := s.stand(); err != nil {
		return err
	}
	for _, u := range s.units {
		if err := s.start(ctx, u); err != nil {
			return s.unopened(ctx, u, err)
		}
	}
	if err := s.register(ctx, s.proxy.URL(), s.again()); err != nil {
		return err
	}
	return errors.Join(s.show(ctx), s.listen(ctx))
}

func (s *shop) again() string {
	if s.Shop == "mine" {
		return "make shop SHOP=mine"
	}
	return "make shop"
}

// unopened: that a learner's program does not serve is for them to mend.
func (s *shop) unopened(ctx context.Context, u *unit, err error) error {
	if u.name == "program" && s.Shop == "mine" && ctx.Err() == nil {
		return unfit(err.Error(), "", s.again())
	}
	return err
}

func (s *shop) buildAll(ctx context.Context) error {
	fmt.Printf("building %s; the first time, SQLite takes up to a minute\n", s.source)
	args, err := s.source.build(s.dir)
	if err != nil {
		return err
	}
	return s.build(ctx, append(args, rowsPackage)...)
}

// beginServer starts restate-server, or starts it again with what it knows.
func (s *shop) beginServer(ctx context.Context) (child, error) {
	var err error
	if s.server == nil {
		err = s.startServer(ctx)
	} else {
		err = s.server.Restart(ctx)
	}
	return s.server, err
}

func (s *shop) beginSandbox(ctx context.Context) (child, error) {
	cmd, err := s.sandboxAt("-latency", s.Delay.String(), "-fail", fmt.Sprint(failPercent), "-seed", fmt.Sprint(s.Seed))
	if err != nil {
		return nil, err
	}
	s.sandbox, err = process.ServeAt(ctx, s.keeper, s.unit("sandbox").addr, cmd, (*process.Process).Listening)
	s.outside = sandbox.NewClient("http://" + s.unit("sandbox").addr)
	return s.sandbox, err
}

func (s *shop) beginProgram(ctx context.Context) (child, error) {
	return process.ServeAt(ctx, s.keeper, s.unit("program").addr, func(addr string) *exec.Cmd {
		cmd := exec.Command(s.binaryNow())
		cmd.Env = append(s.env(addr, s.unit("sandbox").addr), "GATEWAY_DELAY="+s.Delay.String())
		cmd.Stdout = &s.live
		return cmd
	}, (*process.Process).Up)
}

// introduce says what runs, how to order, and how to break it.
func (s *shop) introduce() {
	fmt.Printf("\nthe shop is open. Ctrl-C closes it\n\n")
	what := map[string]string{
		"restate": s.ui(),
		"sandbox": fmt.Sprintf("its gateway takes %v and fails %d of 100 times (seed %d)", s.Delay, failPercent, s.Seed),
		"program": s.source.String(),
	}
	for _, u := range s.units {
		introduceOne(u.name, u.pid, u.addr, what[u.name])
	}
	for _, line := range s.source.services() {
		fmt.Printf("  %-8s  %s\n", "services", line)
	}
	fmt.Printf("  %-8s  %s\n", "see it", "http://"+loopback(s.Port+pageAbove)+"/")
	fmt.Printf("  %-8s  %s\n", "ledger", s.ledger())
	fmt.Printf("  %-8s  %s\n", "database", s.database())
	fmt.Printf("  %-8s  %s, until you close the shop\n", "data", s.dir)
	fmt.Printf("\nfrom another terminal:\n\n")
	for _, line := range [][2]string{
		{"make order", "one order, and how it goes"},
		{"make order ROLLS=12,38,82", fmt.Sprintf("with these rolls of the gateway's; it fails below %d", failPercent)},
		{"make order N=20", "twenty; there are TOKEN=tok_declined and AMOUNT=250000 too"},
		{fmt.Sprintf("kill -9 %d", s.unit("program").pid), "the program dies, and stays down; so do the others"},
		{client.StartCommand("program"), "and is back, with all that it had, as it was built"},
		{restate.Curl(s.ingress, "Report/Attempts", ""), "how many attempts the payments took"},
	} {
		if len(line[0]) > 36 {
			fmt.Printf("  %s\n", line[0])
			line[0] = ""
		}
		fmt.Printf("  %-36s  %s\n", line[0], line[1])
	}
	fmt.Println()
}

// close ends everything. Who is starting something is let finish, or give up.
func (s *shop) close() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.change() // who waits for a unit's end waits for no more
	if s.control != nil {
		s.control.close(s.keeper)
	}
	if p, ok := s.unit("program").now.(*process.Process); ok && p != nil {
		p.Stop()
	}
	if s.proxy != nil {
		s.proxy.Close()
	}
	s.base.stop()
}
