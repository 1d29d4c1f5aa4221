// Package world runs the processes that a lesson's scripts share: one server, one
// sandbox, the program behind a proxy, and the programs that replace it after a crash.
// The package knows processes, Restate's tables and faults, and nothing about scripts.
package world

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/ui"
)

// Options are the parts that a world is made of.
type Options struct {
	Env  []string // settings for the program, NAME=value
	Rest bool     // also run the services that the lesson calls and does not contain
}

// World holds everything that a lesson's scripts share: one server, one sandbox, one
// program behind the proxy and, if scripts crash it, started programs that replace it.
type World struct {
	options   Options
	keeper    *process.Keeper
	dir       string
	core      string // the folder with the compiled core of the SDK
	Server    *restate.Server
	shared    bool // another process started the server, and stops it
	Outside   *sandbox.Client
	sandbox   *process.Process
	Proxy     *proxy.Proxy
	Rest      *process.Process
	RestProxy *proxy.Proxy

	life context.Context // ends when the world is stopped
	end  context.CancelFunc

	serving      sync.RWMutex // held while the server is down
	killedServer atomic.Int32 // how many times so far
	onNodes      atomic.Bool  // nodes serve the script that runs

	ahead sync.Mutex // held while a program starts ahead

	outputs outputs

	mu      sync.Mutex
	program *process.Process
	parked  *process.Process               // the program that comes back after one with settings of a script
	beside  map[string]*process.Process    // programs at addresses of their own, by their settings
	gate    *Gate                          // nil until a launched program needs it
	nodes   *Nodes                         // nil until a script needs them
	copies  *cluster.Copies                // nil unless a script uses them
	stops   []func() error                 // by OnStop
	standby []chan startedProgram          // programs that are starting, for the next crashes
	crashes int                            // number of crashes that the scripts still need
	special map[string]chan startedProgram // programs with settings from a script
	fault   error                          // why the program does not serve
	armed   []*Fault
	kinds   kinds

	invocations sharedQuery[[]Invocation]
	journals    sharedQuery[map[string][]JournalEntry]
	Failures    failureSignal
	trace       atomic.Pointer[string] // see DeathTrace
}

// New returns a world that is not started yet.
func New(o Options) *World {
	w := &World{options: o, special: map[string]chan startedProgram{}, beside: map[string]*process.Process{}}
	w.life, w.end = context.WithCancel(context.Background())
	return w
}

// Start starts the parts at the same time. An error means that this machine or the
// workbook cannot check anything. Start returns no error if the learner's program does
// not start, because the scripts report that.
func (w *World) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := process.CheckLimits()
	if err != nil {
		return err
	}
	if err := process.CheckLoopback(); err != nil {
		return err
	}
	if w.keeper, err = process.NewKeeper(); err != nil {
		return err
	}
	if w.dir, err = w.keeper.MkdirTemp(); err != nil {
		return err
	}
	if w.Proxy, err = proxy.Listen(); err != nil {
		return err
	}
	w.Proxy.OnMessage(w.onMessage)
	w.Proxy.OnEvent(w.Failures.onEvent)
	var side sync.WaitGroup
	side.Go(func() { w.core = compileCore(ctx) })
	err = w.startSandbox(ctx)
	side.Wait()
	if err != nil {
		return err
	}
	var serverErr, restErr error
	side.Go(func() { serverErr = w.startServer() })
	side.Go(func() { w.startProgram(ctx) })
	if w.options.Rest {
		side.Go(func() { restErr = w.startRest(ctx) })
	}
	side.Wait()
	if err := errors.Join(serverErr, restErr); err != nil {
		return err
	}
	return w.Register(ctx)
}

func (w *World) startSandbox(ctx context.Context) error {
	var err error
	w.sandbox, err = process.Serve(ctx, w.keeper, func(addr string) *exec.Cmd {
		return self("sandbox", []string{"-listen", addr, "-ledger", filepath.Join(w.dir, "ledger.jsonl")})
	}, (*process.Process).Listening)
	if w.sandbox == nil {
		return err
	}
	if err != nil {
		return fmt.Errorf("the sandbox does not run: %w: %s", err, ui.LastLine(w.sandbox.Output()))
	}
	w.Outside = sandbox.NewClient("http://" + w.sandbox.Addr())
	return nil
}

// Keeper returns the keeper of the world's processes, for words that start more of them.
func (w *World) Keeper() *process.Keeper { return w.keeper }

// OnStop calls f when the world stops.
func (w *World) OnStop(f func() error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stops = append(w.stops, f)
}

// Database returns the path of the program's SQLite file.
func (w *World) Database() string { return filepath.Join(w.dir, "shop.db") }

// Failpoint returns the path of the file that tells the program when to kill itself.
func (w *World) Failpoint() string { return filepath.Join(w.dir, "failpoint") }

// Stop ends everything and removes every folder.
func (w *World) Stop() {
	w.end() // ends the start of programs, too
	w.mu.Lock()
	standby := slices.AppendSeq(w.standby, maps.Values(w.special))
	program, parked := w.program, w.parked
	w.mu.Unlock()
	for _, ch := range standby {
		if s := <-ch; s.child != nil {
			s.child.Kill()
		}
	}
	all := append([]*process.Process{program, parked, w.Rest, w.sandbox}, slices.Collect(maps.Values(w.beside))...)
	for _, c := range all {
		if c != nil {
			c.Kill()
		}
	}
	if w.gate != nil {
		w.gate.server.Close()
	}
	w.stopNodes()
	for _, stop := range w.stops {
		stop() // the keeper ends what an error leaves
	}
	if w.Server != nil {
		w.leaveSharedServer()
		w.Server.Stop()
	}
	for _, p := range []*proxy.Proxy{w.Proxy, w.RestProxy} {
		if p != nil {
			p.Close()
		}
	}
	if w.keeper != nil {
		w.keeper.Close()
	}
}
