package main

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
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

type benchCmd struct {
	Runs   int  `default:"5" help:"How often each figure is measured; medians are printed."`
	Loop   bool `default:"true" negatable:"" help:"Measure from save to verdict."`
	Cold   bool `default:"true" negatable:"" help:"Measure set-up from empty caches."`
	Orders bool `default:"true" negatable:"" help:"Measure the shop's orders."`
}

// Run measures in a copy of the workbook, so that work/ is left alone.
func (c benchCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if c.Runs < 1 {
		return hint.New(hint.Usage, "for example: go tool workbook bench --runs=5", "there is nothing to measure in %d runs", c.Runs)
	}
	dir, err := k.MkdirTemp()
	if err != nil {
		return err
	}
	b := &bench{keeper: k, root: p.root, dir: dir, runs: c.Runs}
	fmt.Printf("%s, %d processors, restate-server %s; medians of %d runs, seconds\n\n", runtime.Version(), runtime.NumCPU(), restate.Version, c.Runs)
	for _, part := range []struct {
		wanted  bool
		measure func(context.Context) error
	}{{c.Loop, b.loop}, {c.Cold, b.cold}, {c.Orders, b.orders}} {
		if !part.wanted {
			continue
		}
		if err := part.measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// bench is one measurement, in folders that the keeper knows.
type bench struct {
	keeper    *process.Keeper
	root, dir string
	runs      int
}

// loop measures from the save of an edit to the verdict, beside the floor: the
// build and link of the same edit, and the server's start to a first answer.
func (b *bench) loop(ctx context.Context) error {
	lessons, err := course.Lessons(b.root)
	if err != nil {
		return err
	}
	red, green := filepath.Join(b.dir, "red"), filepath.Join(b.dir, "green")
	for tree, from := range map[string]string{red: "lessons", green: "solutions"} {
		if err := copyWorkbook(b.root, tree); err != nil {
			return err
		}
		for _, l := range lessons {
			if err := copyLesson(tree, l, from, l.Dir(tree, "work")); err != nil {
				return err
			}
		}
	}
	fmt.Println("save to verdict                             |    go test: ratio |             make watch: ratio")
	fmt.Println("                    build+link start  floor | red         green | red         green")
	for _, l := range lessons {
		if err := b.lesson(ctx, l, red, green); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) lesson(ctx context.Context, l course.Lesson, red, green string) error {
	figures := map[string][]time.Duration{}
	edit := 0
	timed := func(tree string, args ...string) (time.Duration, error) {
		edit++
		return b.timeTest(ctx, tree, l, edit, args...)
	}
	for run := -1; run < b.runs; run++ { // the first is a warm-up
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

// timeWatch measures from save to verdict where make watch runs already.
func (b *bench) timeWatch(ctx context.Context, tree string, l course.Lesson) (took []time.Duration, err error) {
	tool, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(tool, "watch", strconv.Itoa(l.N))
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
	for run := -2; run < b.runs; run++ { // its own first check, and a warm-up
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

// startLines starts a command and returns a scanner of the lines it prints. They
// end with the command, or when ctx does. stop ends the command.
func (b *bench) startLines(ctx context.Context, cmd *exec.Cmd) (lines *bufio.Scanner, stop func() error, err error) {
	out, in := io.Pipe()
	cmd.Stdout = in
	p, err := process.Start(b.keeper, cmd)
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
		out.Close() // a command that still prints is not to wait for us
		p.Stop()
		return p.Err()
	}
	return bufio.NewScanner(out), stop, nil
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}

// timeTest edits a literal in the learner's service and tests the lesson.
func (b *bench) timeTest(ctx context.Context, tree string, l course.Lesson, edit int, args ...string) (time.Duration, error) {
	if err := editLiteral(l.Dir(tree, "work"), edit); err != nil {
		return 0, err
	}
	temp, err := os.MkdirTemp(b.dir, "result")
	if err != nil {
		return 0, err
	}
	file := filepath.Join(temp, "result.json")
	cmd := exec.Command("go", append(append([]string{"test"}, args...), "./work/"+l.Slug)...)
	cmd.Dir, cmd.Env = tree, append(os.Environ(), setting.Result+"="+file)
	start := time.Now()
	out, err := process.Run(ctx, b.keeper, cmd)
	took := time.Since(start)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	// A red verdict is what was asked for. One that this machine or the workbook
	// is to blame for is not, nor is none at all: go test answered from its cache,
	// or built nothing.
	r, readErr := result.Read(file, "work", l.Slug)
	if readErr != nil || r.Word == result.Setup || r.Word == result.Broken {
		return 0, fmt.Errorf("go test ./work/%s: %s", l.Slug, errors.Join(err, readErr, errors.New(out+r.Text())))
	}
	return took, nil
}

// literal is reached at run time: what is not, the linker drops, and go test
// would answer from its cache.
const literal = "\nvar benchEdit []byte\n\nfunc init() { benchEdit = append(benchEdit, "

// editLiteral changes one literal in the first service of a lesson that its program
// has, or in main.go where that has none yet: what the program lacks is not linked.
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

// timeStart is from the start of server and program, side by side, to the
// first answer of the program's first handler.
func (b *bench) timeStart(ctx context.Context, tree string, l course.Lesson) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	s := &served{lesson: l, base: base{root: tree, keeper: b.keeper}}
	defer s.stop()
	if err := s.prepare(ctx); err != nil {
		return 0, err
	}
	if err := gotool.Build(ctx, s.keeper, tree, "build", "-o", s.dir+"/bin/", "./work/"+l.Slug); err != nil {
		return 0, err
	}
	if err := s.startSandbox(ctx); err != nil {
		return 0, err
	}
	start := time.Now()
	server := make(chan error, 1)
	go func() {
		var err error
		s.server, err = restate.Start(ctx, s.keeper, s.binary, restate.Options{})
		server <- err
	}()
	s.program = &program{from: "work/" + l.Slug}
	err := s.serve(ctx, s.program, nil)
	if err2 := <-server; err == nil {
		err = err2
	}
	if err != nil {
		return 0, err
	}
	if err := s.firstAnswer(ctx); err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

// firstAnswer calls the lesson's first handler with what no handler takes: that
// it answers is enough.
func (s *served) firstAnswer(ctx context.Context) error {
	if err := s.server.Admin().Register(ctx, s.program.proxy.URL()); err != nil {
		return err
	}
	calls, err := readCalls(s.root, s.lesson)
	if err == nil && len(calls) == 0 {
		err = fmt.Errorf("testdata/%s has no run.txt", s.lesson.Slug)
	}
	if err != nil {
		return err
	}
	_, err = s.server.Ingress().Call(ctx, restate.Request{Path: calls[0].path, Body: "[]"})
	if refused := new(restate.StatusError); errors.As(err, &refused) {
		return nil
	}
	return err
}

// cold runs the README's first command with every cache empty, and prints each
// line with the time when it came.
func (b *bench) cold(ctx context.Context) error {
	tree := filepath.Join(b.dir, "cold")
	if err := copyWorkbook(b.root, tree); err != nil {
		return err
	}
	env := append(notUnderMake(), "XDG_CACHE_HOME="+filepath.Join(b.dir, "caches"), "GOMODCACHE="+filepath.Join(b.dir, "modules"),
		"GOCACHE="+filepath.Join(b.dir, "builds"), "GOFLAGS=-modcacherw")
	for _, goal := range []string{"1", "3"} {
		fmt.Printf("\nset-up from cold caches: make lesson %s\n", goal)
		if goal != "1" {
			fmt.Println("(after lesson 1: what is left is SQLite)")
		}
		if err := b.timeLines(ctx, tree, env, "make", "lesson", goal); err != nil {
			return err
		}
	}
	return nil
}

// notUnderMake is our environment without what a make above us put there.
func notUnderMake() []string {
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

// orders runs a program of its own, since it links what the tool does not.
func (b *bench) orders(ctx context.Context) error {
	binary := filepath.Join(b.dir, "orderbench")
	for _, args := range [][]string{
		{"go", "build", "-buildvcs=false", "-o", binary, "./tools/orderbench"},
		{binary, "-root", b.root, "-runs", strconv.Itoa(b.runs)},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Stdout = b.root, os.Stdout
		if _, err := process.Run(ctx, b.keeper, cmd); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(args[0]), err)
		}
	}
	return nil
}

// copyWorkbook copies what the workbook is made of, without work/.
func copyWorkbook(root, to string) error {
	return copyParts(root, to, "lessons", "solutions", "testdata", "tools", "go.mod", "go.sum", "Makefile", "README.md")
}

// copyParts copies files and folders by name.
func copyParts(from, to string, names ...string) error {
	for _, name := range names {
		source, target := filepath.Join(from, name), filepath.Join(to, name)
		info, err := os.Stat(source)
		if err != nil {
			return err
		}
		if info.IsDir() {
			err = os.CopyFS(target, os.DirFS(source))
		} else {
			err = files.Copy(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
