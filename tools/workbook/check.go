package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
)

type checkCmd struct {
	N   string `arg:"" optional:"" help:"The lesson's number; left out, the one whose folder you are in, or else the first that is not done."`
	All bool   `help:"All lessons in work/, or all up to that number: ALL=1."`
	joining
}

// Run tests the learner's copy and shows the verdict alone.
func (c checkCmd) Run(p *place) error {
	c.member(p)
	if c.All {
		return p.checkAll(c.N)
	}
	dir, l, err := p.checked("check", c.N)
	if err != nil {
		p.joinedAlone()
		return err
	}
	return p.checkIn(dir, l)
}

// checkIn judges a lesson in its folder in one of the trees.
func (p *place) checkIn(dir string, l course.Lesson) error {
	ctx, stop := untilStopped()
	defer stop()
	k, err := process.NewKeeper()
	if err != nil {
		return err
	}
	defer k.Close()
	checks, err := progress.ChecksOf(p.root, l)
	if err != nil {
		return err
	}
	// What GOFLAGS may say of these two would leave scripts out.
	out, exit := runGo(ctx, k, dir, checkEnv(), nil, "test", "-run=^TestLesson$", "-failfast=false")
	if ctx.Err() != nil {
		return hint.New(hint.Setup, fmt.Sprintf("make check %d", l.N), "interrupted; nothing was noted")
	}
	said, word := verdictOf(out, fromRoot(p, dir))
	io.WriteString(folding(), said)
	err = judged(word, exit, l)
	if dir == l.Dir(p.root, "work") {
		p.afterCheck(l, checks, word, said)
	}
	return err
}

// checkEnv is what a check finds in its environment.
func checkEnv() []string {
	env := append(os.Environ(), setting.Noted+"=1")
	if onTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" {
		env = append(env, "WORKBOOK_COLOR=1")
	}
	return env
}

// afterCheck notes what came of it. What the check has said stands, whatever
// comes of that.
func (p *place) afterCheck(l course.Lesson, checks, word, said string) {
	if err := keepProgress(p.root, l, checks, taskResults(said)); err != nil {
		fmt.Fprintln(os.Stderr, "\n"+hint.Text(err))
	}
	if word == "" || word == "BROKEN" {
		say("%s", adviceFor(p.root, l))
	}
	p.report(judgedReport(p.root, l, said))
}

// checked is the folder to test: a lesson's by number, the one that the tool was
// called in or, called elsewhere, the current lesson's.
func (p *place) checked(verb, word string) (string, course.Lesson, error) {
	if word == "" {
		if l, tree, err := course.At(p.root, p.dir); err == nil {
			return l.Dir(p.root, tree), l, nil
		}
		l, err := p.current()
		return l.Dir(p.root, "work"), l, err
	}
	l, err := p.lessonFor(verb, word)
	if err != nil {
		return "", l, err
	}
	dir := l.Dir(p.root, "work")
	if _, err := os.Stat(dir); err != nil {
		return "", l, hint.New(hint.Usage, fmt.Sprintf("make lesson %d", l.N), "work/%s is not there yet", l.Slug)
	}
	return dir, l, whole(l, dir)
}

var (
	goNoise     = regexp.MustCompile(`^(\s*--- (FAIL|PASS|SKIP): |PASS$|FAIL$|ok\s|FAIL\t|exit status )`)
	verdictLine = regexp.MustCompile(`(?m)^(?:\x1b\[\d+m)?(PASS|FAIL|SETUP|BROKEN)(?:\x1b\[0m)? +\S`)
)

// verdictOf is what go test prints without its own summary lines, and the worst
// first word of a verdict in it.
func verdictOf(out string, clear func(string) string) (text, word string) {
	var b strings.Builder
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if goNoise.MatchString(line) {
			continue
		}
		b.WriteString(clear(line + "\n"))
		if m := verdictLine.FindStringSubmatch(line); m != nil && worse(m[1], word) {
			word = m[1]
		}
	}
	return b.String(), word
}

var goFile = regexp.MustCompile(`^(?:vet: )?(?:\./)?([^\s:]+\.go):\d+`)

// fromRoot gives the compiler's lines, which name files from the lesson's
// folder, the path that everything else has.
func fromRoot(p *place, dir string) func(string) string {
	rel, err := filepath.Rel(p.root, dir)
	return func(line string) string {
		m := goFile.FindStringSubmatchIndex(line)
		if err != nil || m == nil {
			return line
		}
		if _, err := os.Stat(filepath.Join(dir, line[m[2]:m[3]])); err != nil {
			return line
		}
		return filepath.ToSlash(rel) + "/" + line[m[2]:]
	}
}

func worse(a, b string) bool {
	order := map[string]int{"": 0, "PASS": 1, "FAIL": 2, "SETUP": 3, "BROKEN": 4}
	return order[a] > order[b]
}

// judged is the outcome in terms of this tool's exit codes.
func judged(word string, err error, l course.Lesson) error {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	switch {
	case word == "SETUP" || word == "BROKEN":
		return errNotYours
	case word == "" && err != nil:
		say("\nno task was run: the program does not get as far as that. mend what is said above, then: make check %d\n", l.N)
		return errRed
	case word == "":
		return hint.New(hint.Broken, "does something in your code call os.Exit, in an init function or a variable?", "the check ended without a verdict, so no task was judged")
	case err != nil:
		return errRed
	}
	return nil
}
