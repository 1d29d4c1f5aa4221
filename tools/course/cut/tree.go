package cut

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
)

// Generate returns the content of all stubs and texts, by path from the root.
func Generate(root string) (map[string][]byte, error) {
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, l := range lessons {
		if err := generateLesson(root, l, files); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func generateLesson(root string, l course.Lesson, files map[string][]byte) error {
	snips := map[string]string{}
	tasks := map[string]bool{}
	err := eachFile(root, l, func(file string, f File) error {
		for name, text := range f.Snips {
			if snips[name] != "" {
				return fmt.Errorf("%s: snippet %q stands twice", file, name)
			}
			snips[name] = text
		}
		for id := range f.Tasks {
			tasks[id] = true
		}
		if isTextOnly(l, file) {
			return nil
		}
		stub := strings.Replace(file, "solutions/", "lessons/", 1)
		files[stub] = MoveImports(f.Stub, l, "solutions", "lessons")
		return nil
	})
	if err != nil {
		return err
	}
	for id := range tasks {
		if _, ok := l.Task(id); !ok {
			return fmt.Errorf("solutions/%s marks task %s, which the text does not have", l.Slug, id)
		}
	}
	return fillTexts(root, l, snips, files)
}

// PlainSolution returns a lesson's solution without markers, as it would stand
// in work/, by path from the lesson's folder.
func PlainSolution(root string, l course.Lesson) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := eachFile(root, l, func(file string, f File) error {
		if !isTextOnly(l, file) {
			name := strings.TrimPrefix(file, "solutions/"+l.Slug+"/")
			files[name] = MoveImports(f.Plain, l, "solutions", "work")
		}
		return nil
	})
	return files, err
}

// eachFile cuts each Go file of a lesson's solution, and calls do with the
// file's path from the root and what it gives.
func eachFile(root string, l course.Lesson, do func(file string, f File) error) error {
	sources, err := ReadGoFiles(l.Dir(root, "solutions"))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		file := "solutions/" + l.Slug + "/" + name
		f, err := Cut(file, sources[name])
		if err != nil {
			return err
		}
		if err := do(file, f); err != nil {
			return err
		}
	}
	return nil
}

// ReadGoFiles returns the contents of the Go files below a folder, by path from
// there.
func ReadGoFiles(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	return files, err
}

// isTextOnly reports whether a file lies in its solution's folder text/. The code
// there is for the lesson's page, and stands in no stub.
func isTextOnly(l course.Lesson, file string) bool {
	return strings.HasPrefix(file, "solutions/"+l.Slug+"/text/")
}

var snippet = regexp.MustCompile("(?s)(<!-- snippet (\\S+) -->\n```go\n).*?(```\n)")

// fillTexts replaces the snippets in the lesson's page and slides.
func fillTexts(root string, l course.Lesson, snips map[string]string, files map[string][]byte) error {
	used := map[string]bool{}
	for _, name := range []string{"README.md", course.SlidesName} {
		name = "lessons/" + l.Slug + "/" + name
		page, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if files[name], err = fillText(name, page, snips, used); err != nil {
			return err
		}
	}
	for id := range snips {
		if !used[id] {
			return fmt.Errorf("solutions/%s has snippet %q, which neither its text nor its slides use", l.Slug, id)
		}
	}
	return nil
}

// fillText returns a page with its snippets in it, and notes in used which those
// are.
func fillText(name string, page []byte, snips map[string]string, used map[string]bool) ([]byte, error) {
	marks, unknown := bytes.Count(page, []byte("<!-- snippet ")), ""
	here := map[string]bool{}
	page = snippet.ReplaceAllFunc(page, func(block []byte) []byte {
		m := snippet.FindSubmatch(block)
		id := string(m[2])
		if _, ok := snips[id]; !ok {
			unknown = id
		}
		used[id], here[id] = true, true
		return []byte(string(m[1]) + snips[id] + string(m[3]))
	})
	if unknown != "" {
		return nil, fmt.Errorf("%s wants snippet %q, which no solution has", name, unknown)
	}
	if marks != len(here) {
		return nil, fmt.Errorf("%s: %d snippet marks, %d of them followed by a block of go, each once", name, marks, len(here))
	}
	return page, nil
}
