package learner

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
)

// ParseLesson reads a lesson's number as people type it. The examples in its errors are
// of the verb, or of lesson where verb is "".
func ParseLesson(root, verb, word string) (course.Lesson, error) {
	if word == "" {
		return course.Lesson{}, hint.New(hint.Usage, fmt.Sprintf("for example: make %s 1", cmp.Or(verb, "lesson")), "the number of the lesson is missing")
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		if n, _, ok := strings.Cut(word, "."); ok && n != "" {
			return course.Lesson{}, hint.New(hint.Usage, fmt.Sprintf("for example: make %s %s", cmp.Or(verb, "lesson"), n), "%q is a task; the command takes a lesson, which is a whole number", word)
		}
		return course.Lesson{}, hint.New(hint.Usage, fmt.Sprintf("a lesson is a number: make %s 1", cmp.Or(verb, "lesson")), "%q is not a lesson", word)
	}
	return course.Find(root, n)
}

// parseTask reads a task's number as people type it.
func parseTask(root, word string) (course.Lesson, course.Task, error) {
	if word == "" {
		return course.Lesson{}, course.Task{}, hint.New(hint.Usage, "for example: make hint 1.2", "the number of the task is missing")
	}
	n, _, ok := strings.Cut(word, ".")
	if !ok {
		return course.Lesson{}, course.Task{}, hint.New(hint.Usage, "name a task, such as 1.2: make hint 1.2", "%q is not a task", word)
	}
	l, err := ParseLesson(root, "", n)
	if err != nil {
		return l, course.Task{}, err
	}
	t, ok := l.Task(word)
	if !ok {
		return l, t, hint.New(hint.Usage, fmt.Sprintf("lesson %d has %s", l.N, ids(l)), "there is no task %s", word)
	}
	return l, t, nil
}

func ids(l course.Lesson) string { return idsOf(l.Tasks) }

func idsOf(tasks []course.Task) string {
	var all []string
	for _, t := range tasks {
		all = append(all, t.ID)
	}
	return strings.Join(all, ", ")
}

// Current returns the first lesson in work/ that is not passed, or the first of all.
func Current(root string) (course.Lesson, error) {
	lessons, err := listBegun(root)
	if err != nil {
		return course.Lesson{}, err
	}
	if len(lessons) == 0 {
		return course.Lesson{}, explainEmpty(root)
	}
	now, err := progress.Read(root)
	for _, l := range lessons {
		if err != nil || !now.Passed(l) {
			return l, nil
		}
	}
	return lessons[0], nil
}

// explainEmpty returns what is wrong where no lesson in work/ can be checked.
func explainEmpty(root string) error {
	all, err := course.Lessons(root)
	if err != nil {
		return err
	}
	for _, l := range all {
		if dir := l.Dir(root, "work"); files.Exists(dir) {
			return Validate(l, dir)
		}
	}
	return hint.New(hint.Usage, "make lesson 1", "there is no lesson in work/ yet")
}

// listBegun returns the lessons that have a complete folder in work/.
func listBegun(root string) (lessons []course.Lesson, err error) {
	all, err := course.Lessons(root)
	for _, l := range all {
		if checkWhole(l, l.Dir(root, "work")) == nil {
			lessons = append(lessons, l)
		}
	}
	return lessons, err
}
