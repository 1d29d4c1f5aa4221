package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/ui"
)

type hintCmd struct {
	Task string `arg:"" optional:"" help:"The task: 1.2."`
}

// Run shows the next hint for a task; after the last, all of them again.
func (c hintCmd) Run(p *place) error {
	l, t, err := p.task(c.Task)
	if err != nil {
		return err
	}
	hints, err := course.Hints(p.root, l, t.ID)
	if err != nil {
		return err
	}
	if len(hints) == 0 && t.Form != course.Quiz && t.Form != course.Predict {
		return hint.New(hint.Usage, fmt.Sprintf("make check %d: where it is red, the lesson that the service is from says more", l.N), "task %s has no hints: nothing is written for it", t.ID)
	}
	if len(hints) == 0 {
		return hint.New(hint.Usage, fmt.Sprintf("read %s in work/%s/README.md; the check says why an answer is wrong", t.ID, l.Slug), "task %s has no hints: it asks what you think", t.ID)
	}
	seen, err := seenHints(p.root, t.ID)
	if err != nil {
		return err
	}
	if seen >= len(hints) {
		for i := range hints {
			show(t, hints, i)
		}
		ui.Printf("these are all the hints for %s; what may help now: make check %d, make solution %d\n", t.ID, l.N, l.N)
		return nil
	}
	show(t, hints, seen)
	return remember(p.root, t.ID, seen+1)
}

func show(t course.Task, hints []string, i int) {
	ui.Printf("hint %d of %d for %s  %s\n\n%s\n\n", i+1, len(hints), t.ID, t.Title, hints[i])
}

// task reads a task's number as people type it.
func (p *place) task(word string) (course.Lesson, course.Task, error) {
	if word == "" {
		return course.Lesson{}, course.Task{}, hint.New(hint.Usage, "for example: make hint 1.2", "which task? its number is missing")
	}
	n, _, ok := strings.Cut(word, ".")
	if !ok {
		return course.Lesson{}, course.Task{}, hint.New(hint.Usage, "a task is lesson and number: make hint 1.2", "%q is not a task", word)
	}
	l, err := p.lesson(n)
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

// hintsFile notes how many hints of a task were shown, a line each: 1.2 2.
func hintsFile(root string) string { return filepath.Join(root, "work", ".hints") }

func seenHints(root, id string) (int, error) {
	b, err := os.ReadFile(hintsFile(root))
	if err != nil && !os.IsNotExist(err) {
		return 0, hint.New(hint.Setup, "move away what stands there, then run the same command again", "what you have seen cannot be read: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == id {
			n, _ := strconv.Atoi(f[1]) // somebody may have written something else there
			return max(n, 0), nil
		}
	}
	return 0, nil
}

// remember replaces the task's line and keeps all others as they are.
func remember(root, id string, n int) error {
	file := hintsFile(root)
	err := notes.Update(file, func(old []byte) []byte {
		var out bytes.Buffer
		for line := range bytes.Lines(old) {
			if f := strings.Fields(string(line)); len(f) != 2 || f[0] != id {
				out.Write(line)
			}
		}
		return notes.Append(out.Bytes(), fmt.Sprintf("%s %d", id, n))
	})
	if err != nil {
		return files.WriteError("what you have seen was not noted", filepath.Dir(file), err)
	}
	return nil
}
