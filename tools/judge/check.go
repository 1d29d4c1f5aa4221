// Package judge runs a lesson's check, shows its verdict, and notes what came of
// it: once, for all lessons in work/, or at every save.
package judge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/ui"
)

// Judge checks the lessons of one workbook.
type Judge struct {
	Root, Dir string          // the workbook, and the folder that the tool was called in
	Keeper    *process.Keeper // removes what a check leaves behind
	Class     *class.Reporter
}

// Check judges a lesson in its folder in one of the trees. The error is
// hint.ExitRed where a task is red.
func (j *Judge) Check(ctx context.Context, dir string, l course.Lesson) error {
	checks, err := progress.ChecksOf(j.Root, l)
	if err != nil {
		return err
	}
	temp, err := j.Keeper.MkdirTemp() // so that no result of an earlier check is in it
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	// GOFLAGS may have -run or -failfast, which would skip scripts, or a short -timeout.
	out, exit := gotool.Run(ctx, j.Keeper, dir, checkEnv(temp), nil, "test", "-run=^TestLesson$", "-failfast=false", "-timeout=10m")
	if ctx.Err() != nil {
		return hint.New(hint.Setup, fmt.Sprintf("make check %d", l.N), "interrupted; no result was recorded")
	}
	o := readOutcome(nameFilesFromRoot(j.Root, dir, withoutClosing(out)), temp, dir)
	o.trouble = notLearners(j.Root, out, o.printed)
	o.show()
	err = o.exitError(exit, l)
	if dir == l.Dir(j.Root, "work") {
		j.record(l, checks, o)
	}
	return err
}

// checkEnv returns the environment of a check that is to leave its result in
// temp.
func checkEnv(temp string) []string {
	env := append(os.Environ(), setting.Result+"="+filepath.Join(temp, resultName))
	if ui.IsTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" {
		env = append(env, setting.Colour+"=1")
	}
	return env
}

// record notes the outcome. The verdict that was printed stands, even where that
// fails.
func (j *Judge) record(l course.Lesson, checks string, o outcome) {
	if err := progress.Record(j.Root, l, checks, o.results()); err != nil {
		fmt.Fprintln(os.Stderr, "\n"+hint.Text(err))
	}
	if o.found == nil && o.trouble == nil || o.found != nil && o.found.Word == result.Broken {
		ui.Printf("%s", learner.Advice(j.Root, l))
	}
	j.Class.Report(classReport(j.Root, l, o))
}

// Find returns the folder to check, and its lesson: the lesson that word is the number of,
// or where word is "" the one that dir is in, or else the first that is not passed. The
// examples in its errors are of the verb.
func Find(root, dir, verb, word string) (string, course.Lesson, error) {
	if word == "" {
		if l, tree, err := course.At(root, dir); err == nil && tree != "work" {
			return l.Dir(root, tree), l, nil
		} else if err == nil {
			return l.Dir(root, tree), l, learner.Validate(l, l.Dir(root, tree))
		}
		l, err := learner.Current(root)
		if err != nil {
			return "", l, err
		}
		return l.Dir(root, "work"), l, learner.Validate(l, l.Dir(root, "work"))
	}
	l, err := learner.ParseLesson(root, verb, word)
	if err != nil {
		return "", l, err
	}
	copied := l.Dir(root, "work")
	if _, err := os.Stat(copied); err != nil {
		return "", l, hint.New(hint.Usage, fmt.Sprintf("make lesson %d", l.N), "work/%s is not there yet", l.Slug)
	}
	return copied, l, learner.Validate(l, copied)
}

var goFile = regexp.MustCompile(`^(?:vet: )?(?:\./)?([^\s:]+\.go):\d+`)

// nameFilesFromRoot returns what go printed. The compiler's lines have a file's path from dir,
// the lesson's folder; in what is returned they have the path from the root.
func nameFilesFromRoot(root, dir, printed string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return printed
	}
	var b strings.Builder
	for line := range strings.Lines(printed) {
		if m := goFile.FindStringSubmatchIndex(line); m != nil && files.Exists(filepath.Join(dir, line[m[2]:m[3]])) {
			line = filepath.ToSlash(filepath.Join(rel, line[m[2]:m[3]])) + line[m[3]:]
		}
		b.WriteString(line)
	}
	return b.String()
}
