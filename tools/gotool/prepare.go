package gotool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/ui"
)

// Prepare downloads the server's binary, and at the same time downloads the modules and builds a
// lesson for the first time. Without Prepare, the lesson's first check would wait for that. The
// argument verb is the command that continues an interrupted run.
func Prepare(ctx context.Context, k *process.Keeper, root, verb string, l course.Lesson) error {
	if err := requireCompiler(root, l); err != nil && ctx.Err() == nil {
		return err
	}
	ui.Printf("getting ready: restate-server, modules and a first build (a minute or two, the first time)\n")
	var side sync.WaitGroup
	var serverErr, buildErr error
	side.Go(func() { serverErr = findServer(ctx) })
	side.Go(func() { buildErr = buildFirst(ctx, k, root, l) })
	side.Wait()
	if ctx.Err() != nil {
		return hint.New(hint.Setup, fmt.Sprintf("make %s %d continues where this run stopped", verb, l.N), "interrupted; no half-finished file was left")
	}
	return errors.Join(serverErr, buildErr)
}

func findServer(ctx context.Context) error {
	start := time.Now()
	binary, err := restate.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	ui.Printf("  server  restate-server %s  %s  (%s)\n", restate.Version, binary, elapsed(start))
	return nil
}

// buildFirst compiles what the lesson needs. It calls go vet, which compiles the packages and does
// not link them.
func buildFirst(ctx context.Context, k *process.Keeper, root string, l course.Lesson) error {
	start := time.Now()
	if l.SQLite {
		ui.Printf("  build   compiling SQLite's C code once; up to a minute without output is normal\n")
	}
	out, err := Run(ctx, k, root, nil, nil, "vet", "./lessons/"+l.Slug)
	if err != nil {
		return Failure(out, err)
	}
	modules := strings.Count(out, "go: downloading ")
	ui.Printf("  build   %s downloaded, lesson %d compiles  (%s)\n", course.Count(modules, "module"), l.N, elapsed(start))
	return nil
}

// requireCompiler returns an error if the lesson needs a C compiler and there is none. For other
// lessons it prints a note.
func requireCompiler(root string, l course.Lesson) error {
	err := FindCompiler()
	if err == nil || l.SQLite || !errors.Is(err, ErrNoCompiler) && !errors.Is(err, ErrNoCgo) {
		return err
	}
	first, err2 := course.FirstWithSQLite(root)
	if err2 != nil {
		return err2
	}
	ui.Printf("note: %s\n", strings.ReplaceAll(hint.Text(err), "\nhint: ", fmt.Sprintf("; it is needed from lesson %d on. ", first.N)))
	return nil
}

func elapsed(start time.Time) string {
	d := time.Since(start)
	if d < time.Second {
		return "at hand"
	}
	return d.Round(time.Second).String()
}
