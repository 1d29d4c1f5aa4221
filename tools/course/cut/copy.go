package cut

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"example.com/workbook/tools/course"
)

// CopyLesson copies a lesson from one of the trees to a folder of work/, without what
// course.KeptBack keeps from learners and without the hidden files of editors.
func CopyLesson(root string, l course.Lesson, tree, to string) error {
	from := l.Dir(root, tree)
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil || course.KeptBack(rel) {
			return err
		}
		if course.IsHidden(d.Name()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Ext(rel) {
		case ".go":
			src = MoveImports(src, l, tree, "work")
		case ".md":
			src = beside.ReplaceAll(src, []byte("](../../"+tree+"/$1"))
		}
		return os.WriteFile(filepath.Join(to, rel), src, 0o666)
	})
}

// beside matches the start of a link from a lesson's page to a file beside the lesson's
// folder, such as the glossary, which work/ does not have.
var beside = regexp.MustCompile(`\]\(\.\./([^.])`)

// MoveImports rewrites a lesson's imports of its own packages from one tree to
// another.
func MoveImports(src []byte, l course.Lesson, from, to string) []byte {
	moved := bytes.ReplaceAll(src, []byte(course.Module+"/"+from+"/"+l.Slug), []byte(course.Module+"/"+to+"/"+l.Slug))
	// The new paths may sort differently among the other imports.
	if sorted, err := format.Source(moved); err == nil {
		return sorted
	}
	return moved
}
