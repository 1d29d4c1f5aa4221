// Package shop is the shop that make shop opens: lesson 6's program, with
// restate-server and the sandbox, as processes that may be killed by hand and
// started again. Its page has buttons, and a unix socket serves other commands,
// which reach it through package client. Version 2 of the program can be deployed
// next to version 1.
package shop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sync"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/stage"
)

// Options are what a shop is opened with.
type Options struct {
	Root   string // of the workbook
	Keeper *process.Keeper
	Mine   bool          // the learner's services, as far as they are written
	Port   int           // to call the shop at; the others are 990 to 1015 above
	Nodes  int           // of restate-server: 1 or 3
	Delay  time.Duration // how long the gateway takes
	Seed   uint64        // of the gateway's rolls
}

// Where the sandbox and the program listen, above the port to call. With 8080 these are the
// ports that each of them has by itself. They are not picked by the kernel: while
// one is down, its callers try it again and again, and the kernel could give a
// caller that very port for its own end.
const (
	programAbove = 9080 - 8080
	secondAbove  = 9081 - 8080 // version 2 of the program
	sandboxAbove = 9090 - 8080
)

// Ports are those of the shop, above the port to call.
var Ports = []int{stage.AdminAbove, programAbove, secondAbove, sandboxAbove, stage.PageAbove}

const failPercent = 40

// slowest is a little below what the shop's clients wait for an answer.
const slowest = 25 * time.Second

// alreadyReported matches what the SDK logs and others print better: the payment,
// that a charge has failed, and the shop, that restate-server has gone.
var alreadyReported = regexp.MustCompile(`ERROR Invocation panicked.*run \[charge\]|(ERROR|WARN) .*err="(client disconnected|context canceled)"`)

// Run opens a shop until ctx is done.
func Run(ctx context.Context, opts Options) error {
	if opts.Delay < 0 || opts.Delay > slowest {
		return hint.New(hint.Usage, "for example: make shop DELAY=2s", "the gateway can take 0s to %v, not %v, because its callers give up after that", slowest, opts.Delay)
	}
	if err := client.CheckNoneOpen(ctx, opts.Root); err != nil {
		return err
	}
	above := Ports
	if opts.Nodes > 1 {
		if err := checkRoom(); err != nil {
			return err
		}
		above = append(above, NodePorts...)
	}
	if err := stage.CheckPorts(opts.Port, above, "make shop"); err != nil {
		return err
	}
	s, err := openShop(ctx, opts)
	if err == nil {
		s.introduce()
		s.stage.Output.Show()
		s.printStuck(ctx)
	}
	s.close()
	if ctx.Err() != nil {
		fmt.Println("\nstopped; no process or temporary file is left")
		return nil
	}
	return err
}

// shop is one that is open, or about to be.
type shop struct {
	opts    Options
	stage   *stage.Stage
	source  source
	control *control
	page    *page.Page
	tables  *page.Tables

	switching sync.Mutex // from one program to another, or from one version to the next

	mu       sync.Mutex
	units    []*unit
	versions []*version    // of the program: those that Restate knows
	changed  chan struct{} // closed, and made again, when a unit goes down or comes up
	version  int           // how often that was
	orders   int           // numbers given out so far
	naive    bool          // the naive program serves
	closing  bool
}

