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

// replayerVerb is the first argument of the process that [Judge] starts.
const replayerVerb = "replays-replayer"

const (
	startLimit  = 10 * time.Second // 20 times as long as a program takes to start
	replayLimit = 10 * time.Second // 100 times as long as a replay takes
)

// task has what a replayer has to do.
type task struct {
	Program  string
	Args     []string
	Env      []string
	Open     bool
	Journals []Journal
}

// outcome has the results of a replayer.
type outcome struct {
	Verdicts []Verdict
	Missing  map[string]int // services that the program does not serve, with the number of their invocations
	Refused  int            // how many requests to the outside world were refused since the program started
	NoStart  string         // why the program does not start, or ""
	Printed  string         // the last line that a program printed which does not start
}

// A replayer runs the new build, and has it replay journals. The build runs in a temporary folder, and
// in a network that has no other program, unless task.Open is set.
type replayer struct {
	task
	dir      string
	client   *http.Client
	addr     string
	handlers []string // Service/Handler

	program *exec.Cmd
	ended   chan struct{}
	output  *tail
	asked   atomic.Int64 // requests that the proxy of serveRefusals refused
}

// Main runs a replayer if this process was started by [Judge], and then exits. In every other process Main
// returns at once. A program that calls Judge must call Main first.
func Main() {
	if len(os.Args) != 3 || os.Args[1] != replayerVerb {
		return
	}
	// The kernel ends the program when the thread that started it ends.
	runtime.LockOSThread()
	if err := replayTask(context.Background(), os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// The files and the folder in the folder of a replayer.
const (
	taskFile    = "task.json"
	outcomeFile = "outcome.json"
	workDir     = "work"
)

func replayTask(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, taskFile))
	if err != nil {
		return err
	}
	r := &replayer{dir: dir, client: newClient()}
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

func (r *replayer) run(ctx context.Context) (o outcome) {
	defer func() { o.Refused = r.countRefused() }()
	if err := r.start(ctx); err != nil {
		o.NoStart, o.Printed = err.Error(), lastLine(r.output.String())
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
func (r *replayer) startAgain(ctx context.Context) error {
	select {
	case <-r.ended:
		return r.start(ctx)
	default:
		return nil
	}
}

// start starts the program, and waits until the program serves handlers.
func (r *replayer) start(ctx context.Context) error {
	r.output = &tail{}
	r.program = exec.Command(r.Program, r.Args...)
	r.program.Dir = filepath.Join(r.dir, workDir)
	r.program.Stdout = r.output
	r.program.Stderr = r.output
	r.program.WaitDelay = time.Second
	r.program.SysProcAttr = endsWithParent()
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
			return fmt.Errorf("the program ends before it serves (%s)", r.program.ProcessState)
		case <-ctx.Done():
			r.stop(syscall.SIGKILL)
			return fmt.Errorf("the program serves no handler within %v: %s", startLimit, why)
		}
	}
}

// discover asks a program which handlers it serves. The limit is one second, because a port of the
// program that is not for Restate may never answer.
func discover(ctx context.Context, addr string) ([]process.Handler, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return process.Discover(ctx, addr)
}

// setEnv sets the program's environment. Temporary files and the shop's database go to the program's
// folder, which is removed. If the network is open, setEnv also chooses the program's address, and sets
// a proxy for HTTP clients that refuses every request.
func (r *replayer) setEnv() (addr string, err error) {
	env := append(os.Environ(), "TMPDIR="+r.program.Dir, "PWD="+r.program.Dir, "SHOP_DATABASE=", "SHOP_DB="+filepath.Join(r.program.Dir, "shop.db"), "GOTRACEBACK=all")
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

// serveRefusals serves a proxy that counts and refuses all requests, until this process ends.
func (r *replayer) serveRefusals() (url string, err error) {
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

// candidates returns the addresses at which the program may serve. In an open network, that is the
// address addr that the program got in its environment. In a closed network, every port that is open
// belongs to the program.
func (r *replayer) candidates(addr string) []string {
	if r.Open {
		return []string{addr}
	}
	return listeningAddrs()
}

// countRefused returns how many requests to the outside world were refused so far.
func (r *replayer) countRefused() int {
	if r.Open {
		return int(r.asked.Load())
	}
	return countRefusals()
}

// endsWithinASecond reports whether the program has ended or ends within the next second.
func (r *replayer) endsWithinASecond() bool {
	select {
	case <-r.ended:
		return true
	case <-time.After(time.Second):
		return false
	}
}

// stop sends the signal s to the program, and SIGKILL if the program still runs 2 seconds later. stop
// returns when the program has ended.
func (r *replayer) stop(s syscall.Signal) {
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

// tail keeps the last bytes of a program's output.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const maxTail = 4 << 20 // bytes

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

// lastLine returns the last line of an output, cut to 300 characters. Empty lines at the end do not count.
func lastLine(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return fmt.Sprintf("%.300s", strings.TrimSpace(lines[len(lines)-1]))
}
