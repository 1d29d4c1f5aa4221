package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// prepare gets ready what a lesson's first check would otherwise wait for: the
// server's binary, and the modules with the first build, side by side. The verb is
// the command that goes on where this stopped.
func prepare(ctx context.Context, k *process.Keeper, root, verb string, l course.Lesson) error {
	if err := compiler(l); err != nil && ctx.Err() == nil {
		return err
	}
	say("getting ready: restate-server, modules, a first build; the first time this takes a minute or two\n")
	var side sync.WaitGroup
	var serverErr, buildErr error
	side.Go(func() { serverErr = findServer(ctx) })
	side.Go(func() { buildErr = firstBuild(ctx, k, root, l) })
	side.Wait()
	if ctx.Err() != nil {
		return hint.New(hint.Setup, fmt.Sprintf("make %s %d goes on where this stopped", verb, l.N), "interrupted; nothing half-done was left")
	}
	return errors.Join(serverErr, buildErr)
}

func findServer(ctx context.Context) error {
	start := time.Now()
	binary, err := restate.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	say("  server  restate-server %s  %s  (%s)\n", restate.Version, binary, took(start))
	return nil
}

// firstBuild compiles what the lesson needs, which vet does without linking.
func firstBuild(ctx context.Context, k *process.Keeper, root string, l course.Lesson) error {
	start := time.Now()
	if usesSQLite(l) {
		say("  build   SQLite's C code is compiled once: up to a minute without a word, it has not hung\n")
	}
	out, err := runGo(ctx, k, root, nil, nil, "vet", "./lessons/"+l.Slug)
	if err != nil {
		return cannotBuild(out, err)
	}
	modules := strings.Count(out, "go: downloading ")
	say("  build   %s downloaded, lesson %d compiles  (%s)\n", course.Count(modules, "module"), l.N, took(start))
	return nil
}

func cannotBuild(out string, err error) error {
	last := strings.TrimSpace(out)
	if i := strings.LastIndexByte(last, '\n'); i >= 0 {
		last = last[i+1:]
	}
	if strings.Contains(out, "no space left on device") {
		return hint.New(hint.Setup, "free some space (df -h shows where), then run the same command again", "the disk is full: %s", last)
	}
	if strings.Contains(out, "dial tcp") || strings.Contains(out, "lookup ") {
		return hint.New(hint.Setup, "connect to the network once, or set GOPROXY to a mirror that you can reach", "go cannot fetch the modules: %s", last)
	}
	return hint.New(hint.Setup, "run go vet ./lessons/... to see it whole", "the first build failed (%v): %s", err, last)
}

// usesSQLite: from lesson 3 on a C compiler is needed.
func usesSQLite(l course.Lesson) bool { return l.N >= 3 }

// compiler looks for the C compiler that SQLite needs: said in the lessons
// that do without it, refused in those that don't.
func compiler(l course.Lesson) error {
	out, err := exec.Command("go", "env", "CC", "CGO_ENABLED").Output()
	if err != nil {
		return noGo(err)
	}
	lines := append(strings.Split(string(out), "\n"), "", "")
	cc, enabled := strings.Fields(lines[0] + " gcc")[0], strings.TrimSpace(lines[1]) == "1"
	_, err = exec.LookPath(cc)
	switch {
	case err == nil && enabled:
		return nil
	case enabled:
		// Go turns cgo off by itself when its own choice of compiler is not
		// there; it is on, so somebody chose this one.
		return hint.New(hint.Setup, "install it, or choose another: go env -u CC", "the C compiler that go is set to use, %s, is not there", cc)
	}
	missing := hint.New(hint.Setup, "install one: apt-get install gcc, or on macOS xcode-select --install; CGO_ENABLED must not be 0",
		"there is no C compiler (%s), and SQLite needs one", cc)
	if usesSQLite(l) {
		return missing
	}
	say("note: %s\n", strings.ReplaceAll(hint.Text(missing), "\nhint: ", "; it is needed from lesson 3 on. "))
	return nil
}

func took(start time.Time) string {
	d := time.Since(start)
	if d < time.Second {
		return "at hand"
	}
	return d.Round(time.Second).String()
}

func onTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
