package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/shop/services"
)

type lessonCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number: 1."`
	joining
}

// Run prepares this machine and copies the lesson's stub to work/.
func (c lessonCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	l, err := p.lessonFor("lesson", c.N)
	if err != nil {
		return err
	}
	// Before the long part, what would make it pointless.
	if err := writable(p.root); err != nil {
		return err
	}
	if err := gotool.Prepare(ctx, k, p.root, "lesson", l); err != nil {
		return err
	}
	made, err := scaffold(p.root, l)
	if err != nil {
		return err
	}
	p.introduce(l, made)
	c.member(p)
	p.report(class.Report{Lesson: l.N, Begun: made})
	if err := adviseAssistants(p.root); err != nil {
		return err
	}
	return chooseServices(p.root, l)
}

// lesson reads a lesson's number as people type it.
func (p *place) lesson(word string) (course.Lesson, error) { return p.lessonFor("", word) }

// lessonFor names the verb in its examples.
func (p *place) lessonFor(verb, word string) (course.Lesson, error) {
	if word == "" {
		return course.Lesson{}, hint.New(hint.Usage, fmt.Sprintf("for example: make %s 1", cmp.Or(verb, "lesson")), "which lesson? its number is missing")
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		if n, _, ok := strings.Cut(word, "."); ok && n != "" {
			return course.Lesson{}, hint.New(hint.Usage, fmt.Sprintf("for example: make %s %s", cmp.Or(verb, "lesson"), n), "%q is a task; a lesson is a whole number, and its tasks go together", word)
		}
		return course.Lesson{}, hint.New(hint.Usage, fmt.Sprintf("a lesson is a number: make %s 1", cmp.Or(verb, "lesson")), "%q is not a lesson", word)
	}
	return course.Find(p.root, n)
}

// writable tries to make a folder where the copy will be.
func writable(root string) error {
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

// scaffold copies the stub once. It is made beside its place and renamed, so
// that a copy is there whole or not at all; one that is there is left alone.
func scaffold(root string, l course.Lesson) (made bool, err error) {
	to := l.Dir(root, "work")
	if files.Exists(to) {
		if err := bringTest(root, l, to); err != nil {
			return false, err
		}
		return false, whole(l, to)
	}
	work := filepath.Join(root, "work")
	temp, err := os.MkdirTemp(work, ".new-")
	if err != nil {
		return false, cannotWrite(work, err)
	}
	defer os.RemoveAll(temp)
	if err := copyLesson(root, l, "lessons", temp); err != nil {
		return false, cannotWrite(work, err)
	}
	if err := files.PublishDir(temp, to); err != nil {
		return false, cannotWrite(work, err)
	}
	return true, nil
}

// whole refuses a copy that cannot be checked: somebody's half of one.
func whole(l course.Lesson, dir string) error {
	missing := func(name, do string) error {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil
		}
		return hint.New(hint.Usage, do, "work/%s is there, but has no %s; it was left as it is", l.Slug, name)
	}
	if err := missing("main.go", fmt.Sprintf("move it away and make the lesson again: make reset %d && make lesson %d", l.N, l.N)); err != nil {
		return err
	}
	return missing(testName, fmt.Sprintf("make lesson %d puts it back", l.N))
}

// copyLesson copies a lesson from one of the trees to a folder of work/.
func copyLesson(root string, l course.Lesson, tree, to string) error {
	return cut.CopyLesson(root, l, tree, to)
}

// cannotWrite says what to do about a folder or a disk that takes no files.
func cannotWrite(dir string, err error) error {
	return files.WriteError("the lesson was not made", dir, err)
}

// introduce says what to open, what to expect, and how to check.
func (p *place) introduce(l course.Lesson, made bool) {
	dir := "work/" + l.Slug
	switch {
	case made:
		fmt.Printf("made %s\n", dir)
	case l.Shop != nil:
		fmt.Printf("%s is already there, and was left as it is, but for %s\n", dir, services.FileName)
	default:
		fmt.Printf("%s is already there, and was left as it is\n", dir)
	}
	if files.Exists(filepath.Join(p.root, dir, progress.GivenName)) {
		fmt.Printf("  given   it is the reference; to write your own: make reset %d && make lesson %d\n", l.N, l.N)
	}
	fmt.Printf("  read    %s/README.md\n", dir)
	fmt.Printf("  edit    the TODOs: grep -rn TODO %s\n", dir)
	fmt.Printf("  check   go test ./%s   (or: make check %d)\n", dir, l.N)
	if made {
		fmt.Printf("          red at first: %s, each to be turned green\n", course.Count(len(l.Tasks), "task"))
	}
	fmt.Printf("  stuck?  make hint %s\n", firstHinted(p.root, l))
}

func firstHinted(root string, l course.Lesson) string {
	for _, t := range l.Tasks {
		if h, _ := course.Hints(root, l, t.ID); len(h) > 0 {
			return t.ID
		}
	}
	return l.Tasks[0].ID
}
