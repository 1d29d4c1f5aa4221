package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/ui"
)

type checkCmd struct {
	N   string `arg:"" optional:"" help:"The lesson's number; left out, the one whose folder you are in, or else the first that is not done."`
	All bool   `help:"All lessons in work/, or all up to that number: ALL=1."`
	joining
}

// Run tests the learner's copy and shows the verdict alone.
func (c checkCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	p.class.Join(c.Class, c.Name)
	if c.All {
		return p.checkAll(ctx, k, c.N)
	}
	dir, l, err := p.checked("check", c.N)
	if err != nil {
		p.class.ReportJoining()
		return err
	}
	return p.checkIn(ctx, k, dir, l)
}

// checkIn judges a lesson in its folder in one of the trees.
func (p *place) checkIn(ctx context.Context, k *process.Keeper, dir string, l course.Lesson) error {
	checks, err := progress.ChecksOf(p.root, l)
	if err != nil {
		return err
	}
	temp, err := k.MkdirTemp() // so that no result of an earlier check is in it
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	// What GOFLAGS may say of these two would leave scripts out.
	out, exit := gotool.Run(ctx, k, dir, checkEnv(temp), nil, "test", "-run=^TestLesson$", "-failfast=false")
	if ctx.Err() != nil {
		return hint.New(hint.Setup, fmt.Sprintf("make check %d", l.N), "interrupted; nothing was noted")
	}
	o := readOutcome(fromRoot(p.root, dir, withoutClosing(out)), temp, dir)
	o.show()
	err = o.judged(exit, l)
	if dir == l.Dir(p.root, "work") {
		p.afterCheck(l, checks, o)
	}
	return err
}

// checkEnv returns the environment of a check that is to leave its result in
// temp.
func checkEnv(temp string) []string {
	env := append(os.Environ(), setting.Noted+"=1", setting.Result+"="+filepath.Join(temp, resultName))
	if ui.IsTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" {
		env = append(env, setting.Colour+"=1")
	}
	return env
}

// afterCheck notes what came of it. What the check has said stands, whatever
// comes of that.
func (p *place) afterCheck(l course.Lesson, checks string, o outcome) {
	if err := learner.RecordProgress(p.root, l, checks, o.results()); err != nil {
		fmt.Fprintln(os.Stderr, "\n"+hint.Text(err))
	}
	if o.found == nil || o.found.Word == result.Broken {
		ui.Printf("%s", learner.Advice(p.root, l))
	}
	p.class.Report(judgedReport(p.root, l, o))
}

// checked is the folder to test: a lesson's by number, the one that the tool was
// called in or, called elsewhere, the current lesson's.
func (p *place) checked(verb, word string) (string, course.Lesson, error) {
	if word == "" {
		if l, tree, err := course.At(p.root, p.dir); err == nil {
			return l.Dir(p.root, tree), l, nil
		}
		l, err := learner.Current(p.root)
		return l.Dir(p.root, "work"), l, err
	}
	l, err := learner.ParseLesson(p.root, verb, word)
	if err != nil {
		return "", l, err
	}
	dir := l.Dir(p.root, "work")
	if _, err := os.Stat(dir); err != nil {
		return "", l, hint.New(hint.Usage, fmt.Sprintf("make lesson %d", l.N), "work/%s is not there yet", l.Slug)
	}
	return dir, l, learner.Validate(l, dir)
}

var goFile = regexp.MustCompile(`^(?:vet: )?(?:\./)?([^\s:]+\.go):\d+`)

// fromRoot returns what go printed with the compiler's lines, which name files
// from the lesson's folder, naming them from the root.
func fromRoot(root, dir, printed string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return printed
	}
	var b strings.Builder
	for line := range strings.Lines(printed) {
		if m := goFile.FindStringSubmatchIndex(line); m != nil && files.Exists(filepath.Join(dir, line[m[2]:m[3]])) {
			line = filepath.ToSlash(rel) + "/" + line[m[2]:]
		}
		b.WriteString(line)
	}
	return b.String()
}
