package check

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/sandbox"
)

// Lesson is what a lesson's test file hands over.
type Lesson struct {
	// Program is the lesson's func main. It runs in a process of its own.
	Program func()
	// Rest makes the services that the lesson calls and does not write, in a
	// process of their own.
	Rest func() ([]restate.ServiceDefinition, error)
	// Answers are the guesses and quiz answers in the lesson's code, by the
	// name that a script knows them under.
	Answers map[string]any
	// Env has settings for the program, NAME=value.
	Env []string
	// Words are further commands for scripts, such as one that needs SQLite.
	Words map[string]Word
}

var current struct {
	lesson Lesson
	report *report
	err    error     // why there is no report
	story  io.Writer // where a story is told
}

// Main is to be called from TestMain. The one test binary is then the checker
// and, under other names, each program that a check runs.
func Main(m *testing.M, l Lesson) {
	current.lesson = l
	testscript.Main(runner{m}, map[string]func(){
		"program": func() { useCompiled(); l.Program() },
		"rest":    func() { useCompiled(); serveRest(l.Rest) },
		"sandbox": func() { os.Exit(sandbox.Main(os.Args[1:])) },
	})
}

func serveRest(rest func() ([]restate.ServiceDefinition, error)) {
	all, err := rest()
	if err == nil {
		srv := server.NewRestate()
		for _, def := range all {
			srv.Bind(def)
		}
		err = srv.Start(context.Background(), os.Getenv("LISTEN"))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// runner is the testing.M that testscript.Main calls: it adds the verdict.
type runner struct{ m *testing.M }

// scriptsAtOnce is how many scripts run side by side: they wait on fsync, not
// on the CPU, so more than there are cores pays.
const scriptsAtOnce = "16"

func (r runner) Run() int {
	flag.Parse()
	if !given("test.parallel") {
		flag.Set("test.parallel", scriptsAtOnce)
	}
	if f := flag.Lookup("test.list"); f != nil && f.Value.String() != "" {
		return r.m.Run()
	}
	if telling() {
		return r.tell()
	}
	return r.check()
}

// check runs the checks and reports what they have found.
func (r runner) check() int {
	out := takeOutput()
	code := r.m.Run()
	var res result.Result
	ok := false
	switch {
	case current.report != nil && !current.report.nothingRan():
		res, ok = current.report.result()
	case out.file == "":
		res = nothingResult(nil) // package testing has printed why
	default:
		res = nothingResult(current.err)
	}
	switch {
	case !ok && code == 0:
		code = 1
	case ok && code != 0:
		res.Word = result.Fail // package testing has found something else
	}
	if err := out.put(res); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// atOnce is how many scripts may run side by side.
func atOnce() int {
	n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	if err != nil {
		return 1
	}
	return n
}

func given(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// Run checks the lesson in whose folder the test runs: every task's scripts,
// those that crash the program together, when all is well every step replayed,
// and last what must run alone.
func Run(t *testing.T) {
	r, err := newReport(current.lesson)
	if err != nil {
		current.err = err
		t.Fatal(hint.Text(err))
	}
	current.report = r
	if telling() {
		tellStories(t, r, current.story)
		return
	}
	w := newWorld(r)
	defer w.stop()
	if err := w.start(context.Background()); err != nil {
		r.setup = err
		r.fail(t)
		return
	}
	r.world = w
	r.neverServed = w.needProgram() != nil
	w.run(t, "tasks", r.scripts.together, passNormal)
	w.mourn()
	crash := r.undecided(r.scripts.crash)
	w.startAhead(crash, r.undecided(r.scripts.alone))
	w.run(t, "crash", crash, passNormal)
	if r.allGreen() {
		w.replay(t)
	}
	placed := r.undecided(r.scripts.alone)
	if err := w.needOwnServer(context.Background(), placed); err != nil {
		r.setup = err
		r.fail(t)
		return
	}
	w.run(t, "placed", placed, passNormal)
	if !r.asExpected() {
		r.fail(t)
	}
}

func (w *world) run(t *testing.T, group string, scripts []string, p pass) {
	if len(scripts) == 0 {
		return
	}
	t.Run(group, func(t *testing.T) {
		q := quiet{T: t, report: w.report, pass: p, alone: group == "placed"}
		if group == "crash" {
			// They can wait for each other only where all of them may run.
			if q.alone = len(scripts) > atOnce(); !q.alone {
				q.kill = &sharedKill{world: w}
			}
		}
		testscript.RunT(q, testscript.Params{
			Files:               scripts,
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
			Setup:               func(env *testscript.Env) error { return w.setup(env, p) },
			Cmds:                commands(w.report.lesson.Words),
		})
	})
}

// replay runs the same scripts once more with every wait long enough to
// suspend at once, so that each step is replayed from the journal.
func (w *world) replay(t *testing.T) {
	if err := w.alwaysReplay(); err != nil {
		w.report.broken(err)
		return
	}
	streams0, invocations0 := w.proxy.Count()
	w.run(t, "replay", w.report.scripts.replayable(), passReplay)
	streams, invocations := w.proxy.Count()
	w.report.replayed(streams-streams0, invocations-invocations0)
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	if err := w.register(ctx); err != nil { // which takes the short timeouts back
		w.report.broken(err)
	}
}

func trimPhase(line string) string {
	line = strings.TrimSpace(strings.TrimPrefix(line, "#"))
	if i := strings.LastIndex(line, " ("); i > 0 && strings.HasSuffix(line, "s)") {
		line = line[:i]
	}
	return line
}
