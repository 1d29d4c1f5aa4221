// Package stage has what programs are served on: restate-server, the sandbox,
// proxies in front of the programs, the ports, and the page that shows what
// happens. It serves a learner's lesson, and runs a lesson's crash story.
package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// Options are what a stage is made of.
type Options struct {
	Root    string // of the workbook
	Keeper  *process.Keeper
	Ingress string // host:port
	Admin   string // host:port
	Nodes   int    // of restate-server; 0 is one server. With several, the rows are in PostgreSQL
	Binary  string // restate-server; "" for the one that restate.Find finds
}

// Stage is what programs are served on: restate-server and the sandbox, with a
// folder for their data.
type Stage struct {
	Options
	Dir     string           // of all data, removed by Stop
	Server  *restate.Server  // nil where there are several nodes
	Cluster *cluster.Cluster // nil where there is one server

	Postgres *postgres.Server // nil where the rows are in a SQLite file
	Sandbox  *process.Process
	Outside  *sandbox.Client // of the sandbox
	Output   Output          // what the program prints
}

// RowsPackage is the program that reads the database. It is apart from the learners'
// command, which must not link SQLite.
const RowsPackage = "./tools/rows"

// PostgresRowsPackage is the program that reads a database in PostgreSQL.
const PostgresRowsPackage = "./tools/rows/pgrows"

// New makes a stage's folder and finds restate-server. It starts nothing.
func New(ctx context.Context, opts Options) (*Stage, error) {
	s := &Stage{Options: opts}
	err := process.CheckLoopback()
	if err != nil {
		return s, err
	}
	if s.Dir, err = s.Keeper.MkdirTemp(); err != nil {
		return nil, err
	}
	if s.Binary == "" {
		s.Binary, err = restate.Find(ctx, os.Stderr)
	}
	return s, err
}

// Ledger returns the path of the sandbox's ledger.
func (s *Stage) Ledger() string { return filepath.Join(s.Dir, "ledger.jsonl") }

// Database returns where the shop's rows are, as the program reads it from SHOP_DATABASE: the
// path of a file, or the address of the PostgreSQL that runs.
func (s *Stage) Database() string {
	if s.Postgres != nil {
		return s.Postgres.Address()
	}
	return filepath.Join(s.Dir, "shop.db")
}

// RowsPackage returns the package of the program that reads the database.
func (s *Stage) RowsPackage() string {
	if s.Nodes > 1 {
		return PostgresRowsPackage
	}
	return RowsPackage
}

// Rows returns the path of the program that reads the database.
func (s *Stage) Rows() string { return s.BinaryOf(s.RowsPackage()) }

// UI returns where Restate's own page is, as a line of an introduction.
func (s *Stage) UI() string { return "Restate's page: http://" + s.Admin + "/ui/" }

// BinaryOf returns the path of the binary that Build makes of a package.
func (s *Stage) BinaryOf(pkg string) string { return filepath.Join(s.Dir, "bin", filepath.Base(pkg)) }

// Build makes binaries of packages, each named as its own. The arguments are those
// of go build.
func (s *Stage) Build(ctx context.Context, args ...string) error {
	return gotool.Build(ctx, s.Keeper, s.Root, slices.Concat([]string{"build"}, gotool.LinkFast, []string{"-o", s.Dir + "/bin/"}, args)...)
}

// StartServer starts restate-server.
func (s *Stage) StartServer(ctx context.Context) (err error) {
	s.Server, err = restate.Start(ctx, s.Keeper, s.Binary, restate.Options{
		Dir: filepath.Join(s.Dir, "restate"), IngressAddr: s.Ingress, AdminAddr: s.Admin,
	})
	return err
}

// SandboxCommand returns the command that starts the sandbox at an address. The
// sandbox is a verb of our own binary.
func (s *Stage) SandboxCommand(args ...string) (func(addr string) *exec.Cmd, error) {
	self, err := os.Executable()
	return func(addr string) *exec.Cmd {
		return exec.Command(self, append([]string{"sandbox", "-listen", addr, "-ledger", s.Ledger()}, args...)...)
	}, err
}

