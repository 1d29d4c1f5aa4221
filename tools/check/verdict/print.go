package verdict

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/sandbox"
)

// printVerdict prints the verdict and reports whether the run was as expected.
func (r *Report) printVerdict(p Printer) bool {
	switch {
	case r.Setup != nil:
		p.PrintSetup(r.Setup)
		return false
	case r.ExpectsRed():
		return r.printStub(p)
	}
	ok := r.printTasks(p)
	if r.internal != nil {
		p.Headline(result.Broken, "the workbook has an error of its own")
		p.Field("got", r.internal.Error())
		p.Field("next", hint.HowToReport(r.Root))
		return false
	}
	if ok && r.replay != nil {
		p.Headline(result.Pass, replaySummary(*r.replay))
	}
	if ok {
		for _, f := range r.Findings {
			p.Field("note", r.describe(f))
		}
	}
	p.Field("output", r.output)
	switch {
	case !ok || r.Tree != "work":
	case r.isPartial():
		p.Printf("\nSome checks of lesson %d did not run. make check %d runs all of them.\n", r.Lesson.N, r.Lesson.N)
	default:
		p.Printf("\nLesson %d is %s. %s\n", r.Lesson.N, r.doneOrGiven(), r.afterLesson())
	}
	if !ok && r.Tree == "work" && r.hasOnlyExtrasRed() {
		p.Printf("\nOnly extra tasks of lesson %d are left. You can do them later. %s\n", r.Lesson.N, r.afterLesson())
	}
	return ok
}

// hasOnlyExtrasRed reports whether every task that is not an extra is green.
func (r *Report) hasOnlyExtrasRed() bool {
	return !slices.ContainsFunc(r.tasks(), func(v taskVerdict) bool { return v.red != nil && !v.task.Extra })
}

// doneOrGiven returns in words whether the learner has done the lesson, or make catchup
// has put the reference solution there.
func (r *Report) doneOrGiven() string {
	if r.IsGiven() {
		return "given: this check ran the reference solution"
	}
	return "done"
}

// IsGiven reports whether the checked code is the reference solution, put there by make
// catchup.
func (r *Report) IsGiven() bool {
	_, err := os.Stat(filepath.Join(r.Dir(), progress.GivenName))
	return err == nil
}

// isPartial reports whether a task, or some of its checks, was left out.
func (r *Report) isPartial() bool {
	all := r.tasks()
	return len(all) < len(r.Lesson.Tasks) || slices.ContainsFunc(all, taskVerdict.isPartial)
}

// afterLesson returns what comes after a lesson.
func (r *Report) afterLesson() string {
	next, found := course.Next(r.Root, r.Lesson)
	if !found {
		return "No lesson comes after it yet."
	}
	return fmt.Sprintf("Next: make lesson %d", next.N)
}

// fullTask returns the ID of the task to show in full: the first red one. A task that
// shows that the program does not serve goes before it, and an extra task that the
// learner has not started goes after it.
func (r *Report) fullTask(all []taskVerdict) string {
	id, extra := "", ""
	for _, v := range all {
		switch {
		case v.red == nil || r.isBystander(v.red):
		case v.red.Elsewhere && r.NeverServed:
			return v.task.ID
		case r.isLeftOut(v.task):
			extra = cmp.Or(extra, v.task.ID)
		default:
			id = cmp.Or(id, v.task.ID)
		}
	}
	return cmp.Or(id, extra)
}

// isLeftOut reports whether the task is an extra that still has all its TODOs.
func (r *Report) isLeftOut(t course.Task) bool { return t.Extra && r.isUntouched(t) }

// isUntouched reports whether each TODO of the task in the stub is still there.
func (r *Report) isUntouched(t course.Task) bool {
	left := countTODOs(r.Dir(), "TODO "+t.ID)
	return left > 0 && left >= countTODOs(r.Lesson.Dir(r.Root, "lessons"), "TODO "+t.ID)
}