// openShop starts everything. Where it fails, what has started still has to be closed.
func openShop(ctx context.Context, opts Options) (*shop, error) {
	s := newShop(opts)
	var err error
	if s.source, err = newSource(opts.Root, opts.Mine, s.hasNodes()); err != nil {
		return s, err
	}
	if s.stage, err = stage.New(ctx, stage.Options{
		Root: opts.Root, Keeper: opts.Keeper, Ingress: stage.Loopback(opts.Port), Admin: stage.Loopback(opts.Port + stage.AdminAbove), Nodes: opts.Nodes,
	}); err != nil {
		return s, err
	}
	s.stage.Output.Window, s.stage.Output.Skip = time.Second, alreadyReported
	if err := s.buildAll(ctx); err != nil {
		return s, err
	}
	if err := s.startProxy(); err != nil {
		return s, err
	}
	for _, u := range s.allUnits() {
		if err := s.startUnit(ctx, u); err != nil {
			return s, s.openError(ctx, u, err)
		}
	}
	if err := s.stage.Register(ctx, s.newest().proxy.URL(), s.command()); err != nil {
		return s, err
	}
	if err := s.stage.Show(ctx, s.page, s.tables, opts.Port+stage.PageAbove, s.stage.Rows()); err != nil {
		return s, err
	}
	if s.hasNodes() {
		go s.followLeader(ctx)
	}
	return s, s.serveCommands(ctx)
}

// newShop returns a shop of which nothing has started.
func newShop(opts Options) *shop {
	s := &shop{opts: opts, changed: make(chan struct{})}
	first := newVersion(1)
	if s.hasNodes() {
		s.units = s.newNodes()
		s.addCopy(first, "copy-1", programAbove)
		s.addCopy(first, "copy-2", secondAbove)
	} else {
		s.units = []*unit{{name: "restate", addr: stage.Loopback(opts.Port), begin: s.startServer}}
		s.addCopy(first, "program", programAbove)
	}
	s.units = append(s.units, &unit{name: "sandbox", addr: stage.Loopback(opts.Port + sandboxAbove), begin: s.startSandbox})
	s.units, s.versions = append(s.units, first.copies...), []*version{first}
	return s
}

// command returns the command that opens the shop.
func (s *shop) command() string {
	line := "make shop"
	if s.opts.Mine {
		line += " SHOP=mine"
	}
	if s.hasNodes() {
		line += fmt.Sprintf(" NODES=%d", s.opts.Nodes)
	}
	return line
}

// openError returns a unit's failure to start. That of a learner's own program is for
// the learner to repair.
func (s *shop) openError(ctx context.Context, u *unit, err error) error {
	if s.versionIn(u) != nil && s.opts.Mine && ctx.Err() == nil {
		return stage.ProgramError(err.Error(), "", s.command())
	}
	return err
}

func (s *shop) buildAll(ctx context.Context) error {
	fmt.Printf("building %s; the first time, SQLite takes up to a minute\n", s.source)
	first := s.newest()
	first.sources, first.binary = stage.NewSources(s.opts.Root, s.source.folders()...), s.source.binaryPath(s.stage.Dir)
	args, err := s.source.buildArgs(s.stage.Dir)
	if err != nil {
		return err
	}
	return s.stage.Build(ctx, append(args, s.stage.RowsPackage())...)
}

// startServer starts restate-server, the second time with what it knows.
func (s *shop) startServer(ctx context.Context) (child, error) {
	var err error
	if s.stage.Server == nil {
		err = s.stage.StartServer(ctx)
	} else {
		err = s.stage.Server.Restart(ctx)
	}
	return s.stage.Server, err
}

func (s *shop) startSandbox(ctx context.Context) (child, error) {
	cmd, err := s.stage.SandboxCommand("-latency", s.opts.Delay.String(), "-fail", fmt.Sprint(failPercent), "-seed", fmt.Sprint(s.opts.Seed))
	if err != nil {
		return nil, err
	}
	s.stage.Sandbox, err = process.ServeAt(ctx, s.opts.Keeper, s.unit("sandbox").addr, cmd, (*process.Process).Listening)
	s.stage.Outside = sandbox.NewClient("http://" + s.unit("sandbox").addr)
	return s.stage.Sandbox, err
}

