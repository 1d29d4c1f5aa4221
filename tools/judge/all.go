package judge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
)

// CheckAll judges the lessons in work/ in their order, up to the one that is named
// or, when none is, that the tool was called in.
func (j *Judge) CheckAll(ctx context.Context, word string) error {
	lessons, err := j.listUpTo(word)
	if err != nil {
		return err
	}
	var red []string
	for _, l := range lessons {
		fmt.Printf("lesson %d  %s\n", l.N, l.Title)
		err := j.Check(ctx, l.Dir(j.Root, "work"), l)
		if err != nil && !errors.Is(err, hint.ExitRed) {
			return err
		}
		if err != nil {
			red = append(red, fmt.Sprint(l.N))
		}
		fmt.Println()
	}
	if len(red) > 0 {
		fmt.Printf("%s checked; red: %s\n", course.Count(len(lessons), "lesson"), strings.Join(red, ", "))
		return hint.ExitRed
	}
	fmt.Printf("%s checked, all of them green\n", course.Count(len(lessons), "lesson"))
	return nil
}

// listUpTo returns the lessons to judge. An incomplete one is refused before
// anything is judged.
func (j *Judge) listUpTo(word string) ([]course.Lesson, error) {
	last, err := j.lastToCheck(word)
	if err != nil {
		return nil, err
	}
	all, err := course.Lessons(j.Root)
	if err != nil {
		return nil, err
	}
	var lessons []course.Lesson
	for _, l := range all {
		dir := l.Dir(j.Root, "work")
		if l.N > last || !files.Exists(dir) {
			continue
		}
		if err := learner.Validate(l, dir); err != nil {
			return nil, err
		}
		lessons = append(lessons, l)
	}
	if len(lessons) == 0 {
		return nil, hint.New(hint.Usage, "make lesson 1", "there is no lesson in work/ yet")
	}
	return lessons, nil
}

// lastToCheck returns the number of the last lesson to judge.
func (j *Judge) lastToCheck(word string) (int, error) {
	if word != "" {
		_, l, err := Find(j.Root, j.Dir, "check", word)
		return l.N, err
	}
	if l, tree, err := course.At(j.Root, j.Dir); err == nil && tree == "work" {
		return l.N, nil
	}
	return math.MaxInt, nil
}
