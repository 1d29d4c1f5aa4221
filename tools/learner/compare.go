package learner

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

// Compare prints how the learner's copy differs from the reference. A learner who
// has not passed the lesson is asked first, once, unless yes is set.
func Compare(ctx context.Context, root string, l course.Lesson, yes bool) error {
	dir := l.Dir(root, "work")
	if _, err := os.Stat(dir); err != nil {
		return hint.New(hint.Usage, fmt.Sprintf("make lesson %d; the reference is in solutions/%s", l.N, l.Slug), "work/%s is not there, so there is nothing to compare", l.Slug)
	}
	if agreed, err := askFirst(ctx, root, l, yes); err != nil || !agreed {
		return err
	}
	theirs, err := cut.PlainSolution(root, l)
	if err != nil {
		return err
	}
	yours, err := cut.ReadGoFiles(dir)
	if err != nil {
		return err
	}
	printDiff(l, yours, theirs)
	return nil
}

// askFirst reports whether a learner wants to see the solution.
func askFirst(ctx context.Context, root string, l course.Lesson, yes bool) (bool, error) {
	now, err := readProgress(root)
	if err != nil {
		return false, err
	}
	open := now.Open(l)
	switch {
	case len(open) == 0 || hasAgreed(root, l):
		return true, nil
	case !yes && !ui.IsTerminal(os.Stdin):
		return false, hint.New(hint.Usage, fmt.Sprintf("%s; or see the solution anyway: make solution %d YES=1", helpFor(root, l, open), l.N), "you have not passed %s yet", idsOf(open))
	case !yes && !ui.Confirm(ctx, fmt.Sprintf("you have not passed %s yet;\nshow the solution anyway?", idsOf(open))):
		ui.Printf("the solution was not shown; these commands may help: %s\n", helpFor(root, l, open))
		return false, nil
	}
	return true, rememberAgreed(root, l)
}

// helpFor names what helps with less than the answer.
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

func hasAgreed(root string, l course.Lesson) bool {
	b, _ := os.ReadFile(solutionsFile(root)) // where it cannot be read, the question is asked again
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
		return files.WriteError("your answer was not recorded", filepath.Join(root, "work"), err)
	}
	return nil
}

// printDiff prints what a learner's files would have to become.
func printDiff(l course.Lesson, yours, theirs map[string][]byte) {
	same := true
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		d := diff.Diff("work/"+l.Slug+"/"+name, yours[name], "solutions/"+l.Slug+"/"+name, theirs[name])
		if isWrittenByTool(name) || d == nil {
			continue
		}
		same = false
		os.Stdout.Write(d)
	}
	if same {
		fmt.Printf("work/%s is the same as the reference solution\n", l.Slug)
	}
	for _, name := range slices.Sorted(maps.Keys(yours)) {
		if _, both := theirs[name]; !both {
			fmt.Printf("only in yours: work/%s/%s\n", l.Slug, name)
		}
	}
}

// isWrittenByTool reports whether a file is no answer.
func isWrittenByTool(name string) bool { return name == TestName || name == services.FileName }
