package check

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/sandbox"
)

// printVerdict prints the verdict and reports whether the run was as it should be.
func (r *report) printVerdict(p printer) bool {
	switch {
	case r.setup != nil:
		p.setup(r.setup)
		return false
	case r.expectsRed():
		return r.printStub(p)
	}
	ok := r.printTasks(p)
	if r.ours != nil {
		p.headline(result.Broken, "the workbook itself")
		p.field("got", r.ours.Error())
		p.field("next", hint.HowToReport(r.root))
		return false
	}
	if ok && r.replay != nil {
		p.headline(result.Pass, replaySummary(*r.replay))
	}
	switch {
	case !ok || r.tree != "work":
	case r.inPart():
		p.printf("\nnot all of lesson %d's checks were run: make check %d runs them\n", r.info.N, r.info.N)
	default:
		p.printf("\nlesson %d is %s. %s\n", r.info.N, r.whose(), r.whatNow())
		if os.Getenv(setting.Noted) == "" {
			p.printf("make check %d notes it, for make progress\n", r.info.N)
		}
	}
	if !ok && r.tree == "work" && r.onlyExtras() {
		p.printf("\nwhat is left of lesson %d is extra, and can wait. %s\n", r.info.N, r.whatNow())
	}
	return ok
}

// onlyExtras: everything else is green.
func (r *report) onlyExtras() bool {
	return !slices.ContainsFunc(r.tasks(), func(v verdict) bool { return v.red != nil && !v.task.Extra })
}

// whose is done by the learner, or given to them.
func (r *report) whose() string {
	if r.given() {
		return "given: what was checked is the reference"
	}
	return "done"
}

// given: what is checked is the reference, put there by make catchup.
func (r *report) given() bool {
	_, err := os.Stat(filepath.Join(r.dir(), progress.GivenName))
	return err == nil
}

// inPart: a task, or some of its checks, was left out.
func (r *report) inPart() bool {
	all := r.tasks()
	return len(all) < len(r.info.Tasks) || slices.ContainsFunc(all, verdict.part)
}

// whatNow is what comes after a lesson.
func (r *report) whatNow() string {
	next, err := course.Find(r.root, r.info.N+1)
	if err != nil {
		return "it is the last one so far"
	}
	return fmt.Sprintf("next: make lesson %d", next.N)
}

// full is the task to show in full: the first red one, but that the program
// does not serve comes before all else, and an extra that was left out behind all.
func (r *report) full(all []verdict) string {
	id, extra := "", ""
	for _, v := range all {
		switch {
		case v.red == nil || r.bystander(v.red):
		case v.red.elsewhere && r.neverServed:
			return v.task.ID
		case r.leftOut(v.task):
			extra = cmp.Or(extra, v.task.ID)
		default:
			id = cmp.Or(id, v.task.ID)
		}
	}
	return cmp.Or(id, extra)
}

// leftOut: the task is an extra, and not begun.
func (r *report) leftOut(t course.Task) bool { return t.Extra && r.untouched(t) }

// untouched: each TODO that the task has in the stub still stands.
func (r *report) untouched(t course.Task) bool {
	left := todoLines(r.dir(), "TODO "+t.ID)
	return left > 0 && left >= todoLines(r.info.Dir(r.root, "lessons"), "TODO "+t.ID)
}

// printTasks shows one red task in full, the others as a line each.
func (r *report) printTasks(p printer) bool {
	all := r.tasks()
	show, red := r.full(all), 0
	for _, v := range all {
		title := v.task.ID + "  " + v.task.Title
		if v.red != nil {
			red++
		}
		switch state := r.stateOf(v); {
		case state == result.TaskPart:
			p.headline(result.Part, fmt.Sprintf("%s  (%d of %s, and no red one)", title, v.checks, course.Count(v.of, "check")))
		case state == result.TaskPassed:
			p.headline(result.Pass, fmt.Sprintf("%s  (%s)", title, course.Count(v.checks, "check")))
			r.printNotes(p, v.task)
		case state == result.TaskNotJudged:
			p.headline(result.Fail, fmt.Sprintf("%s  (not judged: the program died in %s)", title, r.culprit()))
		case v.task.ID == show:
			r.printRed(p, v)
		case r.leftOut(v.task):
			p.headline(wordOf(state), title+"  (extra, not begun)")
		default:
			p.headline(wordOf(state), title)
		}
	}
	if red == len(all) && red > 0 && r.unstarted() && !r.guessed() {
		p.printf("\nall %d tasks are red: that is how a lesson starts. take them one by one, %s first.\n", red, all[0].task.ID)
	}
	return red == 0 && len(all) > 0
}

// guessed: the learner has begun, though every TODO stands.
func (r *report) guessed() bool {
	return slices.ContainsFunc(r.info.Tasks, func(t course.Task) bool {
		_, err := os.Stat(course.GuessFile(r.dir(), t.ID))
		return err == nil
	})
}

// unstarted: nothing was done for any task.
func (r *report) unstarted() bool {
	return !slices.ContainsFunc(r.info.Tasks, func(t course.Task) bool { return !r.untouched(t) })
}

func (r *report) printNotes(p printer, t course.Task) {
	for _, rec := range r.records {
		if rec.task != t.ID {
			continue
		}
		for _, n := range rec.notes {
			p.field("", n)
		}
	}
}

