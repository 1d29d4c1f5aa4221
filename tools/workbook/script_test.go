package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/stage"
)

// TestTool runs the scripts in testdata/tool: what a reader types, and what the tool
// answers. Each script begins in a copy of the workbook, into which its own files are
// put. testscript's commands can be used, and these:
//
//	exits CODE PROGRAM ARG…   runs a program that ends with that exit code
//	refuses PROGRAM ARG…      runs a program that was called wrongly: it exits 2, prints
//	                          nothing to its output, and changes no file
//	remember                  notes every file of the workbook
//	unchanged                 fails if a file is not as it was noted, or is new or gone
//	same PATH PATTERN         fails unless the one path that fits the pattern is equal to
//	                          the other: two files, or two folders with all that is in them
//	count N PATTERN           fails unless so many paths fit the pattern
//	fits FILE                 fails if a line, of more than one word, is longer than 80
//	                          columns; stdout is a file too
//	shows TEXT                fails unless the output has the text, wherever it is folded
//	replace FILE OLD NEW…     replaces text in a file; \n and \t are an end of line and a tab
//	stub SLUG, solve SLUG     puts a lesson's stub, or its solution, into work/
//	give SLUG…                puts references into work/, as make catchup does
//	lesson99                  makes lesson 99, a copy of lesson 3; the only other one is 2
//	record pass|fail TASK…    notes results of tasks, as a check does
//	only PROGRAM…             leaves the tool and these programs on the PATH
//	fake PROGRAM FILE         puts a shell script on the PATH that only has left
//	port                      sets FREE to PORT=n, such that the tool can use port n
//	listen                    takes a port, TAKEN; the tool needs it too if it is to use BELOW
//	server                    has RESTATE_SERVER name the server that is on this machine
//
// The condition [root] holds for root, and [netns] where a command can have a network of
// its own. $ROOT is the workbook, $GO is go, and $VERSION the version of restate-server
// that the workbook wants.
//
// One script: go test ./tools/workbook -run TestTool/NAME
func TestTool(t *testing.T) {
	bin, err := builtTool()
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:       filepath.Join(moduleRoot(t), "testdata", "tool"),
		Setup:     func(env *testscript.Env) error { return setupScript(env, filepath.Dir(bin)) },
		Condition: scriptCondition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     cmdExits,
			"refuses":   cmdRefuses,
			"remember":  cmdRemember,
			"unchanged": cmdUnchanged,
			"same":      cmdSame,
			"count":     cmdCount,
			"fits":      cmdFits,
			"shows":     cmdShows,
			"port":      cmdPort,
			"listen":    cmdListen,
			"replace":   cmdReplace,
			"stub":      cmdStub,
			"solve":     cmdSolve,
			"give":      cmdGive,
			"lesson99":  cmdLesson99,
			"record":    cmdRecord,
			"only":      cmdOnly,
			"fake":      cmdFake,
			"server":    cmdServer,
		},
	})
}

func scriptCondition(name string) (bool, error) {
	switch name {
	case "root":
		return os.Getuid() == 0, nil
	case "netns":
		return exec.Command("unshare", "-rn", "true").Run() == nil, nil
	}
	return false, fmt.Errorf("there is no condition %q", name)
}

// setupScript makes the script's copy of the workbook, and puts the script's files into
// it. The script has our environment, with the tool on its PATH.
func setupScript(env *testscript.Env, bin string) error {
	own, err := os.ReadDir(env.WorkDir)
	if err != nil {
		return err
	}
	env.Cd = filepath.Join(env.WorkDir, "a [b]") // a path may look like a pattern
	if err := copyMaster(env.Cd); err != nil {
		return err
	}
	for _, e := range own {
		if e.Name() != ".tmp" {
			if err := moveInto(filepath.Join(env.WorkDir, e.Name()), filepath.Join(env.Cd, e.Name())); err != nil {
				return err
			}
		}
	}
	env.Vars = append(env.Vars[:1:1], notUnderMake()...) // the first is WORK
	path, err := exec.LookPath("go")
	if err != nil {
		return err
	}
	env.Vars = append(env.Vars, "ROOT="+env.Cd, "GO="+path, "VERSION="+restate.Version, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath")) // as in trimmedEnv
	env.Values[treeKey{}] = &scriptTree{root: env.Cd}
	return nil
}

// moveInto moves a file, or the files of a folder, to a place where others may be.
func moveInto(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil { // it is a file
		return os.Rename(from, to)
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	for _, e := range entries {
		if err := moveInto(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// scriptTree is a script's copy of the workbook.
type scriptTree struct {
	root  string
	noted map[string]string // every file, as remember has noted it
}

type treeKey struct{}

func treeOf(ts *testscript.TestScript) *scriptTree { return ts.Value(treeKey{}).(*scriptTree) }

// wantArgs fails a script that uses a command with "!", or with too few arguments.
func wantArgs(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 2, "exits CODE PROGRAM ARG…")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("the exit code is %d, not %d", code, want)
	}
}

func cmdRefuses(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 1, "refuses PROGRAM ARG…")
	before, err := readFiles(treeOf(ts).root)
	ts.Check(err)
	cmdExits(ts, false, append([]string{"2"}, args...))
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("it prints to its output: %q", out)
	}
	wantFiles(ts, before)
}

func cmdRemember(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "remember")
	files, err := readFiles(treeOf(ts).root)
	ts.Check(err)
	treeOf(ts).noted = files
}

func cmdUnchanged(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "unchanged")
	if treeOf(ts).noted == nil {
		ts.Fatalf("nothing is remembered")
	}
	wantFiles(ts, treeOf(ts).noted)
}

