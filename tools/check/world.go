package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// world is everything that a lesson's scripts share: one server, one sandbox,
// one program behind our proxy and, once scripts crash it, a second one, warm, for
// after that.
type world struct {
	report    *report
	keeper    *process.Keeper
	dir       string
	core      string // where the SDK's core is compiled
	server    *restate.Server
	shared    bool // the server is not ours
	outside   *sandbox.Client
	sandbox   *process.Process
	proxy     *proxy.Proxy
	rest      *process.Process
	restProxy *proxy.Proxy

	life context.Context // ends when the world is stopped
	end  context.CancelFunc

	serving      sync.RWMutex // held while the server is away
	killedServer atomic.Int32 // how often so far

	ahead sync.Mutex // held while a program starts ahead

	mu      sync.Mutex
	program *process.Process
	parked  *process.Process        // the one that is to come back after a script's own
	standby []chan started          // programs that are starting, for after a crash
	crashes int                     // crashes that the scripts still have in them
	special map[string]chan started // programs with settings of a script's
	fault   error                   // why the program does not serve
	armed   []*fault
	kinds   kinds

	snapshots snapshots
	doomed    doomed
}

type started struct {
	child *process.Process
	err   error
}

func newWorld(r *report) *world {
	w := &world{report: r, special: map[string]chan started{}}
	w.life, w.end = context.WithCancel(context.Background())
	return w
}

// startAhead starts the programs that these scripts will put in the place of the one
// that runs. Until then one program runs, as at home: what two at once do to each
// other, or to their database, is no part of what is judged.
func (w *world) startAhead(crash, alone []string) {
	if w.needProgram() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range crash {
		w.crashes = max(w.crashes, countCrashes(f).standbys)
	}
	for _, f := range alone {
		c := countCrashes(f)
		w.crashes += c.standbys
		for _, settings := range c.settings {
			if strings.Contains(settings, "$") || w.special[settings] != nil {
				continue
			}
			ch := make(chan started, 1)
			w.special[settings] = ch
			go func() { ch <- w.serveAhead(strings.Fields(settings)...) }()
		}
	}
	w.warmStandby()
}

// crashes is what a script does to the program: how many standbys it uses up,
// and whether it must run alone, for what it does is in everybody's way.
type crashes struct {
	standbys int
	alone    bool
	ends     bool     // it is the last thing that the program does
	outage   bool     // it kills the server
	settings []string // those of each restart, as it stands in the script
}

func countCrashes(file string) (c crashes) {
	b, err := os.ReadFile(file)
	if err != nil {
		return c
	}
	for line := range strings.Lines(string(b)) {
		switch f := strings.Fields(line); {
		case len(f) == 0:
		case f[0] == "crash" && len(f) == 1:
			c.standbys++
		case f[0] == "restart":
			c.alone = true
			c.settings = append(c.settings, strings.Join(f[1:], " "))
		case f[0] == "terminate":
			c.ends, c.alone = true, true
		case f[0] == "crash" && len(f) > 2, f[0] == "killed":
			c.standbys, c.alone = c.standbys+1, true
		case f[0] == "sweep" && len(f) > 1 && f[1] == "kill":
			c.standbys, c.alone = c.standbys+1, true
		case f[0] == "sweep" && len(f) > 1 && f[1] == "outage":
			c.outage, c.alone = true, true
		case f[0] == "down", f[0] == "agrees", f[0] == "apart":
			c.alone = true
		}
	}
	return c
}

// start brings up the parts side by side. An error means that this machine, or
// we, cannot check anything; a program that does not start is no error here:
// it is what the scripts will say.
func (w *world) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var err error
	if w.keeper, err = process.NewKeeper(); err != nil {
		return err
	}
	if w.dir, err = w.keeper.MkdirTemp(); err != nil {
		return err
	}
	if w.proxy, err = proxy.Listen(); err != nil {
		return err
	}
	w.proxy.OnMessage(w.onMessage)
	w.proxy.OnEvent(w.doomed.onEvent)
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
	if w.report.lesson.Rest != nil {
		side.Go(func() { restErr = w.startRest(ctx) })
	}
	side.Wait()
	if err := errors.Join(serverErr, restErr); err != nil {
		return err
	}
	return w.register(ctx)
}

