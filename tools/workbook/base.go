package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// base is what programs are served on: restate-server and the sandbox, in a
// folder that is gone when they are.
type base struct {
	root           string
	ingress, admin string // host:port

	keeper  *process.Keeper
	dir     string // all data
	binary  string // restate-server
	server  *restate.Server
	sandbox *process.Process
	outside *sandbox.Client
	live    live // what the program says
}

func (b *base) ledger() string   { return filepath.Join(b.dir, "ledger.jsonl") }
func (b *base) database() string { return filepath.Join(b.dir, "shop.db") }

func (b *base) ui() string { return "its own page: http://" + b.admin + "/ui/" }

func (b *base) rows() string { return filepath.Join(b.dir, "bin", filepath.Base(rowsPackage)) }

// rowsPackage reads the database: this tool must not link SQLite.
const rowsPackage = "./tools/rows"

// prepare makes the folder and finds the server.
func (b *base) prepare(ctx context.Context) (err error) {
	if b.dir, err = b.keeper.MkdirTemp(); err != nil {
		return err
	}
	b.binary, err = restate.Find(ctx, os.Stderr)
	return err
}

// build makes binaries of packages, in the folder bin, each named as its own.
func (b *base) build(ctx context.Context, args ...string) error {
	return gotool.Build(ctx, b.keeper, b.root, slices.Concat([]string{"build"}, gotool.LinkFast, []string{"-o", b.dir + "/bin/"}, args)...)
}

func (b *base) startServer(ctx context.Context) (err error) {
	b.server, err = restate.Start(ctx, b.keeper, b.binary, restate.Options{
		Dir: filepath.Join(b.dir, "restate"), IngressAddr: b.ingress, AdminAddr: b.admin,
	})
	return err
}

// sandboxAt is how the sandbox is started: it is this program too.
func (b *base) sandboxAt(args ...string) (func(addr string) *exec.Cmd, error) {
	self, err := os.Executable()
	return func(addr string) *exec.Cmd {
		return exec.Command(self, append([]string{"sandbox", "-listen", addr, "-ledger", b.ledger()}, args...)...)
	}, err
}

// register makes a program known to restate-server. What that refuses is for
// the learner to mend.
func (b *base) register(ctx context.Context, url, again string) error {
	err := b.server.Admin().Register(ctx, url)
	var refused *restate.StatusError
	if errors.As(err, &refused) {
		return unfit("restate-server refuses the program: "+refused.Message, "", again)
	}
	return err
}

// env is what a program finds in its environment.
func (b *base) env(listen, sandbox string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "SHOP_FAILPOINT=") })
	return append(env, "LISTEN="+listen, "SANDBOX_URL=http://"+sandbox, "SHOP_DB="+b.database())
}

// stop ends everything, the ledger last, and removes the data.
func (b *base) stop() {
	if b.server != nil {
		b.server.Stop()
	}
	if b.sandbox != nil {
		b.sandbox.Stop()
	}
	if b.dir != "" {
		b.keeper.RemoveDir(b.dir)
	}
}

// unfit tells the learner what is the matter with their program.
func unfit(what, output, again string) error {
	fmt.Fprintf(os.Stderr, "\n%s%s\nhint: everything was stopped; mend it, then: %s\n", what, wordsOf(output), again)
	return hint.ExitRed
}

// wordsOf is the end of a program's output, below what is the matter with it.
func wordsOf(output string) string {
	words := lastWords(output)
	if words == "" {
		return ""
	}
	return "\nits last words:\n  | " + strings.ReplaceAll(words, "\n", "\n  | ")
}

// introduceOne says what a process is and where it listens.
func introduceOne(name string, pid int, at, what string) {
	fmt.Printf("  %-8s  pid %-7d  %-22s  %s\n", name, pid, at, what)
}

// adminAbove is what lies between the two ports that Restate's own
// documentation uses, 8080 and 9070.
const adminAbove = 9070 - 8080

// pageAbove is what lies between the port to call and that of the page which
// shows what happens.
const pageAbove = 9095 - 8080

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// usable says whether a port, and those that lie so far above it, can be had.
func usable(port int, above []int, command string) error {
	top := 65535 - slices.Max(above)
	if port < 1024 || port > top {
		return hint.New(hint.Usage, fmt.Sprintf("for example: %s PORT=18080", command), "a port is 1024 to %d, not %d", top, port)
	}
	for _, a := range append([]int{0}, above...) {
		if err := free(port + a); errors.Is(err, syscall.EADDRINUSE) {
			return hint.New(hint.Setup, fmt.Sprintf("stop what listens there, or: %s PORT=%d", command, otherPort(above)),
				"port %d is taken, by a make run, shop or class perhaps", port+a)
		} else if err != nil {
			return hint.New(hint.Setup, fmt.Sprintf("try another: %s PORT=%d", command, otherPort(above)), "cannot listen on port %d: %w", port+a, err)
		}
	}
	return nil
}

func free(port int) error {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return err
	}
	return l.Close()
}

// otherPort is one that would do now.
func otherPort(above []int) int {
	for port := 18080; port+slices.Max(above) <= 65535; port += 100 {
		if !slices.ContainsFunc(append([]int{0}, above...), func(a int) bool { return free(port+a) != nil }) {
			return port
		}
	}
	return 18080
}
