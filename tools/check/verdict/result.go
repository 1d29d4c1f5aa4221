package verdict

import (
	"errors"
	"fmt"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// Result returns the result of the run, and reports whether the run was as expected.
func (r *Report) Result() (res result.Result, ok bool) {
	res = result.Result{Lesson: r.Lesson.N, Slug: r.Lesson.Slug, Tree: r.Tree, Replay: r.replay}
	p := Printer{put: func(l result.Line) { res.Lines = append(res.Lines, l) }, colour: useColour()}
	ok = r.printVerdict(p)
	res.Tasks = r.taskResults()
	res.Word = r.word(res.Tasks, ok)
	if !r.ExpectsRed() {
		res.Shown = r.fullTask(r.tasks())
	}
	for _, rec := range r.Records {
		res.Scripts = append(res.Scripts, result.Script{Name: rec.Script, Task: rec.Task, Replay: rec.Pass == record.Replay, Passed: rec.IsGreen()})
	}
	if err := errors.Join(r.Setup, r.internal); err != nil {
		res.Problem = &result.Problem{What: err.Error()}
		var h *hint.Error
		if errors.As(err, &h) {
			res.Problem.Hint = h.Do
		}
	}
	return res, ok
}

// EmptyResult returns the result of a run without a task. Package testing prints the
// reason too.
func EmptyResult(why error) result.Result {
	res := result.Result{Word: result.Fail}
	if _, l, tree, err := findLesson(); err == nil {
		res.Lesson, res.Slug, res.Tree = l.N, l.Slug, tree
	}
	p := Printer{put: func(l result.Line) { res.Lines = append(res.Lines, l) }}
	if why != nil {
		res.Problem = &result.Problem{What: why.Error()}
		p.Printf("FAIL  no task was run\n%s", hint.Text(why))
		return res
	}
	p.Printf("FAIL  no task was run\nhint: run go test without -run to check every task")
	return res
}

// SetupResult returns the result of a run that this machine has ended early.
func SetupResult(why error) result.Result {
	res := result.Result{Word: result.Setup, Problem: &result.Problem{What: why.Error()}}
	if _, l, tree, err := findLesson(); err == nil {
		res.Lesson, res.Slug, res.Tree = l.N, l.Slug, tree
	}
	p := Printer{put: func(l result.Line) { res.Lines = append(res.Lines, l) }, colour: useColour()}
	p.PrintSetup(why)
	return res
}

// word returns the word of the whole run.
func (r *Report) word(tasks []result.Task, ok bool) result.Word {
	broken := r.internal != nil
	for _, t := range tasks {
		broken = broken || t.State == result.TaskBroken
	}
	switch {
	case r.Setup != nil:
		return result.Setup
	case broken:
		return result.Broken
	case !ok:
		return result.Fail
	case r.isPartial() && !r.ExpectsRed():
		return result.Part
	}
	return result.Pass
}

// taskResults returns the result of every task of the lesson.
func (r *Report) taskResults() (all []result.Task) {
	judged := map[string]taskVerdict{}
	for _, v := range r.tasks() {
		judged[v.task.ID] = v
	}
	for _, t := range r.Lesson.Tasks {
		if v, ok := judged[t.ID]; ok {
			all = append(all, r.resultOf(v))
		} else {
			all = append(all, result.Task{ID: t.ID, Title: t.Title, Extra: t.Extra, State: result.TaskNotRun, Of: r.ChecksOf[t.ID]})
		}
	}
	return all
}

func (r *Report) resultOf(v taskVerdict) result.Task {
	t := result.Task{ID: v.task.ID, Title: v.task.Title, Extra: v.task.Extra, State: r.stateOf(v), Ran: v.checks, Of: v.of}
	if v.red != nil {
		t.Red = r.redOf(v)
	}
	return t
}

func (r *Report) stateOf(v taskVerdict) result.State {
	switch {
	case v.isPartial():
		return result.TaskPart
	case v.red == nil:
		return result.TaskPassed
	case r.isBystander(v.red):
		return result.TaskNotJudged
	case !v.red.IsRed():
		return result.TaskBroken
	case r.isLeftOut(v.task):
		return result.TaskNotBegun
	}
	return result.TaskFailed
}

// redOf returns why the first red check of a task failed.
func (r *Report) redOf(v taskVerdict) *result.Red {
	rec := v.red
	red := &result.Red{
		Script:    fmt.Sprintf("testdata/%s/%s.txtar", r.Lesson.Slug, rec.Script),
		Replay:    rec.Pass == record.Replay,
		Check:     rec.Phase,
		Did:       rec.Did,
		Expected:  rec.Claim.Expected(),
		Got:       rec.Claim.GotText(),
		Ledger:    ledgerLines(rec.Ledger),
		Attempts:  clip(rec.AttemptLines, "invocation"),
		Where:     r.lineToLookAt(rec),
		Cause:     rec.Cause,
		Likely:    rec.Likely,
		Next:      r.nextStep(v),
		Unwritten: rec.Claim.IsUnwritten(),
	}
	if f, ok := r.findingIn(rec); ok && (red.Likely == "" || f.IsCertain() && red.Cause != record.WaitsInsideStep) {
		red.Cause, red.Likely = f.Cause(), r.describe(f)
	}
	if v.task.Form == course.Drill && len(v.task.Lessons) > 0 && !red.Unwritten {
		red.Where = "" // the fault is in the code of another lesson
	}
	if !rec.IsRed() {
		red.Expected, red.Got = "", rec.Reason()
	}
	return red
}
