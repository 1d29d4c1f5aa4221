package learner

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
)

// Reset moves the learner's copy of a lesson to work/backup. Nothing is deleted.
func Reset(root string, l course.Lesson) error {
	if !files.Exists(l.Dir(root, "work")) {
		return hint.New(hint.Usage, fmt.Sprintf("make lesson %d", l.N), "work/%s is not there, so there is nothing to move", l.Slug)
	}
	backup, err := moveAway(root, l)
	if err != nil {
		return files.WriteError("nothing was moved", filepath.Join(root, "work"), err)
	}
	fmt.Printf("moved work/%s away, with all its files\n", l.Slug)
	fmt.Printf("  again   make lesson %d\n", l.N)
	fmt.Printf("  back    test ! -e work/%s && \\\n          %s\n", l.Slug, moveBackCommand(backup, l))
	fmt.Printf("          (if you have made the lesson again by then, first: make reset %d)\n", l.N)
	return nil
}

// moveAway moves a lesson's folder to work/backup, under a name that nothing
// has there, and returns that from the root.
func moveAway(root string, l course.Lesson) (backup string, err error) {
	if err := os.MkdirAll(filepath.Join(root, "work", "backup"), 0o777); err != nil {
		return "", err
	}
	to := files.Unused(filepath.Join(root, "work", "backup", l.Slug+"-"+timestamp()), "")
	return "work/backup/" + filepath.Base(to), os.Rename(l.Dir(root, "work"), to)
}

// moveBackCommand returns a command in two lines, each of which fits a screen.
func moveBackCommand(backup string, l course.Lesson) string {
	return fmt.Sprintf("mv %s \\\n             work/%s", backup, l.Slug)
}

// timestamp returns the time for a file's name.
func timestamp() string { return time.Now().Format("2006-01-02-150405") }
