package main

import (
	"bytes"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/workbook/cut"
)

type cutCmd struct{}

// Run writes every stub and every snippet anew.
func (cutCmd) Run(p *place) error {
	files, err := generate(p.root)
	if err != nil {
		return err
	}
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(p.root, name))
		if err == nil && bytes.Equal(have, want) {
			continue
		}
		if err := os.MkdirAll(filepath.Join(p.root, filepath.Dir(name)), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(p.root, name), want, 0o666); err != nil {
			return err
		}
		fmt.Println("cut", name)
	}
	return nil
}

// generate is what the stubs and the texts should be, by path from the root.
func generate(root string) (map[string][]byte, error) {
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
	err := eachSolution(root, l, func(file string, f cut.File) error {
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
		files[stub] = moveImports(f.Stub, l, "solutions", "lessons")
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

// eachSolution calls do for each Go file of a lesson's solution, which is named
// from the root.
func eachSolution(root string, l course.Lesson, do func(file string, f cut.File) error) error {
	sources, err := goFiles(l.Dir(root, "solutions"))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		file := "solutions/" + l.Slug + "/" + name
		f, err := cut.Cut(file, sources[name])
		if err != nil {
			return err
		}
		if err := do(file, f); err != nil {
			return err
		}
	}
	return nil
}

// goFiles are the Go files below a folder, by path from there.
func goFiles(dir string) (map[string][]byte, error) {
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

// isTextOnly: a solution's folder text/ holds code for the lesson's page, and
// is in no stub.
func isTextOnly(l course.Lesson, file string) bool {
	return strings.HasPrefix(file, "solutions/"+l.Slug+"/text/")
}

// moveImports rewrites a lesson's imports of its own packages from one tree to
// another.
func moveImports(src []byte, l course.Lesson, from, to string) []byte {
	moved := bytes.ReplaceAll(src, []byte(course.Module+"/"+from+"/"+l.Slug), []byte(course.Module+"/"+to+"/"+l.Slug))
	// Another path may have another place among the imports.
	if sorted, err := format.Source(moved); err == nil {
		return sorted
	}
	return moved
}

var snippet = regexp.MustCompile("(?s)(<!-- snippet (\\S+) -->\n```go\n).*?(```\n)")

// fillTexts puts each snippet between its marks in the lesson's page and slides.
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

// fillText is a page with its snippets in it.
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
