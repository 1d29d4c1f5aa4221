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

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/sandbox"
)

// print writes the verdict and says whether the run was as it should be.
func (r *report) print(w io.Writer) bool {
	p := printer{w, colour()}
	switch {
	case r.setup != nil:
		p.setup(r.setup)
		return false
	case r.expectsRed():
		return r.printStub(p)
	}
	ok := r.printTasks(p)
	if r.ours != nil {
		p.headline("BROKEN", "the workbook itself")
		p.field("got", r.ours.Error())
		p.field("next", "please report this")
		return false
	}
	if ok && r.sees != "" {
		p.headline("PASS", r.sees)
	}
	switch {
	case !ok || r.tree != "work":
	case r.inPart():
		fmt.Fprintf(w, "\nnot all of lesson %d's checks were run: make check %d runs them\n", r.info.N, r.info.N)
	default:
		fmt.Fprintf(w, "\nlesson %d is %s. %s\n", r.info.N, r.whose(), r.whatNow())
		if os.Getenv(setting.Noted) == "" {
			fmt.Fprintf(w, "make check %d notes it, for make progress\n", r.info.N)
		}
	}
	if !ok && r.tree == "work" && r.onlyExtras() {
		fmt.Fprintf(w, "\nwhat is left of lesson %d is extra, and can wait. %s\n", r.info.N, r.whatNow())
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
		switch {
		case v.part():
			p.headline("PART", fmt.Sprintf("%s  %s  (%d of %s, and no red one)", v.task.ID, v.task.Title, v.checks, course.Count(v.of, "check")))
		case v.red == nil:
			p.headline("PASS", fmt.Sprintf("%s  %s  (%s)", v.task.ID, v.task.Title, course.Count(v.checks, "check")))
			r.printNotes(p, v.task)
		case r.bystander(v.red):
			red++
			p.headline("FAIL", fmt.Sprintf("%s  %s  (not judged: the program died in %s)", v.task.ID, v.task.Title, r.culprit()))
		case v.task.ID != show:
			red++
			title := v.task.ID + "  " + v.task.Title
			if r.leftOut(v.task) {
				title += "  (extra, not begun)"
			}
			p.headline(first(v.red), title)
		default:
			red++
			r.printRed(p, v)
		}
	}
	if red == len(all) && red > 0 && r.unstarted() && !r.guessed() {
		fmt.Fprintf(p.w, "\nall %d tasks are red: that is how a lesson starts. take them one by one, %s first.\n", red, all[0].task.ID)
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

// first word: FAIL is your code, BROKEN is ours.
func first(rec *record) string {
	if rec.red() {
		return "FAIL"
	}
	return "BROKEN"
}

func (r *report) printRed(p printer, v verdict) {
	rec := v.red
	title := v.task.ID + "  " + v.task.Title
	if rec.pass == passReplay {
		title += "  (with every step replayed)"
	}
	p.headline(first(rec), title)
	p.field("check", rec.phase)
	p.field("did", strings.Join(rec.did, "; "))
	if rec.red() {
		p.field("expected", rec.expected)
		p.field("got", rec.got)
	} else {
		p.field("got", rec.why())
		p.field("script", "testdata/"+r.info.Slug+"/"+rec.script+".txtar")
	}
	p.list("ledger", ledgerLines(rec.ledger))
	p.list("attempts", clip(rec.attempts))
	p.field("where", r.where(rec))
	p.field("likely", rec.likely)
	p.field("next", r.next(v))
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
		return "please report this: it is the workbook's, not yours"
	}
	if v.red.elsewhere && !strings.Contains(v.red.got, "TODO ") {
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
			p.headline("FAIL", fmt.Sprintf("%s  the stub passes, and should not", v.task.ID))
		case !v.red.red():
			r.printRed(p, v)
		}
	}
	if r.ours != nil {
		p.headline("BROKEN", r.ours.Error())
	}
	if ok {
		p.headline("PASS", "every task of the stub is red, in the words of stub.txt")
	} else if err := r.unpromised(); err != nil {
		p.headline("FAIL", err.Error())
	}
	return ok
}

type printer struct {
	w      io.Writer
	colour bool
}

var colours = map[string]string{"PASS": "\x1b[32m", "FAIL": "\x1b[31m", "PART": "\x1b[33m", "SETUP": "\x1b[33m", "BROKEN": "\x1b[35m"}

func (p printer) headline(word, text string) {
	if p.colour {
		word = colours[word] + word + "\x1b[0m"
	}
	fmt.Fprintln(p.w, strings.TrimRight(word+" "+text, " "))
}

func (p printer) field(name, text string) {
	if text != "" {
		fmt.Fprintf(p.w, "  %-8s  %s\n", name, text)
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

func (p printer) setup(err error) {
	p.headline("SETUP", err.Error())
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
	return os.Getenv("WORKBOOK_COLOR") != "" || term.IsTerminal(int(os.Stdout.Fd()))
}
