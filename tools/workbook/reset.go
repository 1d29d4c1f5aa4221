package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
)

type resetCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number: 3."`
}

// Run moves the learner's copy of a lesson out of the way. Nothing is deleted.
func (c resetCmd) Run(p *place) error {
	l, err := p.lessonFor("reset", c.N)
	if err != nil {
		return err
	}
	if !files.Exists(l.Dir(p.root, "work")) {
		return hint.New(hint.Usage, fmt.Sprintf("make lesson %d", l.N), "work/%s is not there, so there is nothing to move", l.Slug)
	}
	backup, err := moveAway(p.root, l)
	if err != nil {
		return files.WriteError("nothing was moved", filepath.Join(p.root, "work"), err)
	}
	fmt.Printf("moved work/%s away, with all that is in it\n", l.Slug)
	fmt.Printf("  anew    make lesson %d\n", l.N)
	fmt.Printf("  back    test ! -e work/%s && \\\n          %s\n", l.Slug, mvBack(backup, l))
	fmt.Printf("          (if there is another by then: make reset %d, before that)\n", l.N)
	return nil
}

// moveAway moves a lesson's folder to work/backup, under a name that nothing
// has there, and returns that from the root.
func moveAway(root string, l course.Lesson) (backup string, err error) {
	if err := os.MkdirAll(filepath.Join(root, "work", "backup"), 0o777); err != nil {
		return "", err
	}
	to := files.Unused(filepath.Join(root, "work", "backup", l.Slug+"-"+dated()), "")
	return "work/backup/" + filepath.Base(to), os.Rename(l.Dir(root, "work"), to)
}

// mvBack is a command in two lines, each of which fits a screen.
func mvBack(backup string, l course.Lesson) string {
	return fmt.Sprintf("mv %s \\\n             work/%s", backup, l.Slug)
}

func dated() string { return time.Now().Format("2006-01-02-150405") }
