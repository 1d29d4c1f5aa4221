package stage

import (
	"context"
	"fmt"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/page"
)

// LessonPorts are the ports of a lesson that is served, above the port to call.
var LessonPorts = []int{AdminAbove, PageAbove}

// lessonRun is a lesson as make run serves it.
type lessonRun struct {
	stage   *Stage
	lesson  course.Lesson
	port    int // to call the lesson at
	page    *page.Page
	tables  *page.Tables
	rest    []*Program // the reference services that the lesson calls
	program *Program   // the learner's
	sources *Sources   // of the learner's program
}

// RunLesson serves the learner's copy of a lesson, and prints the journal of each
// invocation that ends, until ctx is done or a process ends. The options' addresses
// follow from port, at which the lesson is called.
func RunLesson(ctx context.Context, opts Options, l course.Lesson, port int) error {
	s := &lessonRun{lesson: l, port: port}
	if err := CheckPorts(port, LessonPorts, s.command()); err != nil {
		return err
	}
	if err := course.CheckImports(opts.Root, l); err != nil {
		return err
	}
	opts.Ingress, opts.Admin = Loopback(port), Loopback(port+AdminAbove)
	var err error
	if s.stage, err = New(ctx, opts); err == nil {
		err = s.run(ctx)
		s.stop()
	}
	if ctx.Err() != nil {
		fmt.Println("\nstopped; no process or temporary file is left")
		return nil
	}
	return err
}

// command returns the command that serves the lesson.
func (s *lessonRun) command() string { return fmt.Sprintf("make run %d", s.lesson.N) }

// run starts everything, prints what there is, and watches it.
func (s *lessonRun) run(ctx context.Context) error {
	if err := s.startAll(ctx); err != nil {
		return err
	}
	calls, err := s.callLines(ctx)
	if err != nil {
		return err
	}
	ended := s.watchEnds()
	if err := s.stage.Show(ctx, s.page, s.tables, s.port+PageAbove, s.rowsProgram()); err != nil {
		return err
	}
	s.introduce(calls)
	s.stage.Output.Show()
	printing, stop := context.WithCancel(ctx)
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		s.printJournals(printing, ended)
	}()
	err = s.watchProcesses(ctx)
	stop()
	<-printed // or it would print after the last line
	return err
}

// startAll builds everything and starts it, the learner's program last.
func (s *lessonRun) startAll(ctx context.Context) error {
	rest, err := course.Rest(s.stage.Root, s.lesson)
	if err != nil {
		return err
	}
	if err := s.buildAll(ctx, rest); err != nil {
		return err
	}
	if err := s.stage.StartServer(ctx); err != nil {
		return err
	}
	s.page, s.tables = s.stage.NewPage(s.command(), nil)
	if err := s.stage.StartSandbox(ctx); err != nil {
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
func (s *lessonRun) buildAll(ctx context.Context, rest []course.Lesson) error {
	fmt.Printf("building work/%s\n", s.lesson.Slug)
	s.sources = NewSources(s.stage.Root, "work/"+s.lesson.Slug)
	packages := []string{"./work/" + s.lesson.Slug}
	if s.lesson.SQLite {
		packages = append(packages, RowsPackage)
	}
	for _, l := range rest {
		packages = append(packages, "./solutions/"+l.Slug)
	}
	return s.stage.Build(ctx, packages...)
}

// startRest starts the reference's services of another lesson.
func (s *lessonRun) startRest(ctx context.Context, l course.Lesson) error {
	p, err := s.stage.StartProgram(ctx, "solutions/"+l.Slug, nil)
	s.rest = append(s.rest, p)
	if err != nil {
		return fmt.Errorf("%s does not run: %w", p.From, err)
	}
	return s.stage.Server.Admin().Register(ctx, p.Proxy.URL())
}

// startProgram starts the learner's program.
func (s *lessonRun) startProgram(ctx context.Context) error {
	var err error
	s.program, err = s.stage.StartProgram(ctx, "work/"+s.lesson.Slug, &s.stage.Output)
	if err != nil {
		if s.program.Process == nil || ctx.Err() != nil {
			return err
		}
		return ProgramError("the program does not serve: "+err.Error(), s.program.Output(), s.command())
	}
	return s.stage.Register(ctx, s.program.Proxy.URL(), s.command())
}

// programs returns all that were begun, the learner's first.
func (s *lessonRun) programs() []*Program {
	if s.program == nil {
		return s.rest
	}
	return append([]*Program{s.program}, s.rest...)
}

// rowsProgram returns the program that reads the database, "" in a lesson that has none.
func (s *lessonRun) rowsProgram() string {
	if !s.lesson.SQLite {
		return ""
	}
	return s.stage.Rows()
}

// introduce prints what runs, how to call it, and how to stop it.
func (s *lessonRun) introduce(calls []string) {
	fmt.Printf("\nlesson %d is served. Ctrl-C stops it\n\n", s.lesson.N)
	PrintProcess("restate", s.stage.Server.Pid(), s.stage.Ingress, s.stage.UI())
	PrintProcess("sandbox", s.stage.Sandbox.Pid(), s.stage.Sandbox.Addr(), "the ledger: "+s.stage.Ledger())
	for _, r := range s.rest {
		PrintProcess("rest", r.Pid(), r.Addr(), r.From)
	}
	PrintProcess("program", s.program.Pid(), s.program.Addr(), s.program.From)
	fmt.Printf("  %-8s  %s\n", "see it", "http://"+Loopback(s.port+PageAbove)+"/")
	fmt.Printf("  %-8s  %s, until you stop it\n", "data", s.stage.Dir)
	fmt.Printf("\ncall it from another terminal:\n\n")
	for _, c := range calls {
		fmt.Println("  " + c)
	}
}

// watchProcesses returns when a process has ended, or ctx is done.
func (s *lessonRun) watchProcesses(ctx context.Context) error {
	fell := make(chan *Program, len(s.rest))
	for _, r := range s.rest {
		go func() {
			<-r.Done()
			fell <- r
		}()
	}
	server, sandbox := s.stage.Server, s.stage.Sandbox
	select {
	case <-ctx.Done():
		return nil
	case <-s.program.Done():
		return ProgramError("the program ended: "+s.program.Exit(), s.program.Output(), s.command())
	case <-server.Done():
		return fmt.Errorf("restate-server ended, so the other processes end too")
	case <-sandbox.Done():
		return fmt.Errorf("the sandbox ended (%s): %s", sandbox.Exit(), LastWords(sandbox.Output()))
	case r := <-fell:
		return fmt.Errorf("%s ended (%s): %s", r.From, r.Exit(), LastWords(r.Output()))
	}
}

// stop ends the programs first, then the stage.
func (s *lessonRun) stop() {
	for _, p := range s.programs() {
		p.Stop()
	}
	s.stage.Stop()
}
