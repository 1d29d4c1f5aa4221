package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// verdict is what came of one check.
type verdict struct {
	lesson  course.Lesson
	text    string
	results map[string]bool // by task; none when it was not judged
	err     error           // ours
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
func (w *watcher) judge(ctx context.Context, v *verdict, number int) error {
	if err := w.alive(ctx); err != nil {
		return err
	}
	dir := v.lesson.Dir(w.root, "work")
	binary := filepath.Join(w.dir, "check.test")
	build := exec.Command("go", append(append([]string{"test", "-c", "-vet=off", "-o", binary}, linkFast...), ".")...)
	build.Dir = dir
	// The compiler and the linker are short-lived: they collect no garbage here.
	build.Env = append(os.Environ(), "GOGC=off", "GOMEMLIMIT=1GiB")
	out, ok, err := w.run(ctx, build)
	if err != nil || !ok {
		v.text, _ = verdictOf(out, fromRoot(w.place, dir))
		return err
	}
	check := exec.Command(binary)
	check.Dir = dir
	check.Env = append(os.Environ(), setting.SharedServer+"="+w.server.Dir(), fmt.Sprintf("%s=-%d", setting.SharedKey, number))
	if onTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" {
		check.Env = append(check.Env, "WORKBOOK_COLOR=1")
	}
	out, _, err = w.run(ctx, check)
	v.text, v.results = verdictOf(out, func(line string) string { return line })
	if err == nil && v.text == "" {
		return judged("", nil, v.lesson) // as make check says it
	}
	return err
}

// alive brings the server back if it has ended.
func (w *watcher) alive(ctx context.Context) error {
	select {
	case <-w.server.Done():
		return w.server.Restart(ctx)
	default:
		return nil
	}
}

// run is a command's whole output, and whether it ended well. When ctx ends, so
// does the command.
func (w *watcher) run(ctx context.Context, cmd *exec.Cmd) (out string, ok bool, err error) {
	var all bytes.Buffer
	cmd.Stdout = &all
	p, err := process.Start(w.keeper, cmd)
	if err != nil {
		return "", false, err
	}
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.Kill()
		return "", false, ctx.Err()
	}
	return all.String(), p.Err() == nil, nil
}

// verdictOf is the verdict alone, and how each task fared.
func verdictOf(out string, clear func(string) string) (text string, results map[string]bool) {
	var b bytes.Buffer
	onlyVerdict(&b, bytes.NewBufferString(out), clear)
	return b.String(), taskResults(b.String())
}

// tell shows a verdict, and what can be done now.
func (w *watcher) tell(v verdict) {
	if v.err != nil {
		fmt.Fprintln(os.Stdout, hint.Text(v.err))
	}
	io.WriteString(folding(), v.text)
	w.task = shownRed(v.text)
	if err := keepProgress(w.root, v.lesson, v.results); err != nil {
		fmt.Fprintln(os.Stdout, err)
	}
	w.report(judgedReport(w.root, v.lesson, v.text))
	fmt.Printf("\nwatching work/%s: save to check again%s\n", v.lesson.Slug, w.help())
}

var taskLine = regexp.MustCompile(`(?m)^(?:\x1b\[\d+m)?(PASS|FAIL)(?:\x1b\[0m)? (\d+\.\d+)  `)

// taskResults are the tasks that a verdict passes or fails.
func taskResults(verdict string) map[string]bool {
	results := map[string]bool{}
	for _, m := range taskLine.FindAllStringSubmatch(verdict, -1) {
		results[m[2]] = m[1] == "PASS"
	}
	return results
}

var shownTask = regexp.MustCompile(`(?m)^(?:\x1b\[\d+m)?FAIL(?:\x1b\[0m)? (\d+\.\d+)  .*\n  \w`)

// shownRed is the task that a verdict shows in full, or "".
func shownRed(verdict string) string {
	if m := shownTask.FindStringSubmatch(verdict); m != nil {
		return m[1]
	}
	return ""
}