func (s *shop) startProgram(ctx context.Context, v *version, addr string) (child, error) {
	binary, whose := s.programToServe(v)
	p, err := process.ServeAt(ctx, s.opts.Keeper, addr, func(addr string) *exec.Cmd {
		cmd := exec.Command(binary)
		cmd.Env = append(s.stage.Env(addr, s.unit("sandbox").addr), "GATEWAY_DELAY="+s.opts.Delay.String())
		cmd.Stdout = &s.stage.Output
		return cmd
	}, (*process.Process).Up)
	if err == nil && v.n == 1 {
		s.page.Hub.Add(page.Event{What: page.Program, How: whose})
	}
	return p, err
}

// introduce prints what runs, how to order, and how to break it.
func (s *shop) introduce() {
	fmt.Printf("\nthe shop is open. Ctrl-C closes it\n\n")
	for _, u := range s.allUnits() {
		stage.PrintProcess(u.name, s.viewUnit(u).PID, u.addr, s.describeUnit(u))
	}
	for _, line := range s.source.serviceLines() {
		fmt.Printf("  %-8s  %s\n", "services", line)
	}
	fmt.Printf("  %-8s  %s\n", "see it", "http://"+stage.Loopback(s.opts.Port+stage.PageAbove)+"/")
	fmt.Printf("  %-8s  %s\n", "ledger", s.stage.Ledger())
	fmt.Printf("  %-8s  %s\n", "database", s.stage.Database())
	fmt.Printf("  %-8s  %s, until you close the shop\n", "data", s.stage.Dir)
	fmt.Printf("\nfrom another terminal:\n\n")
	for _, line := range slices.Concat([][2]string{
		{"make order", "one order, followed to its end"},
		{"make order ROLLS=12,38,82", fmt.Sprintf("with these rolls; the gateway fails below %d", failPercent)},
		{"make order N=20", "twenty orders; also: TOKEN=tok_declined, AMOUNT=250000"},
	}, s.breaks(), [][2]string{
		{restate.Curl(s.stage.Ingress, "Report/Attempts", ""), "how many requests the payments took"},
	}) {
		if len(line[0]) > 36 {
			fmt.Printf("  %s\n", line[0])
			line[0] = ""
		}
		fmt.Printf("  %-36s  %s\n", line[0], line[1])
	}
	fmt.Println()
}

// breaks returns the commands that break something or change it, with what each does.
func (s *shop) breaks() [][2]string {
	if s.hasNodes() {
		return s.breaksOfNodes()
	}
	return [][2]string{
		{fmt.Sprintf("kill -9 %d", s.viewUnit(s.unit("program")).PID), "the program dies and stays down"},
		{client.StartCommand("program"), "the program starts again"},
		{"make deploy", s.nextIs()},
	}
}

// describeUnit returns what to print of a process behind its address.
func (s *shop) describeUnit(u *unit) string {
	switch {
	case s.versionIn(u) != nil:
		return s.source.String()
	case u.name == "sandbox":
		return fmt.Sprintf("the gateway takes %v and fails %d of 100 times (seed %d)", s.opts.Delay, failPercent, s.opts.Seed)
	case s.hasNodes():
		return s.describeNode(u)
	}
	return s.stage.UI()
}

// printStuck prints each invocation that does not go on by itself, and how to free it, until
// ctx is done. What waits for a process that is down goes on when that process is back.
func (s *shop) printStuck(ctx context.Context) {
	s.admin().FollowStuck(ctx, func(i restate.Stuck, changed bool) {
		if changed && ctx.Err() == nil && (i.Status == "paused" || !s.isBroken()) {
			os.Stdout.WriteString(stage.DescribeStuck(i)) // in one piece, since the program writes here as well
		}
	}, func(restate.Invocation) {})
}

// close stops everything. A start in progress is allowed to finish.
func (s *shop) close() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.notifyChange() // what waits for a unit's end waits no longer
	if s.control != nil {
		s.control.close(s.opts.Keeper)
	}
	s.switching.Lock() // a deployment that was begun gives up, and is awaited
	defer s.switching.Unlock()
	for _, v := range s.allVersions() {
		s.stopVersion(v)
	}
	if s.stage != nil {
		s.stage.Stop()
	}
}