// wantFiles fails a script unless its copy of the workbook has these files.
func wantFiles(ts *testscript.TestScript, want map[string]string) {
	now, err := readFiles(treeOf(ts).root)
	ts.Check(err)
	if others := differing(want, now); len(others) > 0 {
		ts.Fatalf("not as before: %s", strings.Join(others, ", "))
	}
}

// differing returns the sorted names of the files that only one of two folders has, or
// that are not the same in both.
func differing(one, other map[string]string) (names []string) {
	all := maps.Clone(one)
	maps.Copy(all, other)
	for name := range all {
		a, inOne := one[name]
		b, inOther := other[name]
		if a != b || inOne != inOther {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 2, "same PATH PATTERN")
	found := course.Glob(ts.MkAbs("."), args[1])
	if len(found) != 1 {
		ts.Fatalf("these paths fit %s: %v", args[1], found)
	}
	one, err := readFiles(ts.MkAbs(args[0]))
	ts.Check(err)
	other, err := readFiles(found[0])
	ts.Check(err)
	if names := differing(one, other); len(names) > 0 {
		ts.Fatalf("%s and %s differ: %s", args[0], args[1], strings.Join(names, ", "))
	}
}

func cmdCount(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 2, "count N PATTERN")
	if found := course.Glob(ts.MkAbs("."), args[1]); fmt.Sprint(len(found)) != args[0] {
		ts.Fatalf("these paths fit %s: %v", args[1], found)
	}
}

func cmdFits(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 1, "fits FILE")
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 && len(strings.Fields(line)) > 1 {
			ts.Fatalf("a line has %d columns: %s", n, line)
		}
	}
}

func cmdShows(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, false, args, 1, "shows TEXT")
	if strings.Contains(unfold(ts.ReadFile("stdout")), args[0]) == neg {
		ts.Fatalf("the output, unfolded, has it: %t: %s", neg, args[0])
	}
}

func cmdPort(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "port")
	port, err := findTestPort()
	ts.Check(err)
	ts.Setenv("FREE", port)
}

func cmdListen(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "listen")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	port := l.Addr().(*net.TCPAddr).Port
	ts.Setenv("TAKEN", strconv.Itoa(port))
	ts.Setenv("BELOW", strconv.Itoa(port-stage.AdminAbove))
}

func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 3, "replace FILE OLD NEW…")
	text := ts.ReadFile(args[0])
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for i := 1; i+1 < len(args); i += 2 {
		old := unescape.Replace(args[i])
		if !strings.Contains(text, old) {
			ts.Fatalf("%s has no %q", args[0], old)
		}
		text = strings.ReplaceAll(text, old, unescape.Replace(args[i+1]))
	}
	ts.Check(os.Remove(ts.MkAbs(args[0]))) // another copy of the workbook may have it too
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

func cmdStub(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 1, "stub SLUG")
	root, l := treeOf(ts).root, course.Lesson{Slug: args[0]}
	ts.Check(cut.CopyLesson(root, l, "lessons", l.Dir(root, "work")))
}

func cmdSolve(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 1, "solve SLUG")
	ts.Check(putSolution(treeOf(ts).root, course.Lesson{Slug: args[0]}))
}

// putSolution puts a lesson's solution into work/. The files that are not Go are the stub's.
func putSolution(root string, l course.Lesson) error {
	if err := cut.CopyLesson(root, l, "lessons", l.Dir(root, "work")); err != nil {
		return err
	}
	plain, err := cut.PlainSolution(root, l)
	if err != nil {
		return err
	}
	for name, src := range plain {
		if err := os.WriteFile(filepath.Join(l.Dir(root, "work"), name), src, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func cmdGive(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 1, "give SLUG…")
	lessons, err := course.Lessons(treeOf(ts).root)
	ts.Check(err)
	ts.Check(learner.CheckWritable(treeOf(ts).root))
	for _, l := range lessons {
		if slices.Contains(args, l.Slug) {
			ts.Check(learner.Give(treeOf(ts).root, l))
		}
	}
}

func cmdLesson99(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "lesson99")
	ts.Check(addLesson99(treeOf(ts).root))
}

func cmdRecord(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 2, "record pass|fail TASK…")
	root := treeOf(ts).root
	for _, id := range args[1:] {
		n, err := strconv.Atoi(strings.SplitN(id, ".", 2)[0])
		ts.Check(err)
		l, err := course.Find(root, n)
		ts.Check(err)
		checks, err := progress.ChecksOf(root, l)
		ts.Check(err)
		ts.Check(progress.Record(root, l, checks, map[string]bool{id: args[0] == "pass"}))
	}
}

func cmdOnly(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "only PROGRAM…")
	bin := filepath.Join(ts.Getenv("WORK"), "bin")
	ts.Check(os.Mkdir(bin, 0o777))
	for _, name := range append([]string{"workbook"}, args...) {
		path, err := exec.LookPath(name)
		if name == "workbook" {
			path, err = builtTool()
		}
		ts.Check(err)
		ts.Check(os.Symlink(path, filepath.Join(bin, name)))
	}
	ts.Setenv("PATH", bin)
}

func cmdFake(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 2, "fake PROGRAM FILE")
	file := filepath.Join(ts.Getenv("WORK"), "bin", args[0])
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) { // a link to the real one
		ts.Fatalf("%v", err)
	}
	ts.Check(os.WriteFile(file, []byte("#!/bin/sh\n"+ts.ReadFile(args[1])), 0o755))
}

func cmdServer(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, neg, args, 0, "server")
	path, err := restate.Find(context.Background(), os.Stderr)
	ts.Check(err)
	ts.Setenv("RESTATE_SERVER", path)
}
