package main

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

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// shop is everything that make run runs.
type shop struct {
	root           string
	lesson         course.Lesson
	ingress, admin string // host:port

	keeper  *restate.Keeper
	dir     string // all its data; gone when the shop is
	server  *restate.Server
	sandbox *process.Process
	outside *sandbox.Client
	rest    []*program // the reference services that the lesson calls
	program *program   // the learner's
	live    *live      // what the program says
}

// program serves Restate services behind a proxy.
type program struct {
	*process.Process
	from  string // its source: work/01-concepts
	proxy *proxy.Proxy
}

// programs are all that were begun, the learner's first.
func (s *shop) programs() []*program {
	if s.program == nil {
		return s.rest
	}
	return append([]*program{s.program}, s.rest...)
}

func (s *shop) ledger() string { return filepath.Join(s.dir, "ledger.jsonl") }

// start builds everything and starts it, the learner's program last.
func (s *shop) start(ctx context.Context) error {
	var err error
	if s.keeper, err = restate.NewKeeper(); err != nil {
		return err
	}
	if s.dir, err = s.keeper.MkdirTemp(); err != nil {
		return err
	}
	binary, err := restate.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	rest, err := course.Rest(s.root, s.lesson)
	if err != nil {
		return err
	}
	if err := s.build(ctx, rest); err != nil {
		return err
	}
	s.server, err = restate.Start(ctx, s.keeper, binary, restate.Options{
		Dir: filepath.Join(s.dir, "restate"), IngressAddr: s.ingress, AdminAddr: s.admin,
	})
	if err != nil {
		return err
	}
	if err := s.startSandbox(ctx); err != nil {
		return err
	}
	for _, l := range rest {
		if err := s.startRest(ctx, l); err != nil {
			return err
		}
	}
	return s.startProgram(ctx)
}

// build makes a binary of each program, named after its lesson.
func (s *shop) build(ctx context.Context, rest []course.Lesson) error {
	fmt.Printf("building work/%s\n", s.lesson.Slug)
	args := slices.Concat([]string{"build"}, linkFast, []string{"-o", s.dir + "/bin/", "./work/" + s.lesson.Slug})
	for _, l := range rest {
		args = append(args, "./solutions/"+l.Slug)
	}
	return build(ctx, s.keeper, s.root, args...)
}

func (s *shop) startSandbox(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s.sandbox, err = process.Serve(ctx, s.keeper, func(addr string) *exec.Cmd {
		return exec.Command(self, "sandbox", "-listen", addr, "-ledger", s.ledger())
	}, (*process.Process).Listening)
	if err != nil {
		return fmt.Errorf("the sandbox does not run: %w", err)
	}
	s.outside = sandbox.NewClient("http://" + s.sandbox.Addr())
	return nil
}

func (s *shop) startRest(ctx context.Context, l course.Lesson) error {
	p := &program{from: "solutions/" + l.Slug}
	s.rest = append(s.rest, p)
	if err := s.serve(ctx, p, nil); err != nil {
		return fmt.Errorf("%s does not run: %w", p.from, err)
	}
	return s.server.Admin().Register(ctx, p.proxy.URL())
}

func (s *shop) startProgram(ctx context.Context) error {
	s.program = &program{from: "work/" + s.lesson.Slug}
	s.live = &live{}
	if err := s.serve(ctx, s.program, s.live); err != nil {
		if s.program.Process == nil || ctx.Err() != nil {
			return err
		}
		return s.unfit("the program does not serve: "+err.Error(), s.program.Output())
	}
	err := s.server.Admin().Register(ctx, s.program.proxy.URL())
	var refused *restate.StatusError
	if errors.As(err, &refused) {
		return s.unfit("restate-server refuses the program: "+refused.Message, "")
	}
	return err
}

// serve starts a program on a free port, with a proxy in front of it.
func (s *shop) serve(ctx context.Context, p *program, says io.Writer) error {
	var err error
	if p.proxy, err = proxy.Listen(); err != nil {
		return err
	}
	p.Process, err = process.Serve(ctx, s.keeper, func(addr string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(s.dir, "bin", filepath.Base(p.from)))
		cmd.Stdout, cmd.Env = says, s.env(addr)
		return cmd
	}, (*process.Process).Up)
	if err != nil {
		return err
	}
	p.proxy.Connect(p.Addr())
	return nil
}

// env is what a program finds in its environment.
func (s *shop) env(listen string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "SHOP_FAILPOINT=") })
	return append(env,
		"LISTEN="+listen,
		"SANDBOX_URL=http://"+s.sandbox.Addr(),
		"SHOP_DB="+filepath.Join(s.dir, "shop.db"))
}

// stop ends everything, the ledger last, and removes the data.
func (s *shop) stop() {
	for _, p := range s.programs() {
		p.stop()
	}
	if s.server != nil {
		s.server.Stop()
	}
	if s.sandbox != nil {
		s.sandbox.Stop()
	}
	if s.keeper != nil {
		s.keeper.Close()
	}
}

func (p *program) stop() {
	if p.Process != nil {
		p.Stop()
	}
	if p.proxy != nil {
		p.proxy.Close()
	}
}
