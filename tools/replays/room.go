package replays

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/workbook/tools/process"
)

// roomVerb is the first argument of a process that [Judge] starts.
const roomVerb = "replays-room"

const (
	startLimit  = 10 * time.Second // 20 times what a program needs to come up
	replayLimit = 10 * time.Second // 100 times what a replay takes
)

// task is what a room is to do.
type task struct {
	Program  string
	Args     []string
	Env      []string
	Open     bool
	Journals []Journal
}

// outcome is what a room has found out.
type outcome struct {
	Verdicts []Verdict
	Missing  map[string]int // invocations of services that the program does not have, by service
	Refused  int            // requests to the outside world, from the program's start on
	NoStart  string         // why the program does not start, or ""
	Said     string         // the program's last words then
}

// A room is where the new build runs: a network of its own in which there is nothing else, unless it is open, and a
// folder that is thrown away.
type room struct {
	task
	dir      string
	client   *http.Client
	addr     string
	handlers []string // Service/Handler

	program *exec.Cmd
	ended   chan struct{}
	output  *tail
	asked   atomic.Int64 // by an open room's proxy
}

// Main runs in the process that [Judge] starts, and reports whether this is one: a program that calls Judge calls
// Main first. It does not return in such a process.
func Main() {
	if len(os.Args) != 3 || os.Args[1] != roomVerb {
		return
	}
	// The kernel ends the program when the thread that started it ends.
	runtime.LockOSThread()
	if err := runRoom(context.Background(), os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// The files in the folder of a room.
const (
	taskFile    = "task.json"
	outcomeFile = "outcome.json"
	workDir     = "work"
)

func runRoom(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, taskFile))
	if err != nil {
		return err
	}
	r := &room{dir: dir, client: newClient()}
	if err := json.Unmarshal(text, &r.task); err != nil {
		return err
	}
	if !r.Open {
		if err := raiseLoopback(); err != nil {
			return err
		}
	}
	o := r.run(ctx)
	r.stop(syscall.SIGKILL)
	if text, err = json.Marshal(o); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, outcomeFile), text, 0o600)
}

func (r *room) run(ctx context.Context) (o outcome) {
	defer func() { o.Refused = r.countRefused() }()
	if err := r.start(ctx); err != nil {
		o.NoStart, o.Said = err.Error(), lastWords(r.output.String())
		return o
	}
	services := map[string]bool{}
	for _, h := range r.handlers {
		service, _, _ := strings.Cut(h, "/")
		services[service] = true
	}
	o.Missing = map[string]int{}
	for _, j := range r.Journals {
		if !services[j.Service] {
			o.Missing[j.Service]++
		}
	}
	if len(o.Missing) > 0 {
		return o
	}
	for _, j := range r.Journals {
		o.Verdicts = append(o.Verdicts, r.judge(ctx, j))
	}
	r.findLines(ctx, o.Verdicts)
	return o
}

// startAgain starts the program if it has ended.
func (r *room) startAgain(ctx context.Context) error {
	select {
	case <-r.ended:
		return r.start(ctx)
	default:
		return nil
	}
}

// start starts the program and waits until it serves.
func (r *room) start(ctx context.Context) error {
	r.output = &tail{}
	r.program = exec.Command(r.Program, r.Args...)
	r.program.Dir = filepath.Join(r.dir, workDir)
	r.program.Stdout = r.output
	r.program.Stderr = r.output
	r.program.WaitDelay = time.Second
	r.program.SysProcAttr = diesWithUs()
	addr, err := r.setEnv()
	if err != nil {
		return err
	}
	if err := r.program.Start(); err != nil {
		return err
	}
	r.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) { cmd.Wait(); close(ended) }(r.program, r.ended)
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	why := "the program listens on no port"
	for {
		for _, at := range r.candidates(addr) {
			found, err := discover(ctx, at)
			if err == nil {
				r.addr, r.handlers = at, nil
				for _, h := range found {
					r.handlers = append(r.handlers, h.Service+"/"+h.Name)
				}
				return nil
			}
			why = err.Error()
		}
		select {
		case <-tick.C:
		case <-r.ended:
			return fmt.Errorf("the program ends at once (%s)", r.program.ProcessState)
		case <-ctx.Done():
			r.stop(syscall.SIGKILL)
			return fmt.Errorf("no handler is served within %v: %s", startLimit, why)
		}
	}
}

// discover asks a program what it serves. Another program that listens need not answer.
func discover(ctx context.Context, addr string) ([]process.Handler, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return process.Discover(ctx, addr)
}

// setEnv sets the program's environment. The folder is thrown away, and so is what the program keeps there. In an
// open room setEnv also chooses an address, and has Go's HTTP clients use a proxy that refuses everything.
func (r *room) setEnv() (addr string, err error) {
	env := append(os.Environ(), "TMPDIR="+r.program.Dir, "PWD="+r.program.Dir, "SHOP_DB="+filepath.Join(r.program.Dir, "shop.db"), "GOTRACEBACK=all")
	if r.Open {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		addr = free.Addr().String()
		free.Close()
		proxy, err := r.serveRefusals()
		if err != nil {
			return "", err
		}
		_, port, _ := net.SplitHostPort(addr)
		env = append(env, "LISTEN="+addr, "PORT="+port, "SANDBOX_URL="+proxy, "NO_PROXY=", "no_proxy=")
		for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
			env = append(env, name+"="+proxy)
		}
	}
	r.program.Env = append(env, r.Env...)
	return addr, nil
}

// serveRefusals serves a proxy that refuses and counts, until this process ends.
func (r *room) serveRefusals() (url string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r.asked.Add(1)
		http.Error(w, "the outside world is closed while a build is judged", http.StatusForbidden)
	}))
	return "http://" + l.Addr().String(), nil
}

// candidates returns where the program may serve: the address that it was told, or each port that somebody listens
// on, since in a closed room nobody else does.
func (r *room) candidates(addr string) []string {
	if r.Open {
		return []string{addr}
	}
	return listeners()
}

// countRefused returns how many requests to the outside world were refused so far.
func (r *room) countRefused() int {
	if r.Open {
		return int(r.asked.Load())
	}
	return refusedHere()
}

// hasEndedSoon reports whether the program has ended, or does so within a second.
func (r *room) hasEndedSoon() bool {
	select {
	case <-r.ended:
		return true
	case <-time.After(time.Second):
		return false
	}
}

// stop ends the program by a signal, and by SIGKILL if that is not enough.
func (r *room) stop(s syscall.Signal) {
	if r.ended == nil {
		return
	}
	r.program.Process.Signal(s)
	select {
	case <-r.ended:
	case <-time.After(2 * time.Second):
		r.program.Process.Kill()
		<-r.ended
	}
}

// tail keeps the end of what a program prints.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const maxTail = 4 << 20

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - maxTail; over > 0 {
		t.buf = slices.Delete(t.buf, 0, over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// lastWords returns the last line of an output that is not empty, cut to a length that fits a line.
func lastWords(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return fmt.Sprintf("%.300s", strings.TrimSpace(lines[len(lines)-1]))
}
