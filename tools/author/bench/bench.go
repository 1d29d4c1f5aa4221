// Package bench measures how long a learner waits: from the save of a file to the verdict, for the
// set-up of a new machine, and for the shop's orders. It also measures what these orders cost with
// one node of restate-server and with three.
package bench

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/stage"
)

// Options has the things to measure.
type Options struct {
	Root     string // the workbook's folder
	Keeper   *process.Keeper
	Runs     int  // how often each figure is measured
	Loop     bool // measure the time from the save of a file to the verdict
	Cold     bool // measure the set-up from empty caches
	Orders   bool // measure the shop's orders
	Machines bool // measure orders with one node of restate-server and with three
}

// bench is one measurement, with folders that the keeper knows.
type bench struct {
	Options
	dir string
}

// Run measures in a copy of the workbook, so that it does not change work/, and prints medians.
func Run(ctx context.Context, opts Options) error {
	if opts.Runs < 1 {
		return hint.New(hint.Usage, "for example: go tool author bench --runs=5", "a measurement needs at least one run, not %d runs", opts.Runs)
	}
	dir, err := opts.Keeper.MkdirTemp()
	if err != nil {
		return err
	}
	b := &bench{opts, dir}
	fmt.Printf("%s, %d processors, restate-server %s; medians of %d runs, seconds\n\n", runtime.Version(), runtime.NumCPU(), restate.Version, b.Runs)
	for _, part := range []struct {
		wanted  bool
		measure func(context.Context) error
	}{
		{b.Loop, b.measureLoop},
		{b.Cold, b.measureCold},
		{b.Orders, func(ctx context.Context) error { return b.runOrderbench(ctx, "rates,growth,crash,specified") }},
		{b.Machines, func(ctx context.Context) error { return b.runOrderbench(ctx, "machines") }},
	} {
		if !part.wanted {
			continue
		}
		if err := part.measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// measureLoop measures the time from the save of an edit to the verdict. It also measures the least
// time that is possible: the build and the link of the same edit, and the time from the server's
// start to a first answer.
func (b *bench) measureLoop(ctx context.Context) error {
	lessons, err := course.Lessons(b.Root)
	if err != nil {
		return err
	}
	red, green := filepath.Join(b.dir, "red"), filepath.Join(b.dir, "green")
	for tree, from := range map[string]string{red: "lessons", green: "solutions"} {
		if err := course.CopyWorkbook(b.Root, tree); err != nil {
			return err
		}
		for _, l := range lessons {
			if err := cut.CopyLesson(tree, l, from, l.Dir(tree, "work")); err != nil {
				return err
			}
		}
	}
	if err := gotool.Build(ctx, b.Keeper, b.Root, "build", "-buildvcs=false", "-o", b.dir, "./tools/workbook"); err != nil {
		return err
	}
	fmt.Println("save to verdict                             |    go test: ratio |             make watch: ratio")
	fmt.Println("                    build+link start  floor | red         green | red         green")
	for _, l := range lessons {
		if err := b.measureLesson(ctx, l, red, green); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) measureLesson(ctx context.Context, l course.Lesson, red, green string) error {
	figures := map[string][]time.Duration{}
	edit := 0
	timed := func(tree string, args ...string) (time.Duration, error) {
		edit++
		return b.timeTest(ctx, tree, l, edit, args...)
	}
	for run := -1; run < b.Runs; run++ { // the first run is a warm-up
		build, err1 := timed(green, "-run", "^$")
		start, err2 := b.timeStart(ctx, green, l)
		first, err3 := timed(red)
		all, err4 := timed(green)
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				return err
			}
		}
		if run < 0 {
			continue
		}
		for name, d := range map[string]time.Duration{"build": build, "start": start, "floor": build + start, "red": first, "green": all} {
			figures[name] = append(figures[name], d)
		}
	}
	for name, tree := range map[string]string{"watched red": red, "watched green": green} {
		var err error
		if figures[name], err = b.timeWatch(ctx, tree, l); err != nil {
			return err
		}
	}
	m := func(name string) float64 { return median(figures[name]).Seconds() }
	fmt.Printf("%-20s %10.2f %5.2f %6.2f |", l.Slug, m("build"), m("start"), m("floor"))
	for _, name := range []string{"red", "green", "watched red", "watched green"} {
		fmt.Printf(" %5.2f %5.2f", m(name), m(name)/m("floor"))
	}
	fmt.Println()
	return nil
}

// timeWatch measures the time from the save of a file to the verdict, while make watch runs.
func (b *bench) timeWatch(ctx context.Context, tree string, l course.Lesson) (took []time.Duration, err error) {
	cmd := exec.Command(filepath.Join(b.dir, "workbook"), "watch", strconv.Itoa(l.N))
	cmd.Dir = tree
	lines, stop, err := b.startLines(ctx, cmd)
	if err != nil {
		return nil, err
	}
	defer stop()
	verdict := func() error {
		for lines.Scan() {
			if strings.Contains(lines.Text(), "save to check again") {
				return nil
			}
		}
		return cmp.Or(ctx.Err(), fmt.Errorf("make watch %d has ended", l.N))
	}
	for run := -2; run < b.Runs; run++ { // the first two runs are the first check of make watch, and a warm-up
		start := time.Now()
		if run > -2 {
			if err := editLiteral(l.Dir(tree, "work"), -run-10); err != nil {
				return nil, err
			}
		}
		if err := verdict(); err != nil {
			return nil, err
		}
		if run >= 0 {
			took = append(took, time.Since(start))
		}
	}
	return took, nil
}

// startLines starts a command, and returns a scanner of the lines that the command prints. The
// lines end when the command ends, or when ctx is done. The function stop ends the command.
func (b *bench) startLines(ctx context.Context, cmd *exec.Cmd) (lines *bufio.Scanner, stop func() error, err error) {
	out, in := io.Pipe()
	cmd.Stdout = in
	p, err := process.Start(b.Keeper, cmd)
	if err != nil {
		return nil, nil, err
	}
	go func() {
		select {
		case <-p.Done():
		case <-ctx.Done():
			p.Stop()
		}
		in.Close()
	}()
	stop = func() error {
		out.Close() // a command that still prints must not block this process
		p.Stop()
		return p.Err()
	}
	return bufio.NewScanner(out), stop, nil
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}

// timeTest edits a literal in the learner's service, and measures how long the test of the lesson
// takes.
func (b *bench) timeTest(ctx context.Context, tree string, l course.Lesson, edit int, args ...string) (time.Duration, error) {
	if err := editLiteral(l.Dir(tree, "work"), edit); err != nil {
		return 0, err
	}
	temp, err := os.MkdirTemp(b.dir, "result")
	if err != nil {
		return 0, err
	}
	file := filepath.Join(temp, "result.json")
	start := time.Now()
	out, err := gotool.Run(ctx, b.Keeper, tree, append(os.Environ(), setting.Result+"="+file), nil,
		append(append([]string{"test"}, args...), "./work/"+l.Slug)...)
	took := time.Since(start)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	// The verdicts PASS and FAIL count. It is an error if this machine or the workbook is at fault.
	// It is also an error if there is no verdict, because then go test has answered from its cache,
	// or has built nothing.
	r, readErr := result.Read(file, "work", l.Slug)
	if readErr != nil || r.Word == result.Setup || r.Word == result.Broken {
		return 0, fmt.Errorf("go test ./work/%s: %s", l.Slug, errors.Join(err, readErr, errors.New(out+r.Text())))
	}
	return took, nil
}

// literal is code that runs. The linker would drop code that no function calls, and go test would
// answer from its cache.
const literal = "\nvar benchEdit []byte\n\nfunc init() { benchEdit = append(benchEdit, "

// editLiteral changes one literal in the first service of a lesson. If the lesson's program does
// not have that service yet, editLiteral changes main.go, because the program does not link other
// files.
func editLiteral(dir string, n int) error {
	main := filepath.Join(dir, "main.go")
	program, err := os.ReadFile(main)
	if err != nil {
		return err
	}
	file := main
	for _, s := range course.Glob(dir, "*/*.go") {
		pkg := filepath.Base(filepath.Dir(s))
		if strings.Contains(string(program), filepath.Base(dir)+"/"+pkg+`"`) {
			file = s
			break
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	src, _, _ := strings.Cut(string(b), literal)
	return os.WriteFile(file, fmt.Appendf(nil, "%s%s\"edit %d\"...) }\n", src, literal, n), 0o666)
}

// timeStart measures the time from the start of the server and the program, which start at the same
// time, to the first answer of the program's first handler.
func (b *bench) timeStart(ctx context.Context, tree string, l course.Lesson) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	s, err := stage.New(ctx, stage.Options{Root: tree, Keeper: b.Keeper})
	if err != nil {
		return 0, err
	}
	defer s.Stop()
	if err := gotool.Build(ctx, b.Keeper, tree, "build", "-o", s.Dir+"/bin/", "./work/"+l.Slug); err != nil {
		return 0, err
	}
	if err := s.StartSandbox(ctx); err != nil {
		return 0, err
	}
	start := time.Now()
	server := make(chan error, 1)
	go func() {
		var err error
		s.Server, err = restate.Start(ctx, b.Keeper, s.Binary, restate.Options{})
		server <- err
	}()
	program, err := s.StartProgram(ctx, "work/"+l.Slug, nil)
	defer program.Stop()
	if err = cmp.Or(err, <-server); err != nil {
		return 0, err
	}
	if err := awaitAnswer(ctx, s, program, l); err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

// awaitAnswer calls the lesson's first handler with a request that no handler accepts, and waits
// for an answer. Every answer counts.
func awaitAnswer(ctx context.Context, s *stage.Stage, program *stage.Program, l course.Lesson) error {
	if err := s.Server.Admin().Register(ctx, program.Proxy.URL()); err != nil {
		return err
	}
	calls, err := stage.ReadCalls(s.Root, l)
	if err == nil && len(calls) == 0 {
		err = fmt.Errorf("testdata/%s has no run.txt", l.Slug)
	}
	if err != nil {
		return err
	}
	_, err = s.Server.Ingress().Call(ctx, restate.Request{Path: calls[0].Path, Body: "[]"})
	if refused := new(restate.StatusError); errors.As(err, &refused) {
		return nil
	}
	return err
}

// measureCold runs the README's first command with empty caches, and prints each line with the time
// at which it came.
func (b *bench) measureCold(ctx context.Context) error {
	tree := filepath.Join(b.dir, "cold")
	if err := course.CopyWorkbook(b.Root, tree); err != nil {
		return err
	}
	env := append(environWithoutMake(), "XDG_CACHE_HOME="+filepath.Join(b.dir, "caches"), "GOMODCACHE="+filepath.Join(b.dir, "modules"),
		"GOCACHE="+filepath.Join(b.dir, "builds"), "GOFLAGS=-modcacherw")
	first, err := course.First(b.Root)
	if err != nil {
		return err
	}
	sqlite, err := course.FirstWithSQLite(b.Root)
	if err != nil {
		return err
	}
	for _, l := range []course.Lesson{first, sqlite} {
		fmt.Printf("\nset-up from cold caches: make lesson %d\n", l.N)
		if l.N != first.N {
			fmt.Printf("(after lesson %d: what is left is SQLite)\n", first.N)
		}
		if err := b.timeLines(ctx, tree, env, "make", "lesson", strconv.Itoa(l.N)); err != nil {
			return err
		}
	}
	return nil
}

// environWithoutMake returns the environment of this process without the variables that make has
// set.
func environWithoutMake() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "MAKEFLAGS" || name == "MFLAGS" || name == "MAKELEVEL"
	})
}

func (b *bench) timeLines(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	start := time.Now()
	lines, wait, err := b.startLines(ctx, cmd)
	if err != nil {
		return err
	}
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "go: downloading ") {
			continue
		}
		fmt.Printf("%7.1f  %s\n", time.Since(start).Seconds(), lines.Text())
	}
	return cmp.Or(ctx.Err(), wait())
}

// runOrderbench builds the program orderbench and runs some of its parts. It is a program of its
// own, because it links SQLite and PostgreSQL's driver.
func (b *bench) runOrderbench(ctx context.Context, parts string) error {
	binary := filepath.Join(b.dir, "orderbench")
	if err := gotool.Build(ctx, b.Keeper, b.Root, "build", "-buildvcs=false", "-o", binary, "./tools/author/orderbench"); err != nil {
		return err
	}
	cmd := exec.Command(binary, "-root", b.Root, "-runs", strconv.Itoa(b.Runs), "-only", parts)
	cmd.Dir, cmd.Stdout = b.Root, os.Stdout
	if _, err := process.Run(ctx, b.Keeper, cmd); err != nil {
		return fmt.Errorf("orderbench: %w", err)
	}
	return nil
}
