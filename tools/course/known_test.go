package course

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inHelp are the strings that may name a lesson, as an example for people.
var inHelp = map[string]string{
	"workbook/main.go": "work/01-concepts",
}

// A lesson is data: no string in a program of tools names a lesson's folder or
// has the title of a task. What is to be known of a lesson stands in its notes.
func TestNoProgramKnowsALesson(t *testing.T) {
	root, err := Root(".")
	require.NoError(t, err)
	lessons, err := Lessons(root)
	require.NoError(t, err)
	var known []string
	for _, l := range lessons {
		known = append(known, l.Slug)
		for _, task := range l.Tasks {
			if words := strings.Fields(task.Title); len(words) > 1 { // Quiz is a word like others
				known = append(known, task.Title)
			}
		}
	}
	require.NotEmpty(t, known)
	tools := filepath.Join(root, "tools")
	require.NoError(t, filepath.WalkDir(tools, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := filepath.Rel(tools, path)
		if err != nil {
			return err
		}
		for _, text := range stringsOf(t, path) {
			if allowed := inHelp[filepath.ToSlash(file)]; allowed != "" {
				text = strings.ReplaceAll(text, allowed, "")
			}
			for _, name := range known {
				require.NotContains(t, text, name, file)
			}
		}
		return nil
	}))
}

// stringsOf returns the values of the string literals in a Go file.
func stringsOf(t *testing.T, path string) (all []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(f, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				all = append(all, text)
			}
		}
		return true
	})
	return all
}