// wordOf returns the word of a red task: BROKEN when its check failed.
func wordOf(s result.State) result.Word {
	if s == result.TaskBroken {
		return result.Broken
	}
	return result.Fail
}

func (r *report) printRed(p printer, v verdict) {
	t := r.resultOf(v)
	title := t.ID + "  " + t.Title
	if t.Red.Replay {
		title += "  (with every step replayed)"
	}
	p.headline(wordOf(t.State), title)
	for _, f := range t.Fields() {
		p.field(f.Name, f.Text)
	}
}

func (rec *record) why() string {
	if rec.crashed != nil {
		return fmt.Sprintf("panic: %v", rec.crashed)
	}
	if rec.failure == nil {
		return "the script did not end"
	}
	return rec.failure.Error()
}

// ledgerLines are the facts that matter in a verdict.
func ledgerLines(entries []sandbox.Entry) []string {
	var lines []string
	for _, e := range sandbox.Facts(entries) {
		lines = append(lines, e.Line())
	}
	return clip(lines)
}

// clip keeps a verdict on one screen.
func clip(lines []string) []string {
	const most = 8
	lines = fold(lines)
	if len(lines) <= most {
		return lines
	}
	kept := append([]string(nil), lines[:most-2]...)
	kept = append(kept, fmt.Sprintf("… and %d more", len(lines)-most+1))
	return append(kept, lines[len(lines)-1])
}

// fold says once what several lines in a row say.
func fold(lines []string) []string {
	var folded []string
	for i, n := 0, 0; i < len(lines); i += n {
		for n = 1; i+n < len(lines) && lines[i+n] == lines[i]; n++ {
		}
		line := lines[i]
		if n > 1 {
			line += fmt.Sprintf("  (%d times)", n)
		}
		folded = append(folded, line)
	}
	return folded
}

func (r *report) next(v verdict) string {
	if !v.red.red() {
		return "it is the workbook's, not yours; " + hint.HowToReport(r.root)
	}
	if v.red.elsewhere && !v.red.unwritten() {
		return fmt.Sprintf("make run %d shows what the program says", r.info.N)
	}
	t := v.task
	if strings.HasPrefix(t.Title, "Drill") || strings.HasPrefix(t.Title, "Prove it") {
		return "the lesson that the service is from says more: make check 2, 3, 4, 5"
	}
	if hints, _ := course.Hints(r.root, r.info, t.ID); len(hints) > 0 {
		return "make hint " + t.ID
	}
	return fmt.Sprintf("read %s/README.md once more", r.rel(r.dir()))
}

// printStub is the lesson's own test in lessons/: red tasks are as they should
// be, and only what is not is shown.
func (r *report) printStub(p printer) bool {
	ok := r.asExpected()
	for _, v := range r.tasks() {
		switch {
		case v.red == nil:
			p.headline(result.Fail, v.task.ID+"  the stub passes, and should not")
		case !v.red.red():
			r.printRed(p, v)
		}
	}
	if r.ours != nil {
		p.headline(result.Broken, r.ours.Error())
	}
	if ok {
		p.headline(result.Pass, "every task of the stub is red, in the words of stub.txt")
	} else if err := r.unpromised(); err != nil {
		p.headline(result.Fail, err.Error())
	}
	return ok
}

// printer lays out a verdict's lines and hands each to put.
type printer struct {
	put    func(result.Line)
	colour bool
}

// printTo returns a printer that writes each line to w at once.
func printTo(w io.Writer) printer {
	return printer{put: func(l result.Line) { fmt.Fprintln(w, l.Text) }, colour: colour()}
}

// fieldIndent is the column in which the text of a field begins.
const fieldIndent = 12

var colours = map[result.Word]string{
	result.Pass: "\x1b[32m", result.Fail: "\x1b[31m", result.Part: "\x1b[33m", result.Setup: "\x1b[33m", result.Broken: "\x1b[35m",
}

func (p printer) headline(word result.Word, text string) {
	first := string(word)
	if p.colour {
		first = colours[word] + first + "\x1b[0m"
	}
	p.lines(strings.TrimRight(first+" "+text, " "), fieldIndent)
}

func (p printer) field(name, text string) {
	if text != "" {
		p.lines(fmt.Sprintf("  %-8s  %s", name, text), fieldIndent)
	}
}

func (p printer) list(name string, lines []string) {
	for i, l := range lines {
		if i > 0 {
			name = ""
		}
		p.field(name, l)
	}
}

// printf prints whole lines that have no label.
func (p printer) printf(format string, args ...any) {
	p.lines(strings.TrimSuffix(fmt.Sprintf(format, args...), "\n"), 0)
}

// lines prints a text. Only its first line begins with a label.
func (p printer) lines(text string, indent int) {
	for line := range strings.SplitSeq(text, "\n") {
		p.put(result.Line{Text: line, Indent: indent})
		indent = 0
	}
}

func (p printer) setup(err error) {
	p.headline(result.Setup, err.Error())
	var e *hint.Error
	if errors.As(err, &e) && e.Do != "" {
		p.field("next", e.Do)
	}
}

// colour only on a terminal, or when the workbook tool, which is on one, asks.
func colour() bool {
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	return os.Getenv(setting.Colour) != "" || term.IsTerminal(int(os.Stdout.Fd()))
}
