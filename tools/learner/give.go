package learner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
)

// CatchUp puts the reference in the place of each earlier lesson that the learner
// has not passed, and has each one checked. What they have of it is moved away.
func CatchUp(ctx context.Context, k *process.Keeper, root string, l course.Lesson, check func(course.Lesson) error) error {
	behind, err := notPassedBefore(root, l)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		if err := giveAll(ctx, k, root, behind, l); err != nil {
			return err
		}
		if err := checkGiven(root, behind, check); err != nil {
			return err
		}
	} else {
		fmt.Printf("no earlier lesson is missing for lesson %d\n", l.N)
	}
	fmt.Printf("next: make lesson %d\n", l.N)
	return nil
}

// notPassedBefore returns the earlier lessons that the reference is to stand in for.
func notPassedBefore(root string, l course.Lesson) (behind []course.Lesson, err error) {
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	for _, earlier := range lessons {
		wanted, err := isBehind(root, earlier)
		if err != nil {
			return nil, err
		}
		if earlier.N < l.N && wanted {
			behind = append(behind, earlier)
		}
	}
	return behind, nil
}

// isBehind reports whether a lesson is not in work/, incomplete, or not passed.
func isBehind(root string, l course.Lesson) (bool, error) {
	now, err := readProgress(root)
	return checkWhole(l, l.Dir(root, "work")) != nil || !now.Passed(l), err
}

// giveAll gives all lessons before the first is checked, so that the lines about
// what was moved, and how to undo it, stand together.
func giveAll(ctx context.Context, k *process.Keeper, root string, behind []course.Lesson, ready course.Lesson) error {
	if err := CheckWritable(root); err != nil {
		return err
	}
	if err := gotool.Prepare(ctx, k, root, "catchup", ready); err != nil {
		return err
	}
	for _, l := range behind {
		if ctx.Err() != nil {
			return hint.New(hint.Setup, fmt.Sprintf("make catchup %d continues where this run stopped", ready.N), "interrupted")
		}
		if err := Give(root, l); err != nil {
			return err
		}
	}
	return nil
}

// checkGiven checks the lessons that were given.
func checkGiven(root string, given []course.Lesson, check func(course.Lesson) error) error {
	for _, l := range given {
		fmt.Printf("\nlesson %d  %s\n", l.N, l.Title)
		if err := check(l); errors.Is(err, hint.ExitRed) {
			return hint.New(hint.Broken, hint.HowToReport(root), "the reference solution of lesson %d does not pass its own check", l.N)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Give puts the reference of a lesson into work/, unless another make catchup has done so.
// The reference is made beside its place first, so that the lesson's folder is missing for
// a moment only.
func Give(root string, l course.Lesson) error {
	defer notes.Lock(l.Dir(root, "lessons"))()
	if wanted, err := isBehind(root, l); err != nil || !wanted {
		return err
	}
	work, to := filepath.Join(root, "work"), l.Dir(root, "work")
	failed := func(err error) error {
		return files.WriteError(fmt.Sprintf("lesson %d was not given", l.N), work, err)
	}
	temp, err := os.MkdirTemp(work, ".new-")
	if err != nil {
		return failed(err)
	}
	defer os.RemoveAll(temp)
	if err := copyReference(root, l, temp); err != nil {
		return failed(err)
	}
	backup := ""
	if files.Exists(to) {
		if backup, err = moveAway(root, l); err != nil {
			return failed(err)
		}
	}
	if err := files.PublishDir(temp, to); err != nil {
		if backup != "" {
			err = errors.Join(err, os.Rename(filepath.Join(root, filepath.FromSlash(backup)), to))
		}
		return failed(err)
	}
	printGiven(l, backup)
	if err := progress.Give(root, l); err != nil {
		return files.WriteError("your progress was not recorded", work, err)
	}
	return nil
}

func printGiven(l course.Lesson, backup string) {
	if backup == "" {
		fmt.Printf("gave work/%s, the reference\n  undo    make reset %d\n", l.Slug, l.N)
		return
	}
	fmt.Printf("gave work/%s, the reference; yours was moved away\n", l.Slug)
	fmt.Printf("  undo    make reset %d && \\\n          %s\n", l.N, moveBackCommand(backup, l))
}

const givenText = `The code in this folder is the reference solution. make catchup put it here, %s.
Your own files, if there were any, are in work/backup.

To do the lesson yourself after all: make reset %d && make lesson %d
`

// copyReference makes the copy that make lesson makes, with every task done.
func copyReference(root string, l course.Lesson, to string) error {
	if err := cut.CopyLesson(root, l, "lessons", to); err != nil {
		return err
	}
	files, err := cut.PlainSolution(root, l)
	if err != nil {
		return err
	}
	for name, src := range files {
		if err := os.WriteFile(filepath.Join(to, filepath.FromSlash(name)), src, 0o666); err != nil {
			return err
		}
	}
	note := fmt.Sprintf(givenText, time.Now().Format(time.DateOnly), l.N, l.N)
	return os.WriteFile(filepath.Join(to, progress.GivenName), []byte(note), 0o666)
}
