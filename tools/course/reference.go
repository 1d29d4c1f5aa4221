package course

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/tools/hint"
)

// CheckImports refuses a lesson in work/ that imports a lesson's package from solutions/
// or lessons/, itself or by another lesson in work/: a check would judge that package and
// not the learner's. Tests and generated files may import them.
func CheckImports(root string, l Lesson) error {
	return checkImports(root, l.Dir(root, "work"), map[string]bool{})
}

func checkImports(root, dir string, seen map[string]bool) error {
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		switch {
		case err != nil:
			return nil // go says what is wrong with it
		case d.IsDir() && path != dir && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil || ast.IsGenerated(f) {
			return nil
		}
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			tree, rest, _ := strings.Cut(strings.TrimPrefix(imported, Module+"/"), "/")
			slug, _, _ := strings.Cut(rest, "/")
			switch {
			case !strings.HasPrefix(imported, Module+"/") || !isSlug(slug):
			case tree == "solutions" || tree == "lessons":
				rel, _ := filepath.Rel(root, path)
				at := fmt.Sprintf("%s:%d", filepath.ToSlash(rel), files.Position(spec.Pos()).Line)
				return hint.New(hint.Usage, fmt.Sprintf("import %s/work/%s in its place", Module, rest),
					"%s imports %s, so a check would judge that package in place of yours", at, imported)
			case tree == "work":
				if err := checkImports(root, filepath.Join(root, "work", slug), seen); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
