package answers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"golang.org/x/tools/txtar"
)

// Answer is one answer to a lesson.
type Answer struct {
	Name   string
	Task   string   // that must refuse it; "" for a right one
	Likely string   // the cause that the verdict names
	Says   []string // further words of the verdict
	Deep   bool     // it is about what learners are given: judged by the deep scripts too
	file   string
	files  map[string][]byte
}

// IsWrong reports whether the answer must be refused.
func (a Answer) IsWrong() bool { return a.Task != "" }

// Read returns the answers to the lesson whose scripts are in dir, testdata/NN-slug.
func Read(dir string) ([]Answer, error) {
	var all []Answer
	for _, kind := range []string{"wrong", "right"} {
		for _, file := range course.Glob(dir, kind+"/*.txtar") {
			src, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			a, err := parseAnswer(strings.TrimSuffix(filepath.Base(file), ".txtar"), src)
			if err == nil && a.IsWrong() != (kind == "wrong") {
				err = fmt.Errorf("a wrong answer names the task that refuses it, a right one does not")
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			a.file = file
			all = append(all, a)
		}
	}
	return all, nil
}

func parseAnswer(name string, src []byte) (Answer, error) {
	archive := txtar.Parse(src)
	a := Answer{Name: name, files: map[string][]byte{}}
	for line := range strings.Lines(string(archive.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		switch word {
		case "", "#":
		case "task":
			a.Task = rest
		case "likely":
			a.Likely = rest
		case "says":
			a.Says = append(a.Says, rest)
		case "deep":
			a.Deep = true
		default:
			return a, fmt.Errorf("%q is none of task, likely, says, deep", word)
		}
	}
	for _, f := range archive.Files {
		a.files[f.Name] = f.Data
	}
	return a, nil
}

// writeLikely stores the cause from the answer's verdict in its file.
func (a Answer) writeLikely(likely string) error {
	src, err := os.ReadFile(a.file)
	if err != nil || likely == a.Likely {
		return err
	}
	archive := txtar.Parse(src)
	lines := slices.DeleteFunc(strings.SplitAfter(string(archive.Comment), "\n"), func(line string) bool {
		return strings.HasPrefix(line, "likely ")
	})
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "task ") })
	archive.Comment = []byte(strings.Join(slices.Insert(lines, i+1, "likely "+likely+"\n"), ""))
	return os.WriteFile(a.file, txtar.Format(archive), 0o666)
}

// applyTo returns a file of the solution with the answer's changes.
func (a Answer) applyTo(name string, src []byte) ([]byte, error) {
	change, ok := a.files[name]
	if !ok {
		return src, nil
	}
	if !bytes.HasPrefix(change, []byte("<<<<\n")) {
		return change, nil
	}
	for _, block := range strings.Split(string(change), "<<<<\n")[1:] {
		old, rest, ok := strings.Cut(block, "====\n")
		now, _, closed := strings.Cut(rest, ">>>>\n")
		if !ok || !closed {
			return nil, fmt.Errorf("%s: a change is <<<<, ====, >>>>", name)
		}
		if n := strings.Count(string(src), old); n != 1 {
			return nil, fmt.Errorf("%s: what is to be changed stands there %d times:\n%s", name, n, old)
		}
		src = []byte(strings.Replace(string(src), old, now, 1))
	}
	return src, nil
}