// printTasks shows one red task in full, the others as a line each.
func (r *Report) printTasks(p Printer) bool {
	all := r.tasks()
	show, red := r.fullTask(all), 0
	for _, v := range all {
		title := v.task.ID + "  " + v.task.Title
		if v.red != nil {
			red++
		}
		switch state := r.stateOf(v); {
		case state == result.TaskPart:
			p.Headline(result.Part, fmt.Sprintf("%s  (%d of %s ran, none failed)", title, v.checks, course.Count(v.of, "check")))
		case state == result.TaskPassed:
			p.Headline(result.Pass, fmt.Sprintf("%s  (%s)", title, course.Count(v.checks, "check")))
			r.printNotes(p, v.task)
			p.Field("note", r.todoLeft(v.task))
		case state == result.TaskNotJudged:
			p.Headline(result.Fail, fmt.Sprintf("%s  (not checked: the program died in %s)", title, r.culprit()))
		case v.task.ID == show:
			r.printRed(p, v)
		case r.isLeftOut(v.task):
			p.Headline(wordOf(state), title+"  ("+r.whyLeftOut(v.task)+")")
		default:
			p.Headline(wordOf(state), title)
		}
	}
	if red == len(all) && red > 0 && r.isUnstarted() && !r.hasGuessed() {
		p.Printf("\nAll %d tasks fail, because you have not started yet. Begin with task %s.\n", red, all[0].task.ID)
	}
	return red == 0 && len(all) > 0
}

// hasGuessed reports whether the learner has started: every TODO may still stand.
func (r *Report) hasGuessed() bool {
	return slices.ContainsFunc(r.Lesson.Tasks, func(t course.Task) bool {
		_, err := os.Stat(course.GuessFile(r.Dir(), t.ID))
		return err == nil
	})
}

// isUnstarted reports whether the learner has started no task.
func (r *Report) isUnstarted() bool {
	return !slices.ContainsFunc(r.Lesson.Tasks, func(t course.Task) bool { return !r.isUntouched(t) || r.isEdited(t) })
}

// isEdited reports whether a declaration that has a TODO of the task in the stub has other
// words now. Another task may be the reason, if it is about the same function.
func (r *Report) isEdited(t course.Task) bool {
	todo := "TODO " + t.ID
	return !slices.Equal(declarationsWith(r.Dir(), todo), declarationsWith(r.Lesson.Dir(r.Root, "lessons"), todo))
}

// whyLeftOut returns in words why an extra is not shown in full.
func (r *Report) whyLeftOut(t course.Task) string {
	if r.isEdited(t) {
		return "extra, the comment TODO " + t.ID + " is still there"
	}
	return "extra, not started"
}

// todoLeft returns what to do about the TODO of a task that passes, or "" if there is none.
// The open shop takes a task with a TODO for a task that is not done.
func (r *Report) todoLeft(t course.Task) string {
	file, line := FindTODO(r.Dir(), "TODO "+t.ID)
	if file == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: the code is right, but the comment TODO %s is still there. Delete the comment", r.Rel(file), line, t.ID)
}

func (r *Report) printNotes(p Printer, t course.Task) {
	for _, rec := range r.Records {
		if rec.Task != t.ID {
			continue
		}
		for _, n := range rec.Notes {
			p.Field("", n)
		}
	}
}

// wordOf returns the word of a red task: BROKEN when its check is at fault.
func wordOf(s result.State) result.Word {
	if s == result.TaskBroken {
		return result.Broken
	}
	return result.Fail
}

func (r *Report) printRed(p Printer, v taskVerdict) {
	t := r.resultOf(v)
	title := t.ID + "  " + t.Title
	if t.Red.Replay {
		title += "  (when every step is replayed)"
	}
	p.Headline(wordOf(t.State), title)
	for _, f := range t.Fields() {
		p.Field(f.Name, f.Text)
	}
}

// ledgerLines returns the lines of the ledger that a verdict shows.
func ledgerLines(entries []sandbox.Entry) []string {
	var lines []string
	for _, e := range sandbox.Facts(entries) {
		lines = append(lines, e.Line())
	}
	return clip(lines, "time")
}

// clip leaves out lines, so that a verdict fits on one screen. The noun is for the number
// of equal lines.
func clip(lines []string, noun string) []string {
	const most = 8
	lines = fold(lines, noun)
	if len(lines) <= most {
		return lines
	}
	kept := append([]string(nil), lines[:most-2]...)
	kept = append(kept, fmt.Sprintf("… %d more lines", len(lines)-most+1))
	return append(kept, lines[len(lines)-1])
}

// fold replaces equal lines in a row by one line, with their number and a noun.
func fold(lines []string, noun string) []string {
	var folded []string
	for i, n := 0, 0; i < len(lines); i += n {
		for n = 1; i+n < len(lines) && lines[i+n] == lines[i]; n++ {
		}
		line := lines[i]
		if n > 1 {
			line += "  (" + course.Count(n, noun) + ")"
		}
		folded = append(folded, line)
	}
	return folded
}

