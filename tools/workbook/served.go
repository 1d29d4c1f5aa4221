package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// served is a lesson as make run serves it.
type served struct {
	base
	lesson  course.Lesson
	port    int // to call it at
	page    *page.Page
	tables  *page.Tables
	rest    []*program // the reference services that the lesson calls
	program *program   // the learner's
}

// program serves Restate services behind a proxy.
type program struct {
	*process.Process
	from  string // its source: work/01-concepts
	proxy *proxy.Proxy
}

// programs are all that were begun, the learner's first.
func (s *served) programs() []*program {
	if s.program == nil {
		return s.rest
	}
	return append([]*program{s.program}, s.rest...)
}

// again is the command that does it all once more.
func (s *served) again() string { return fmt.Sprintf("make run %d", s.lesson.N) }

// rows is the program that reads the database, "" in a lesson that has none.
func (s *served) rows() string {
	if !s.lesson.SQLite {
		return ""
	}
	return s.base.rows()
}

// start builds everything and starts it, the learner's program last.
func (s *served) start(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	rest, err := course.Rest(s.root, s.lesson)
	if err != nil {
		return err
	}
	if err := s.buildAll(ctx, rest); err != nil {
		return err
	}
	if err := s.startServer(ctx); err != nil {
		return err
	}
	s.page, s.tables = s.base.newPage(s.again(), nil)
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

// buildAll makes a binary of each program, named after its lesson.
func (s *served) buildAll(ctx context.Context, rest []course.Lesson) error {
	fmt.Printf("building work/%s\n", s.lesson.Slug)
	packages := []string{"./work/" + s.lesson.Slug}
	if s.lesson.SQLite {
		packages = append(packages, rowsPackage)
	}
	for _, l := range rest {
		packages = append(packages, "./solutions/"+l.Slug)
	}
	return s.build(ctx, packages...)
}

func (s *served) startSandbox(ctx context.Context) error {
	cmd, err := s.sandboxAt()
	if err != nil {
		return err
	}
	if s.sandbox, err = process.Serve(ctx, s.keeper, cmd, (*process.Process).Listening); err != nil {
		return fmt.Errorf("the sandbox does not run: %w", err)
	}
	s.outside = sandbox.NewClient("http://" + s.sandbox.Addr())
	return nil
}

func (s *served) startRest(ctx context.Context, l course.Lesson) error {
	p := &program{from: "solutions/" + l.Slug}
	s.rest = append(s.rest, p)
	if err := s.serve(ctx, p, nil); err != nil {
		return fmt.Errorf("%s does not run: %w", p.from, err)
	}
	return s.server.Admin().Register(ctx, p.proxy.URL())
}

func (s *served) startProgram(ctx context.Context) error {
	s.program = &program{from: "work/" + s.lesson.Slug}
	if err := s.serve(ctx, s.program, &s.live); err != nil {
		if s.program.Process == nil || ctx.Err() != nil {
			return err
		}
		return unfit("the program does not serve: "+err.Error(), s.program.Output(), s.again())
	}
	return s.register(ctx, s.program.proxy.URL(), s.again())
}

// serve starts a program on a free port, with a proxy in front of it.
func (s *served) serve(ctx context.Context, p *program, says io.Writer) error {
	var err error
	if p.proxy, err = proxy.Listen(); err != nil {
		return err
	}
	p.Process, err = process.Serve(ctx, s.keeper, func(addr string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(s.dir, "bin", filepath.Base(p.from)))
		cmd.Stdout, cmd.Env = says, s.env(addr, s.sandbox.Addr())
		return cmd
	}, (*process.Process).Up)
	if err != nil {
		return err
	}
	p.proxy.Connect(p.Addr())
	return nil
}

// stop ends the programs first.
func (s *served) stop() {
	for _, p := range s.programs() {
		p.stop()
	}
	s.base.stop()
}

func (p *program) stop() {
	if p.Process != nil {
		p.Stop()
	}
	if p.proxy != nil {
		p.proxy.Close()
	}
}