func (w *world) startSandbox(ctx context.Context) error {
	var err error
	w.sandbox, err = process.Serve(ctx, w.keeper, func(addr string) *exec.Cmd {
		return self("sandbox", []string{"-listen", addr, "-ledger", filepath.Join(w.dir, "ledger.jsonl")})
	}, (*process.Process).Listening)
	if w.sandbox == nil {
		return err
	}
	if err != nil {
		return fmt.Errorf("the sandbox does not run: %w: %s", err, lastLine(w.sandbox.Output()))
	}
	w.outside = sandbox.NewClient("http://" + w.sandbox.Addr())
	return nil
}

// env is what a program of the learner's gets.
func (w *world) env(listen string) []string {
	return append([]string{
		"LISTEN=" + listen,
		"SANDBOX_URL=http://" + w.sandbox.Addr(),
		"SHOP_DB=" + w.database(),
		"SHOP_FAILPOINT=" + w.failpoint(),
		"RETRY_FIRST=2ms",
		"GATEWAY_DELAY=0s",
		"APPROVAL_LIMIT=1h",
		compiledEnv + "=" + w.core,
	}, w.report.lesson.Env...)
}

func (w *world) database() string  { return filepath.Join(w.dir, "shop.db") }
func (w *world) failpoint() string { return filepath.Join(w.dir, "failpoint") }

func (w *world) startRest(ctx context.Context) error {
	var err error
	if w.restProxy, err = proxy.Listen(); err != nil {
		return err
	}
	if w.rest, err = w.serve(ctx, "rest"); err != nil {
		return fmt.Errorf("the reference services do not run: %w", err)
	}
	w.restProxy.Connect(w.rest.Addr())
	return nil
}

// serve starts a program and waits until it listens and is warm.
func (w *world) serve(ctx context.Context, name string, more ...string) (*process.Process, error) {
	return process.Serve(ctx, w.keeper, func(addr string) *exec.Cmd {
		env := append(w.env(addr), more...)
		if name != "program" {
			env = append(env, "SHOP_FAILPOINT=") // only the learner's is to die there
		}
		return self(name, nil, env...)
	}, (*process.Process).Up)
}

func (w *world) startProgram(ctx context.Context) {
	c, err := w.serve(ctx, "program")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.program = c
	if err != nil {
		w.fault = notServing(c, err)
		return
	}
	w.proxy.Connect(c.Addr())
}

// notServing is the learner's failure that the program does not come up.
func notServing(c *process.Process, err error) error {
	if c == nil {
		return err
	}
	w := &wrong{
		expected: "a program that serves on the address in LISTEN",
		got:      err.Error(),
		where:    place{file: "main.go", function: "main"},
	}
	if words := lastWords(c.Output()); words != "" {
		w.got += "; its last words: " + words
	}
	return w
}

// warmAtOnce is how many programs start ahead of their crashes.
const warmAtOnce = 2

// warmStandby starts the programs for after the next crashes. w.mu is held.
func (w *world) warmStandby() {
	for w.crashes > 0 && len(w.standby) < warmAtOnce {
		w.crashes--
		ch := make(chan started, 1)
		w.standby = append(w.standby, ch)
		go func() { ch <- w.serveAhead() }()
	}
}

// serveAhead starts a program that is to take over some time. They start one after
// another: they have one database, and whoever programs for one program may do there
// what two at once can't.
func (w *world) serveAhead(settings ...string) started {
	w.ahead.Lock()
	defer w.ahead.Unlock()
	p, err := w.serve(w.life, "program", settings...)
	return started{p, err}
}

// crash kills the program, unless it has died already, and puts the standby in
// its place.
func (w *world) crash(ctx context.Context) error {
	return w.replace(ctx, func() started {
		if len(w.standby) == 0 {
			w.crashes = max(w.crashes, 1)
		}
		w.warmStandby()
		next := <-w.standby[0]
		w.standby = w.standby[1:]
		return next
	})
}

// replace kills the program and puts another in its place. next runs with w.mu
// held.
func (w *world) replace(ctx context.Context, next func() started) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.proxy.Disconnect()
	if w.program != w.parked {
		w.program.Kill()
		if err := w.outside.WaitGone(ctx, w.program.Pid()); err != nil {
			return err
		}
	}
	n := next()
	if n.err != nil {
		w.fault = notServing(n.child, n.err)
		return w.fault
	}
	w.program = n.child
	w.proxy.Connect(n.child.Addr())
	w.warmStandby()
	return ctx.Err()
}

