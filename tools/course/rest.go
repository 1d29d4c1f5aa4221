package course

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// Rest returns the lessons whose services l calls but does not implement, in order. The
// lesson's test imports their solutions and passes them to the check.
func Rest(root string, l Lesson) ([]Lesson, error) {
	test := filepath.Join(l.Dir(root, "lessons"), "lesson_test.go")
	f, err := parser.ParseFile(token.NewFileSet(), test, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	imported := map[string]bool{}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		if rel, ok := strings.CutPrefix(path, Module+"/solutions/"); ok {
			slug, _, _ := strings.Cut(rel, "/")
			imported[slug] = true
		}
	}
	all, err := Lessons(root)
	var rest []Lesson
	for _, l := range all {
		if imported[l.Slug] {
			rest = append(rest, l)
		}
	}
	return rest, err
}
