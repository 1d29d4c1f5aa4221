package course

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/hint"
)

// CheckImports refuses a lesson in work/ that imports a lesson's package from solutions/
// or lessons/, itself or by another lesson in work/: that package would run, and not the
// learner's. Tests and generated files may import them, and a file may import the
// references that its stub imports.
func CheckImports(root string, l Lesson) error {
	return checkImports(root, l.Dir(root, "work"), map[string]bool{})
}

func checkImports(root, dir string, seen map[string]bool) error {
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	for _, path := range GoFiles(dir) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			continue // go reports it
		}
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			tree, rest, _ := strings.Cut(strings.TrimPrefix(imported, Module+"/"), "/")
			slug, _, _ := strings.Cut(rest, "/")
			switch {
			case !strings.HasPrefix(imported, Module+"/") || !isSlug(slug):
			case tree == "solutions" && isGiven(root, path, imported):
			case (tree == "solutions" || tree == "lessons") && !ast.IsGenerated(f):
				rel, _ := filepath.Rel(root, path)
				at := fmt.Sprintf("%s:%d", filepath.ToSlash(rel), files.Position(spec.Pos()).Line)
				return hint.New(hint.Usage, fmt.Sprintf("import %s/work/%s in its place", Module, rest),
					"%s imports %s, so that package would run in place of yours", at, imported)
			case tree == "work":
				if err := checkImports(root, filepath.Join(root, "work", slug), seen); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// isGiven reports whether the stub of a file in work/ has an import too: the code of a
// lesson that the learner does not write can use the references of earlier lessons.
func isGiven(root, path, imported string) bool {
	rel, err := filepath.Rel(filepath.Join(root, "work"), path)
	if err != nil {
		return false
	}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "lessons", rel), nil, parser.ImportsOnly)
	return err == nil && slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool {
		return spec.Path.Value == strconv.Quote(imported)
	})
}