// nextStep returns what the learner should do about a red task.
func (r *Report) nextStep(v taskVerdict) string {
	if !v.red.IsRed() {
		return "this error is in the workbook, not in your code; " + hint.HowToReport(r.Root)
	}
	if v.red.Elsewhere && !v.red.Claim.IsUnwritten() {
		return fmt.Sprintf("make run %d, which shows the output of your program", r.Lesson.N)
	}
	t := v.task
	if t.Form == course.Drill && len(t.Lessons) > 0 {
		return fmt.Sprintf("find the service in the attempts and the ledger above; edit it in lesson %s, then make check %d", joinOr(t.Lessons), r.Lesson.N)
	}
	if hints, _ := course.Hints(r.Root, r.Lesson, t.ID); len(hints) > 0 {
		return "make hint " + t.ID
	}
	return fmt.Sprintf("read %s/README.md again", r.Rel(r.Dir()))
}

// joinOr formats numbers as alternatives: 2, 3 or 4.
func joinOr(numbers []int) string {
	var all []string
	for _, n := range numbers {
		all = append(all, strconv.Itoa(n))
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// printStub prints the verdict of the test in lessons/, where a red task is right. So
// printStub shows only tasks that are green or broken.
func (r *Report) printStub(p Printer) bool {
	ok := r.IsAsExpected()
	for _, v := range r.tasks() {
		switch {
		case v.red == nil:
			p.Headline(result.Fail, v.task.ID+"  the stub passes, but it must fail")
		case !v.red.IsRed():
			r.printRed(p, v)
		}
	}
	if r.internal != nil {
		p.Headline(result.Broken, r.internal.Error())
	}
	if ok {
		p.Headline(result.Pass, "every task of the stub fails with the words in stub.txt")
	} else if err := r.checkStubFile(); err != nil {
		p.Headline(result.Fail, err.Error())
	}
	return ok
}

// Printer formats a verdict's lines and passes each to put.
type Printer struct {
	put    func(result.Line)
	colour bool
}

// NewPrinter returns a printer that writes each line to w at once.
func NewPrinter(w io.Writer) Printer {
	return Printer{put: func(l result.Line) { fmt.Fprintln(w, l.Text) }, colour: useColour()}
}

// fieldIndent is the column in which the text of a field begins.
const fieldIndent = 12

var colours = map[result.Word]string{
	result.Pass: "\x1b[32m", result.Fail: "\x1b[31m", result.Part: "\x1b[33m", result.Setup: "\x1b[33m", result.Broken: "\x1b[35m",
}

// Headline prints a line that begins with one of the verdict's words.
func (p Printer) Headline(word result.Word, text string) {
	first := string(word)
	if p.colour {
		first = colours[word] + first + "\x1b[0m"
	}
	p.lines(strings.TrimRight(first+" "+text, " "), fieldIndent)
}

// Field prints a named line, unless its text is empty.
func (p Printer) Field(name, text string) {
	if text != "" {
		p.lines(fmt.Sprintf("  %-8s  %s", name, text), fieldIndent)
	}
}

// List prints lines under one name.
func (p Printer) List(name string, lines []string) {
	for i, l := range lines {
		if i > 0 {
			name = ""
		}
		p.Field(name, l)
	}
}

// Printf prints whole lines that have no label.
func (p Printer) Printf(format string, args ...any) {
	p.lines(strings.TrimSuffix(fmt.Sprintf(format, args...), "\n"), 0)
}

// lines passes each line of a text to put. Only the first line has a label, and so an
// indent.
func (p Printer) lines(text string, indent int) {
	for line := range strings.SplitSeq(text, "\n") {
		p.put(result.Line{Text: line, Indent: indent})
		indent = 0
	}
}

// PrintSetup prints why this machine cannot run checks, and what helps.
func (p Printer) PrintSetup(err error) {
	p.Headline(result.Setup, err.Error())
	var e *hint.Error
	if errors.As(err, &e) && e.Do != "" {
		p.Field("next", e.Do)
	}
}

// useColour reports whether to print in colour: only on a terminal, or when the
// workbook tool, which is on one, asks.
func useColour() bool {
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	return os.Getenv(setting.Colour) != "" || term.IsTerminal(int(os.Stdout.Fd()))
}
