package check

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/check/verdict"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/sandbox"
)

// Lesson is what a lesson's test file passes on to Main.
type Lesson struct {
	// Program is the lesson's func main. It runs in a process of its own.
	Program func()
	// Rest makes the services that the lesson calls and does not contain. They run in a
	// process of their own.
	Rest func() ([]restate.ServiceDefinition, error)
	// Answers are the guesses and quiz answers in the lesson's code, by their names in the
	// scripts.
	Answers map[string]any
	// Env has settings for the program, NAME=value.
	Env []string
	// Words are more words for scripts, for example words that need SQLite.
	Words script.Words
	// Causes are the likely causes that know the lesson's services, tables and
	// functions. If Causes is nil, the check uses the causes in Words.
	Causes []cause.Rule
}

// causes returns the likely causes of the lesson. A folder from an older version of the
// workbook passes on its words only.
func (l Lesson) causes() []cause.Rule {
	if l.Causes == nil {
		return l.Words.Causes
	}
	return l.Causes
}

var current struct {
	lesson Lesson
	report *verdict.Report
	err    error     // why there is no report
	story  io.Writer // the output for a story
}

// Main runs the package's tests as the checks of a lesson. A lesson's TestMain calls
// it. The test binary is the checker and, under other names, each program that a check
// runs.
func Main(m *testing.M, l Lesson) {
	current.lesson = l
	testscript.Main(runner{m}, map[string]func(){
		"program": func() { world.UseCompiledCore(); l.Program() },
		"rest":    func() { world.UseCompiledCore(); serveRest(l.Rest) },
		"sandbox": func() { os.Exit(sandbox.Main(os.Args[1:])) },
	})
}

// serveRest serves the services that the lesson calls, until the process is killed.
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

// scriptsAtOnce is how many scripts run at the same time. The number exceeds the number
// of cores, because scripts wait for the disk and not for the CPU.
const scriptsAtOnce = "16"

// Run runs the tests, as the checks of the lesson or as its stories, and returns the
// exit code.
func (r runner) Run() int {
	flag.Parse()
	if !isFlagSet("test.parallel") {
		flag.Set("test.parallel", scriptsAtOnce)
	}
	if f := flag.Lookup("test.list"); f != nil && f.Value.String() != "" {
		return r.m.Run()
	}
	if isStoryAsked() {
		return r.printStories()
	}
	return r.check()
}

// check runs the checks and reports their result.
func (r runner) check() int {
	out := takeOutput()
	limitTime(out)
	code := r.m.Run()
	var res result.Result
	ok := false
	switch {
	case current.report != nil && !current.report.RanNothing():
		res, ok = current.report.Result()
	case out.file == "":
		res = verdict.EmptyResult(nil) // package testing has printed why
	default:
		res = verdict.EmptyResult(current.err)
	}
	switch {
	case !ok && code == 0:
		code = 1
	case ok && code != 0:
		res.Word = result.Fail // package testing has found a failure that no record has
	}
	if err := out.put(res); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if out.file == "" { // or else the program that reads the file takes the notes
		takeNotes(res)
	}
	return code
}

// takeNotes records the result of a lesson in work/ for make progress. The verdict that
// was printed stands, even where that fails.
func takeNotes(res result.Result) {
	r := current.report
	if r == nil || r.Checks == "" {
		return
	}
	if err := progress.Record(r.Root, r.Lesson, r.Checks, res.Judged()); err != nil {
		fmt.Fprintln(os.Stderr, "\n"+hint.Text(err))
	}
}

// maxParallel returns how many scripts may run at the same time.
func maxParallel() int {
	n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	if err != nil {
		return 1
	}
	return n
}

// isFlagSet reports whether the command line has a flag.
func isFlagSet(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// output is where a check's verdict goes: to standard output, or to a file for another
// program.
type output struct {
	file   string // "" when people read the verdict from standard output
	stdout *os.File
}

// takeOutput reads from the environment where the verdict goes. The programs under check
// do not inherit the name of the file. If a file is named, the output of package testing
// is dropped, except with go test -v.
func takeOutput() output {
	o := output{file: os.Getenv(setting.Result), stdout: os.Stdout}
	os.Unsetenv(setting.Result)
	if o.file == "" || testing.Verbose() {
		return o
	}
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
	}
	return o
}

// put prints the verdict, or writes the result to the file.
func (o output) put(res result.Result) error {
	os.Stdout = o.stdout
	if o.file != "" {
		return result.Write(o.file, res)
	}
	for _, line := range res.Lines {
		if _, err := io.WriteString(o.stdout, line.Text+"\n"); err != nil {
			return err
		}
	}
	return nil
}
