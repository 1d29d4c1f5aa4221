package learner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/shop/services"
)

// Make gets the machine ready, copies the lesson's stub to work/ unless it is
// there, and prints what to open, what to expect and how to check. It reports
// whether the copy is new.
func Make(ctx context.Context, k *process.Keeper, root string, l course.Lesson) (made bool, err error) {
	// Fail before the long part where nothing can be written afterwards.
	if err := CheckWritable(root); err != nil {
		return false, err
	}
	if err := gotool.Prepare(ctx, k, root, "lesson", l); err != nil {
		return false, err
	}
	if made, err = scaffold(root, l); err == nil {
		introduce(root, l, made)
	}
	return made, err
}

// CheckWritable tries to make a folder in work/.
func CheckWritable(root string) error {
	work := filepath.Join(root, "work")
	if err := os.MkdirAll(work, 0o777); err != nil {
		return cannotWrite(work, err)
	}
	temp, err := os.MkdirTemp(work, ".new-")
	if err != nil {
		return cannotWrite(work, err)
	}
	return os.Remove(temp)
}

// scaffold copies the stub once. The copy is made beside its place and renamed,
// so that it is complete or absent; one that exists is left alone.
func scaffold(root string, l course.Lesson) (made bool, err error) {
	to := l.Dir(root, "work")
	if files.Exists(to) {
		if err := restoreTest(root, l, to); err != nil {
			return false, err
		}
		return false, Validate(l, to)
	}
	work := filepath.Join(root, "work")
	temp, err := os.MkdirTemp(work, ".new-")
	if err != nil {
		return false, cannotWrite(work, err)
	}
	defer os.RemoveAll(temp)
	if err := cut.CopyLesson(root, l, "lessons", temp); err != nil {
		return false, cannotWrite(work, err)
	}
	if err := files.PublishDir(temp, to); err != nil {
		return false, cannotWrite(work, err)
	}
	return true, nil
}

// Validate refuses a copy of a lesson that a check cannot build: it lacks something, or go
// takes it for another module.
func Validate(l course.Lesson, dir string) error {
	if err := checkWhole(l, dir); err != nil {
		return err
	}
	return checkModules(filepath.Dir(filepath.Dir(dir)), filepath.Base(dir))
}

// CheckModules refuses a file below work/ that makes go take a lesson for another module.
func CheckModules(root string) error { return checkModules(root, "*") }

// checkModules refuses a go.mod in work/ and in the folders of lessons whose slug fits the
// pattern. The workbook's module lacks everything below such a file.
func checkModules(root, slug string) error {
	for _, pattern := range []string{"work/go.mod", "work/" + slug + "/go.mod", "work/" + slug + "/*/go.mod"} {
		found := course.Glob(root, pattern)
		found = slices.DeleteFunc(found, func(file string) bool { return course.IsHidden(filepath.Base(filepath.Dir(file))) })
		if len(found) > 0 {
			rel, err := filepath.Rel(root, found[0])
			if err != nil {
				return err
			}
			rel = filepath.ToSlash(rel)
			return hint.New(hint.Usage, "rm "+rel+"; the workbook's own go.mod has all that a lesson needs",
				"%s makes go take that folder for another module", rel)
		}
	}
	return nil
}

// checkWhole refuses a copy of a lesson that lacks what a check needs.
func checkWhole(l course.Lesson, dir string) error {
	missing := func(name, do string) error {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil
		}
		return hint.New(hint.Usage, do, "work/%s exists, but has no %s; the folder was not changed", l.Slug, name)
	}
	if err := missing("main.go", fmt.Sprintf("move it away and make the lesson again: make reset %d && make lesson %d", l.N, l.N)); err != nil {
		return err
	}
	return missing(TestName, fmt.Sprintf("make lesson %d puts it back", l.N))
}

// cannotWrite explains why a lesson was not made.
func cannotWrite(dir string, err error) error {
	return files.WriteError("the lesson was not made", dir, err)
}

// introduce prints what to open, what to expect, and how to check.
func introduce(root string, l course.Lesson, made bool) {
	dir := "work/" + l.Slug
	switch {
	case made:
		fmt.Printf("made %s\n", dir)
	case l.Shop != nil:
		fmt.Printf("%s exists already and was not changed, except for %s\n", dir, services.FileName)
	default:
		fmt.Printf("%s exists already and was not changed\n", dir)
	}
	if files.Exists(filepath.Join(root, dir, progress.GivenName)) {
		fmt.Printf("  given   it is the reference; to write your own: make reset %d && make lesson %d\n", l.N, l.N)
	}
	fmt.Printf("  read    %s/README.md\n", dir)
	fmt.Printf("  edit    the TODOs: grep -rn TODO %s\n", dir)
	fmt.Printf("  check   go test ./%s   (or: make check %d)\n", dir, l.N)
	if made {
		fmt.Printf("          all red at first: %s\n", course.Count(len(l.Tasks), "task"))
	}
	fmt.Printf("  stuck?  make hint %s\n", firstHinted(root, l))
}

// firstHinted returns the first task that has hints.
func firstHinted(root string, l course.Lesson) string {
	for _, t := range l.Tasks {
		if h, _ := course.Hints(root, l, t.ID); len(h) > 0 {
			return t.ID
		}
	}
	return l.Tasks[0].ID
}
