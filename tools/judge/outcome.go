package judge

import (
	"errors"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/ui"
)

// outcome is what came of one run of a lesson's check.
type outcome struct {
	printed string         // what go and the code under check printed before the verdict
	found   *result.Result // nil when the check has left none
	trouble error          // why this machine, or the workbook, has not run the check
}

// resultName is the file in a check's own folder that its result goes to.
const resultName = "result.json"

// readOutcome returns the outcome of a check of the lesson in dir that was to
// leave its result in temp.
func readOutcome(printed, temp, dir string) outcome {
	o := outcome{printed: printed}
	tree, slug := filepath.Split(dir)
	if r, err := result.Read(filepath.Join(temp, resultName), filepath.Base(tree), slug); err == nil {
		o.found = &r
	}
	return o
}

// notLearners returns why a check has left no result, or nil if the learner's code is the
// reason. out is what go printed, as it printed it; printed names files from the root.
func notLearners(root, out, printed string) error {
	if err := gotool.Trouble(out); err != nil {
		return err
	}
	ours := ""
	for line := range strings.Lines(printed) {
		m := compileError.FindStringSubmatch(line)
		switch {
		case m == nil:
		case !isOurs(m[1]):
			return nil
		case ours == "":
			ours = m[1]
		}
	}
	if ours == "" {
		return nil
	}
	return hint.New(hint.Broken, "git status shows what was changed here; git checkout -- "+path.Dir(ours)+" takes it back. If nothing was changed, "+hint.HowToReport(root),
		"%s is a file of the workbook, and does not compile", ours)
}

// compileError matches a compiler's line, and the file in it.
var compileError = regexp.MustCompile(`^(?:vet: )?(?:\./)?([^\s:]+\.go):\d+:\d+: `)

// isOurs reports whether a file, by its path as go prints it, is one that a learner has no
// reason to edit.
func isOurs(file string) bool {
	for len(file) > 3 && file[:3] == "../" {
		file = file[3:]
	}
	return strings.HasPrefix(file, "tools/") || strings.HasPrefix(file, "lessons/shop/")
}

// show prints the outcome for people.
func (o outcome) show() {
	ui.Printf("%s", o.printed)
	if o.found != nil {
		for _, l := range o.found.Lines {
			ui.PrintLine(l.Text, l.Indent)
		}
	}
}

// results returns which tasks were found right, and which not.
func (o outcome) results() map[string]bool {
	if o.found == nil {
		return nil
	}
	return o.found.Judged()
}

// shownRed returns the red task that the verdict shows in full, if there is one.
func (o outcome) shownRed() (result.Task, bool) {
	if o.found == nil {
		return result.Task{}, false
	}
	return o.found.Refused()
}

// exitError returns the outcome in terms of this tool's exit codes. exit is how
// the check ended.
func (o outcome) exitError(exit error, l course.Lesson) error {
	var code *exec.ExitError
	if exit != nil && !errors.As(exit, &code) {
		return exit
	}
	switch {
	case o.found == nil && exit != nil && o.trouble != nil:
		return o.trouble
	case o.found == nil && exit != nil:
		ui.Printf("\nno task was run, because the program did not start. fix the error above, then: make check %d\n", l.N)
		return hint.ExitRed
	case o.found == nil:
		return hint.New(hint.Broken, "look for a call of os.Exit in an init function or in a package variable of your code", "the check ended without a verdict, so no task was checked")
	case o.found.Word == result.Setup || o.found.Word == result.Broken:
		return hint.ExitSetup
	case o.found.Word == result.Fail || exit != nil:
		return hint.ExitRed
	}
	return nil
}

// withoutClosing returns what go test printed without its closing lines, which
// have no news for a learner: ok or FAIL with the package, and before that how
// the test's process ended.
func withoutClosing(printed string) string {
	rest, last := cutLastLine(printed)
	if !strings.HasPrefix(last, "ok  \t") && !strings.HasPrefix(last, "FAIL\t") {
		return printed
	}
	if before, exit := cutLastLine(rest); strings.HasPrefix(exit, "exit status ") {
		return before
	}
	return rest
}

// cutLastLine splits text before its last line.
func cutLastLine(text string) (before, last string) {
	i := strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n") + 1
	return text[:i], text[i:]
}

// classReport returns the report of a check to the class.
func classReport(root string, l course.Lesson, o outcome) class.Report {
	r := class.Report{Lesson: l.N, Tasks: o.results(), Guesses: map[string]string{}}
	r.Given = files.Exists(filepath.Join(l.Dir(root, "work"), progress.GivenName))
	if t, ok := o.shownRed(); ok {
		r.Red = t.ID
		if !t.Red.Unwritten {
			r.Check, r.Likely = t.Red.Check, t.Red.Likely
		}
	}
	for _, t := range l.Tasks {
		if r.Given {
			break // it was the reference's
		}
		if guess, err := course.ReadGuess(l.Dir(root, "work"), t.ID); err == nil {
			r.Guesses[t.ID] = guess
		}
	}
	return r
}
