package judge

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/restate"
)

// verdict is what came of one check.
type verdict struct {
	outcome
	lesson course.Lesson
	checks string // the hash of the scripts that judged it: see progress.ChecksOf
	err    error  // why the check could not be run
}

// check begins to check the lesson; a check that still runs is given up.
func (w *watcher) check(ctx context.Context) {
	if w.cancel != nil {
		w.cancel()
		<-w.verdicts
	}
	fmt.Printf("\nchecking lesson %d…\n", w.lesson.N)
	ctx, w.cancel = context.WithCancel(ctx)
	w.checks++
	go func(l course.Lesson, number int) {
		v := verdict{lesson: l}
		v.err = w.judge(ctx, &v, number)
		w.verdicts <- v
	}(w.lesson, w.checks)
}

// judge builds the lesson and runs its check on the server that is up.
func (w *watcher) judge(ctx context.Context, v *verdict, number int) (err error) {
	l, dir := v.lesson, v.lesson.Dir(w.Root, "work")
	if !files.Exists(dir) {
		return hint.New(hint.Usage, fmt.Sprintf("make lesson %d, or put it back", l.N), "work/%s is gone", l.Slug)
	}
	if err := learner.Validate(l, dir); err != nil {
		return err
	}
	if err := w.restoreServer(ctx); err != nil {
		return err
	}
	if v.checks, err = progress.ChecksOf(w.Root, l); err != nil {
		return err
	}
	if err := os.MkdirAll(w.dir, 0o700); err != nil { // something may have removed the folder
		return err
	}
	temp, err := os.MkdirTemp(w.dir, "check")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	binary := filepath.Join(temp, "lesson.test")
	// The compiler and the linker are short-lived: they collect no garbage here.
	out, exit := gotool.Run(ctx, w.Keeper, dir, append(checkEnv(temp), "GOGC=off", "GOMEMLIMIT=1GiB"), nil,
		slices.Concat([]string{"test", "-c", "-vet=off", "-o", binary}, gotool.LinkFast, []string{"."})...)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !files.Exists(binary) {
		v.printed = nameFilesFromRoot(w.Root, dir, withoutClosing(out))
		if v.trouble = notLearners(w.Root, out, v.printed); v.trouble != nil {
			return v.trouble
		}
		if v.printed == "" {
			return hint.New(hint.Setup, "save again; if the message stays, go vet ./work/"+l.Slug+" may say more", "go has built nothing and gives no reason (%v)", exit)
		}
		v.printed += learner.Advice(w.Root, l)
		return nil
	}
	check := exec.Command(binary)
	check.Dir = dir
	check.Env = slices.Concat(checkEnv(temp), gotool.DirEnv(dir, temp), []string{setting.SharedServer + "=" + w.server.Dir(), fmt.Sprintf("%s=-%d", setting.SharedKey, number)})
	out, exit = process.Run(ctx, w.Keeper, check)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	v.outcome = readOutcome(out, temp, dir)
	if v.found == nil {
		return v.exitError(exit, l) // as make check does
	}
	return nil
}

// restoreServer starts the server again if it has ended. If its files are gone, another
// server takes its place.
func (w *watcher) restoreServer(ctx context.Context) error {
	select {
	case <-w.server.Done():
		if w.server.Restart(ctx) == nil {
			return nil
		}
	default:
		if w.server.HasSockets() {
			return nil
		}
		w.server.Stop()
	}
	server, err := restate.Start(ctx, w.Keeper, w.binary, setting.Server())
	if err == nil {
		w.server = server
	}
	return err
}

// show prints a verdict, and what can be done now.
func (w *watcher) show(v verdict) {
	if v.err != nil {
		fmt.Fprintln(os.Stdout, hint.Text(v.err))
	}
	v.outcome.show()
	w.task = ""
	if t, ok := v.shownRed(); ok {
		w.task = t.ID
	}
	if err := progress.Record(w.Root, v.lesson, v.checks, v.results()); err != nil {
		fmt.Fprintln(os.Stdout, hint.Text(err))
	}
	w.Class.Report(classReport(w.Root, v.lesson, v.outcome))
	fmt.Printf("\nwatching work/%s: save to check again%s\n", v.lesson.Slug, w.help())
}
