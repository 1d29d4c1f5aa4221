package check

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"example.com/workbook/tools/restate"
)

// child is one process started from the test binary under another name.
type child struct {
	name   string
	cmd    *exec.Cmd
	keeper *restate.Keeper
	out    *capped
	done   chan struct{} // closed when the process has ended and was reaped
	err    error         // how it ended; read after done
	addr   string        // host:port that it was told to listen on
}

// spawn starts the test binary as the named program, in a process group of its
// own, so that what it starts itself goes with it.
func spawn(k *restate.Keeper, name string, args []string, env ...string) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{name: name, keeper: k, out: &capped{}, done: make(chan struct{})}
	c.cmd = &exec.Cmd{
		Path:        exe,
		Args:        append([]string{name}, args...),
		Env:         append(os.Environ(), env...),
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
		Stdout:      c.out,
		Stderr:      c.out,
		WaitDelay:   time.Second, // a grandchild may hold the pipe open
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	if err := k.Process(c.cmd.Process.Pid); err != nil {
		c.kill()
		return nil, err
	}
	go c.reap()
	return c, nil
}

func (c *child) reap() {
	c.err = c.cmd.Wait()
	c.keeper.Gone(c.cmd.Process.Pid)
	close(c.done)
}

// kill sends SIGKILL to the whole process group and waits for the end.
func (c *child) kill() {
	syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	<-c.done
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// exit says how the process ended, in words for people.
func (c *child) exit() string {
	<-c.done
	if c.err == nil {
		return "exit code 0"
	}
	return c.err.Error()
}

// listening waits until the process accepts connections on its address.
func (c *child) listening(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("tcp", c.addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-c.done:
			return fmt.Errorf("it ended before it listened (%s)", c.exit())
		case <-ctx.Done():
			return fmt.Errorf("nothing listens on %s", c.addr)
		case <-tick.C:
		}
	}
}

// freeAddr is a loopback address that was free a moment ago.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// maxOutput is how many bytes of a child's output are kept; the rest is read
// and dropped, so that a program that prints without end neither blocks nor
// fills the memory.
const maxOutput = 1 << 20

type capped struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if room := maxOutput - c.buf.Len(); room > 0 {
		c.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (c *capped) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}

var _ io.Writer = (*capped)(nil)

func filesIn(dir, pattern string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	return files
}
