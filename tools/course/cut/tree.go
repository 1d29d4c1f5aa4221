package cut

import (
	"bytes"
	"fmt"
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
	files, parts := map[string][]byte{}, map[string]map[string]string{}
	for _, l := range lessons {
		if parts[l.Slug], err = generateLesson(root, l, files); err != nil {
			return nil, err
		}
	}
	return files, fillCourse(root, parts, files)
}

// generateLesson adds the files of a lesson, and returns the parts of its page.
func generateLesson(root string, l course.Lesson, files map[string][]byte) (parts map[string]string, err error) {
	snips := map[string]string{}
	tasks := map[string]bool{}
	edits := map[string][]string{}
	err = eachFile(root, l, func(file string, f File) error {
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
		for _, t := range l.Tasks {
			if f.Tasks[t.ID] || bytes.Contains(files[stub], []byte("// TODO "+t.ID+": ")) {
				edits[t.ID] = append(edits[t.ID], strings.TrimPrefix(file, "solutions/"+l.Slug+"/"))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id := range tasks {
		if _, ok := l.Task(id); !ok {
			return nil, fmt.Errorf("solutions/%s marks task %s, which the text does not have", l.Slug, id)
		}
	}
	m := &marks{root: root, lesson: l, edits: edits, parts: map[string]string{}}
	if m.notes, err = course.ReadNotes(root, l); err != nil {
		return nil, err
	}
	if m.answers, err = course.ReadAnswers(filepath.Join(root, "testdata", l.Slug)); err != nil {
		return nil, err
	}
	return m.parts, fillTexts(m, snips, files)
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

// ReadGoFiles returns the contents of the Go files below a folder, see [course.GoFiles], by
// path from there.
func ReadGoFiles(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, file := range course.GoFiles(dir) {
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return nil, err
		}
		if files[filepath.ToSlash(name)], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// isTextOnly reports whether a file lies in its solution's folder text/. The code
// there is for the lesson's page, and stands in no stub.
func isTextOnly(l course.Lesson, file string) bool {
	return strings.HasPrefix(file, "solutions/"+l.Slug+"/text/")
}

var snippet = regexp.MustCompile("(?s)(<!-- snippet (\\S+) -->\n```go\n).*?(```\n)")

// fillTexts fills the marks in the lesson's page, and from the page those in its slides
// and notes.
func fillTexts(m *marks, snips map[string]string, files map[string][]byte) error {
	used := map[string]bool{}
	for _, name := range []string{"README.md", course.SlidesName, course.NotesName} {
		name = "lessons/" + m.lesson.Slug + "/" + name
		text, err := os.ReadFile(filepath.Join(m.root, name))
		if err != nil {
			return err
		}
		isPage := filepath.Base(name) == "README.md"
		if !isPage {
			if text, err = fillParts(name, text, m.parts, ""); err != nil {
				return err
			}
		}
		if text, err = fillText(name, text, snips, used); err != nil {
			return err
		}
		if isPage {
			if text, err = m.fillPage(name, text); err != nil {
				return err
			}
		}
		files[name] = text
	}
	for id := range snips {
		if !used[id] {
			return fmt.Errorf("solutions/%s has snippet %q, which neither its text nor its slides use", m.lesson.Slug, id)
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
