package check

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/hint"
)

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

// put brings the verdict to where it is to go.
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

// result returns what the run has found, and reports whether it was as it
// should be.
func (r *report) result() (res result.Result, ok bool) {
	res = result.Result{Lesson: r.info.N, Slug: r.info.Slug, Tree: r.tree, Replay: r.replay}
	p := printer{put: func(l result.Line) { res.Lines = append(res.Lines, l) }, colour: colour()}
	ok = r.printVerdict(p)
	res.Tasks = r.taskResults()
	res.Word = r.word(res.Tasks, ok)
	if !r.expectsRed() {
		res.Shown = r.full(r.tasks())
	}
	for _, rec := range r.records {
		res.Scripts = append(res.Scripts, result.Script{Name: rec.script, Task: rec.task, Replay: rec.pass == passReplay, Passed: rec.ok()})
	}
	if err := errors.Join(r.setup, r.ours); err != nil {
		res.Problem = &result.Problem{What: err.Error()}
		var h *hint.Error
		if errors.As(err, &h) {
			res.Problem.Hint = h.Do
		}
	}
	return res, ok
}

// nothingResult returns the result of a run in which no task was run, for a
// reason that package testing prints too.
func nothingResult(why error) result.Result {
	res := result.Result{Word: result.Fail}
	if _, l, tree, err := locate(); err == nil {
		res.Lesson, res.Slug, res.Tree = l.N, l.Slug, tree
	}
	p := printer{put: func(l result.Line) { res.Lines = append(res.Lines, l) }}
	if why != nil {
		res.Problem = &result.Problem{What: why.Error()}
		p.printf("%s", hint.Text(why))
	}
	p.printf("FAIL  no task was run\nhint: go test, without -run, runs every task")
	return res
}

// word returns the first word of the whole verdict.
func (r *report) word(tasks []result.Task, ok bool) result.Word {
	broken := r.ours != nil
	for _, t := range tasks {
		broken = broken || t.State == result.TaskBroken
	}
	switch {
	case r.setup != nil:
		return result.Setup
	case broken:
		return result.Broken
	case !ok:
		return result.Fail
	case r.inPart() && !r.expectsRed():
		return result.Part
	}
	return result.Pass
}

// taskResults returns how every task of the lesson fares.
func (r *report) taskResults() (all []result.Task) {
	judged := map[string]verdict{}
	for _, v := range r.tasks() {
		judged[v.task.ID] = v
	}
	for _, t := range r.info.Tasks {
		if v, ok := judged[t.ID]; ok {
			all = append(all, r.resultOf(v))
		} else {
			all = append(all, result.Task{ID: t.ID, Title: t.Title, Extra: t.Extra, State: result.TaskNotRun, Of: r.checksOf[t.ID]})
		}
	}
	return all
}

func (r *report) resultOf(v verdict) result.Task {
	t := result.Task{ID: v.task.ID, Title: v.task.Title, Extra: v.task.Extra, State: r.stateOf(v), Ran: v.checks, Of: v.of}
	if v.red != nil {
		t.Red = r.redOf(v)
	}
	return t
}

func (r *report) stateOf(v verdict) result.State {
	switch {
	case v.part():
		return result.TaskPart
	case v.red == nil:
		return result.TaskPassed
	case r.bystander(v.red):
		return result.TaskNotJudged
	case !v.red.red():
		return result.TaskBroken
	case r.leftOut(v.task):
		return result.TaskNotBegun
	}
	return result.TaskFailed
}

// redOf returns why the first red check of a task failed.
func (r *report) redOf(v verdict) *result.Red {
	rec := v.red
	red := &result.Red{
		Script:    fmt.Sprintf("testdata/%s/%s.txtar", r.info.Slug, rec.script),
		Replay:    rec.pass == passReplay,
		Check:     rec.phase,
		Did:       rec.did,
		Expected:  rec.expected,
		Got:       rec.got,
		Ledger:    ledgerLines(rec.ledger),
		Attempts:  clip(rec.attempts),
		Where:     r.where(rec),
		Likely:    rec.likely,
		Next:      r.next(v),
		Unwritten: rec.unwritten(),
	}
	if !rec.red() {
		red.Expected, red.Got = "", rec.why()
	}
	return red
}

// unwritten reports whether the handler answered that its code is still to be
// written, as a stub does.
func (rec *record) unwritten() bool { return strings.Contains(rec.got, "TODO ") }
