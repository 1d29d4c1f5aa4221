package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/shop/services"
	"example.com/workbook/tools/ui"
)

type solutionCmd struct {
	N   string `arg:"" optional:"" help:"The lesson's number: 3."`
	Yes bool   `help:"Show it, passed or not: YES=1. Otherwise you are asked, once a lesson."`
}

// Run shows how the learner's copy differs from the reference.
func (c solutionCmd) Run(ctx context.Context, p *place) error {
	l, err := p.lessonFor("solution", c.N)
	if err != nil {
		return err
	}
	dir := l.Dir(p.root, "work")
	if _, err := os.Stat(dir); err != nil {
		return hint.New(hint.Usage, fmt.Sprintf("make lesson %d; the reference is in solutions/%s", l.N, l.Slug), "work/%s is not there, so there is nothing to compare", l.Slug)
	}
	if agreed, err := c.agreed(ctx, p, l); err != nil || !agreed {
		return err
	}
	theirs, err := cut.PlainSolution(p.root, l)
	if err != nil {
		return err
	}
	yours, err := cut.ReadGoFiles(dir)
	if err != nil {
		return err
	}
	compare(l, yours, theirs)
	return nil
}

// agreed asks a learner who has not passed the lesson, once.
func (c solutionCmd) agreed(ctx context.Context, p *place, l course.Lesson) (bool, error) {
	now, err := p.progress()
	if err != nil {
		return false, err
	}
	open := now.Open(l)
	switch {
	case len(open) == 0 || agreedBefore(p.root, l):
		return true, nil
	case !c.Yes && !ui.IsTerminal(os.Stdin):
		return false, hint.New(hint.Usage, fmt.Sprintf("%s; or see it all the same: make solution %d YES=1", helpFor(p.root, l, open), l.N), "you have not passed %s yet", idsOf(open))
	case !c.Yes && !ui.Confirm(ctx, fmt.Sprintf("you have not passed %s yet;\nshow the solution all the same?", idsOf(open))):
		ui.Printf("nothing was shown; what may help: %s\n", helpFor(p.root, l, open))
		return false, nil
	}
	return true, rememberAgreed(p.root, l)
}

// helpFor is less than the answer.
func helpFor(root string, l course.Lesson, open []course.Task) string {
	for _, t := range open {
		if h, _ := course.Hints(root, l, t.ID); len(h) > 0 {
			return "make hint " + t.ID
		}
	}
	return "read work/" + l.Slug + "/README.md"
}

// solutionsFile notes which lessons' solutions a learner wants to see, a slug a
// line.
func solutionsFile(root string) string { return filepath.Join(root, "work", ".solutions") }

func agreedBefore(root string, l course.Lesson) bool {
	b, _ := os.ReadFile(solutionsFile(root)) // whoever cannot read it is asked again
	return slices.Contains(strings.Fields(string(b)), l.Slug)
}

func rememberAgreed(root string, l course.Lesson) error {
	err := notes.Update(solutionsFile(root), func(old []byte) []byte {
		if slices.Contains(strings.Fields(string(old)), l.Slug) {
			return old
		}
		return notes.Append(old, l.Slug)
	})
	if err != nil {
		return files.WriteError("your answer was not noted", filepath.Join(root, "work"), err)
	}
	return nil
}

// compare prints what a learner's files would have to become.
func compare(l course.Lesson, yours, theirs map[string][]byte) {
	same := true
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		d := diff.Diff("work/"+l.Slug+"/"+name, yours[name], "solutions/"+l.Slug+"/"+name, theirs[name])
		if notAnswer(name) || d == nil {
			continue
		}
		same = false
		os.Stdout.Write(d)
	}
	if same {
		fmt.Printf("work/%s has what the reference has\n", l.Slug)
	}
	for _, name := range slices.Sorted(maps.Keys(yours)) {
		if _, both := theirs[name]; !both {
			fmt.Printf("only in yours: work/%s/%s\n", l.Slug, name)
		}
	}
}

// notAnswer: the tool itself writes these.
func notAnswer(name string) bool { return name == testName || name == services.FileName }
