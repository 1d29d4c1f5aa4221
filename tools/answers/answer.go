package answers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// Answer is one answer to a lesson.
type Answer struct {
	Name  string
	Task  string   // that must refuse it; "" for a right one
	Says  []string // words of the verdict
	files map[string][]byte
}

// Read are the answers of a folder: testdata/NN-slug/wrong, or right.
func Read(dir string) ([]Answer, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	var all []Answer
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		a, err := parse(strings.TrimSuffix(filepath.Base(name), ".txtar"), src)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, a)
	}
	return all, err
}

func parse(name string, src []byte) (Answer, error) {
	archive := txtar.Parse(src)
	a := Answer{Name: name, files: map[string][]byte{}}
	for line := range strings.Lines(string(archive.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "", "#":
		case "task":
			a.Task = rest
		case "says":
			a.Says = append(a.Says, strings.TrimSpace(rest))
		default:
			return a, fmt.Errorf("%q is neither task nor says", word)
		}
	}
	for _, f := range archive.Files {
		a.files[f.Name] = f.Data
	}
	return a, nil
}

// apply is a file of the solution as the answer has it.
func (a Answer) apply(name string, src []byte) ([]byte, error) {
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
