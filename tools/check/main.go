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
	// Words are further words for scripts, such as one that needs SQLite.
	Words script.Words
	// Causes are the likely causes that know the lesson's services, tables and
	// functions. Where there are none, those that come with Words are taken.
	Causes []cause.Rule
}

// causes returns the likely causes that the lesson knows. A folder that an older
// version of the workbook has made hands over its words only.
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
	story  io.Writer // what a story is printed to
}

// Main runs the package's tests as the checks of a lesson. A lesson's TestMain calls
// it. The one test binary is then the checker and, under other names, each program
// that a check runs.
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

// scriptsAtOnce is how many scripts run side by side. It exceeds the number of cores,
// because scripts wait for fsync and not for the CPU.
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

// check runs the checks and reports what they have found.
func (r runner) check() int {
	out := takeOutput()
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
		res.Word = result.Fail // package testing has found what no record has
	}
	if err := out.put(res); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// maxParallel returns how many scripts may run side by side.
func maxParallel() int {
	n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	if err != nil {
		return 1
	}
	return n
}

// isFlagSet reports whether a flag stands on the command line.
func isFlagSet(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// output is where a check's verdict goes: to people, or into the file of a
// program that has asked for it.
type output struct {
	file   string // "" when people read the verdict from standard output
	stdout *os.File
}

// takeOutput reads from the environment where the verdict is to go. The
// programs under check do not inherit the file's name. When a file is named,
// what package testing prints is dropped, unless go test -v was asked for.
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