// needProgram is the learner's failure when the program does not serve.
func (w *world) needProgram() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == nil {
		return nil
	}
	return w.fault
}

func (w *world) register(ctx context.Context) error {
	admin := w.server.Admin()
	if w.rest != nil {
		if err := admin.Register(ctx, w.restProxy.URL()); err != nil {
			return err
		}
	}
	if w.needProgram() != nil {
		return nil
	}
	err := admin.Register(ctx, w.proxy.URL())
	var refused *restate.StatusError
	if errors.As(err, &refused) {
		w.fault = wrongf("services that Restate can register", "%s", refused.Message)
		return nil
	}
	return err
}

// alwaysReplay makes every attempt suspend at each wait, so that each step is
// replayed. Through the admin API, since an option in code would defeat an
// environment variable.
func (w *world) alwaysReplay() error {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	names, err := w.server.Admin().Services(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := w.server.Admin().Patch(ctx, name, map[string]any{"inactivity_timeout": "0s"})
		if err != nil {
			return err
		}
	}
	return nil
}

// stateGone waits until the wiping of a key's state has been applied.
func (w *world) stateGone(ctx context.Context, service, key string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := w.stateNames(ctx, service, key)
		if err != nil || len(left) == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stateNames are the names of the entries that an object's state has.
func (w *world) stateNames(ctx context.Context, service, key string) (names []string, err error) {
	var rows []struct{ Key string }
	err = w.server.Admin().Query(ctx, "SELECT key FROM state WHERE service_name = '"+service+"' AND service_key = '"+key+"' ORDER BY key", &rows)
	for _, r := range rows {
		names = append(names, r.Key)
	}
	return names, err
}

// abandon ends a call that nobody waits for any more.
func (w *world) abandon(ctx context.Context, c *call) {
	select {
	case <-c.done:
		return
	default:
	}
	all, err := w.every(ctx)
	if i := slices.IndexFunc(all, c.is); err == nil && i >= 0 {
		w.server.Admin().Kill(ctx, all[i].ID)
	}
}

func (w *world) arm(f *fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = append(w.armed, f)
}

// onMessage places the armed faults.
func (w *world) onMessage(m proxy.Message) (pass bool) {
	f := w.matching(m)
	if f == nil {
		return true
	}
	f.placed.Store(true)
	switch {
	case f.stops != nil:
		f.stops.stop()
	case f.verb == "crash":
		w.crash(context.Background())
	}
	return false
}

func (w *world) matching(m proxy.Message) *fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.armed {
		if !f.placed.Load() && f.meant(m.Attempt) && f.comes(m) {
			return f
		}
	}
	return nil
}

// stop ends everything and removes every folder.
func (w *world) stop() {
	w.end() // a program that is still starting is not waited for
	w.mu.Lock()
	standby := slices.AppendSeq(w.standby, maps.Values(w.special))
	program, parked := w.program, w.parked
	w.mu.Unlock()
	for _, ch := range standby {
		if s := <-ch; s.child != nil {
			s.child.Kill()
		}
	}
	for _, c := range []*process.Process{program, parked, w.rest, w.sandbox} {
		if c != nil {
			c.Kill()
		}
	}
	if w.server != nil {
		w.vacate()
		w.server.Stop()
	}
	for _, p := range []*proxy.Proxy{w.proxy, w.restProxy} {
		if p != nil {
			p.Close()
		}
	}
	if w.keeper != nil {
		w.keeper.Close()
	}
}

// howEnded is how a program ended, and the line that tells most about why.
func howEnded(p *process.Process) string {
	if words := lastWords(p.Output()); words != "" {
		return p.Exit() + ": " + words
	}
	return p.Exit()
}

// sdkLine is a line that the SDK logs as a matter of course.
var sdkLine = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (ERROR .*\bmethod=|DEBUG |INFO |WARN ).*\n?`)

// lastWords is the line that tells most about why a program ended.
func lastWords(out string) string {
	if i := strings.Index("\n"+out, "\npanic: "); i >= 0 {
		return firstLine(out[i:])
	}
	return lastLine(sdkLine.ReplaceAllString(out, ""))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
