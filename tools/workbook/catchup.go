package main

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

type catchupCmd struct {
	N string `arg:"" optional:"" help:"The lesson to be ready for: 5."`
}

// Run puts the reference in the place of each earlier lesson that the learner
// has not passed. What they have of it is moved away.
func (c catchupCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	l, err := p.lessonFor("catchup", c.N)
	if err != nil {
		return err
	}
	behind, err := p.notPassedBefore(l)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		if err := p.giveAll(ctx, k, behind, l); err != nil {
			return err
		}
	} else {
		fmt.Printf("there is nothing to catch up with before lesson %d\n", l.N)
	}
	fmt.Printf("next: make lesson %d\n", l.N)
	return nil
}

// notPassedBefore are the earlier lessons that the reference is to stand in for.
func (p *place) notPassedBefore(l course.Lesson) (behind []course.Lesson, err error) {
	lessons, err := course.Lessons(p.root)
	if err != nil {
		return nil, err
	}
	for _, earlier := range lessons {
		wanted, err := p.isBehind(earlier)
		if err != nil {
			return nil, err
		}
		if earlier.N < l.N && wanted {
			behind = append(behind, earlier)
		}
	}
	return behind, nil
}

// isBehind: a lesson is not in work/, not whole, or not passed.
func (p *place) isBehind(l course.Lesson) (bool, error) {
	now, err := p.progress()
	return whole(l, l.Dir(p.root, "work")) != nil || !now.Passed(l), err
}

// giveAll gives every lesson before it checks the first: what was moved, and
// how to undo it, stands together.
func (p *place) giveAll(ctx context.Context, k *process.Keeper, behind []course.Lesson, ready course.Lesson) error {
	if err := writable(p.root); err != nil {
		return err
	}
	if err := gotool.Prepare(ctx, k, p.root, "catchup", ready); err != nil {
		return err
	}
	for _, l := range behind {
		if ctx.Err() != nil {
			return hint.New(hint.Setup, fmt.Sprintf("make catchup %d goes on where this stopped", ready.N), "interrupted")
		}
		if err := p.give(l); err != nil {
			return err
		}
	}
	for _, l := range behind {
		fmt.Printf("\nlesson %d  %s\n", l.N, l.Title)
		if err := p.checkIn(ctx, k, l.Dir(p.root, "work"), l); errors.Is(err, hint.ExitRed) {
			return hint.New(hint.Broken, hint.HowToReport(p.root), "the reference of lesson %d does not pass its own check", l.N)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// give puts the reference into work/, unless another catchup has meanwhile. It
// is made beside its place first, so that the learner's copy is away for a
// moment only.
func (p *place) give(l course.Lesson) error {
	defer notes.Lock(l.Dir(p.root, "lessons"))()
	if wanted, err := p.isBehind(l); err != nil || !wanted {
		return err
	}
	work, to := filepath.Join(p.root, "work"), l.Dir(p.root, "work")
	failed := func(err error) error {
		return files.WriteError(fmt.Sprintf("lesson %d was not given", l.N), work, err)
	}
	temp, err := os.MkdirTemp(work, ".new-")
	if err != nil {
		return failed(err)
	}
	defer os.RemoveAll(temp)
	if err := copyReference(p.root, l, temp); err != nil {
		return failed(err)
	}
	backup := ""
	if files.Exists(to) {
		if backup, err = moveAway(p.root, l); err != nil {
			return failed(err)
		}
	}
	if err := files.PublishDir(temp, to); err != nil {
		if backup != "" {
			err = errors.Join(err, os.Rename(filepath.Join(p.root, filepath.FromSlash(backup)), to))
		}
		return failed(err)
	}
	sayGiven(l, backup)
	if err := progress.Give(p.root, l); err != nil {
		return files.WriteError("your progress was not noted", work, err)
	}
	return nil
}

func sayGiven(l course.Lesson, backup string) {
	if backup == "" {
		fmt.Printf("gave work/%s, the reference\n  undo    make reset %d\n", l.Slug, l.N)
		return
	}
	fmt.Printf("gave work/%s, the reference; yours was moved away\n", l.Slug)
	fmt.Printf("  undo    make reset %d && \\\n          %s\n", l.N, mvBack(backup, l))
}

const givenText = `This is the reference and not your own work: make catchup put it here, %s.
What was here before, if anything was, is in work/backup.

To do the lesson yourself after all: make reset %d && make lesson %d
`

// copyReference makes what make lesson does, with every task done.
func copyReference(root string, l course.Lesson, to string) error {
	if err := copyLesson(root, l, "lessons", to); err != nil {
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