// StartSandbox starts the sandbox on a free port.
func (s *Stage) StartSandbox(ctx context.Context) error {
	cmd, err := s.SandboxCommand()
	if err != nil {
		return err
	}
	if s.Sandbox, err = process.Serve(ctx, s.Keeper, cmd, (*process.Process).Listening); err != nil {
		return fmt.Errorf("the sandbox does not run: %w", err)
	}
	s.Outside = sandbox.NewClient("http://" + s.Sandbox.Addr())
	return nil
}

// Program serves Restate services behind a proxy.
type Program struct {
	*process.Process
	From  string // its source: work/01-concepts
	Proxy *proxy.Proxy
}

// StartProgram starts the program that Build made of a folder, on a free port with
// a proxy in front of it. Where it fails, the program may still have to be stopped.
func (s *Stage) StartProgram(ctx context.Context, from string, output io.Writer) (*Program, error) {
	p := &Program{From: from}
	var err error
	if p.Proxy, err = proxy.Listen(); err != nil {
		return p, err
	}
	p.Process, err = process.Serve(ctx, s.Keeper, func(addr string) *exec.Cmd {
		cmd := exec.Command(s.BinaryOf(from))
		cmd.Stdout, cmd.Env = output, s.Env(addr, s.Sandbox.Addr())
		return cmd
	}, (*process.Process).Up)
	if err != nil {
		return p, err
	}
	p.Proxy.Connect(p.Addr())
	return p, nil
}

// Stop ends the program and its proxy.
func (p *Program) Stop() {
	if p.Process != nil {
		p.Process.Stop()
	}
	if p.Proxy != nil {
		p.Proxy.Close()
	}
}

// Env returns a program's environment.
func (s *Stage) Env(listen, sandbox string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "SHOP_FAILPOINT=") || strings.HasPrefix(v, "SHOP_DATABASE=")
	})
	database := "SHOP_DB="
	if s.Postgres != nil {
		database = "SHOP_DATABASE="
	}
	return append(env, "LISTEN="+listen, "SANDBOX_URL=http://"+sandbox, database+s.Database())
}

// Register makes a program known to restate-server. What the server refuses is for
// the learner to repair; retry is the command to run then.
func (s *Stage) Register(ctx context.Context, url, retry string) error {
	err := s.register(ctx, url)
	var refused *restate.StatusError
	if errors.As(err, &refused) {
		return ProgramError("restate-server refuses the program: "+refused.Message, "", retry)
	}
	return err
}

// Stop ends everything, the sandbox and its ledger last, and removes the data.
func (s *Stage) Stop() {
	if s.Server != nil {
		s.Server.Stop()
	}
	if s.Cluster != nil {
		s.Cluster.Stop()
	}
	if s.Postgres != nil {
		s.Postgres.Stop()
	}
	if s.Sandbox != nil {
		s.Sandbox.Stop()
	}
	s.Keeper.RemoveDir(s.Dir)
}

// ProgramError prints what is wrong with the learner's program, with the end of its
// output, and returns the exit code of a red check.
func ProgramError(what, output, retry string) error {
	fmt.Fprintf(os.Stderr, "\n%s%s\nhint: everything was stopped. fix the program, then: %s\n", what, QuoteLastWords(output), retry)
	return hint.ExitRed
}

// QuoteLastWords returns the end of a program's output, as a block to print below
// what is wrong with it.
func QuoteLastWords(output string) string {
	words := LastWords(output)
	if words == "" {
		return ""
	}
	return "\nthe program's last lines:\n  | " + strings.ReplaceAll(words, "\n", "\n  | ")
}

// PrintProcess prints what a process is, and where it listens.
func PrintProcess(name string, pid int, addr, what string) {
	fmt.Printf("  %-8s  pid %-7d  %-22s  %s\n", name, pid, addr, what)
}
