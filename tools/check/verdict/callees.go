package verdict

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/course"
)

// lineRange is the first and the last line of a declaration.
type lineRange struct{ from, to int }

// findCallees returns the lines of the functions of a folder that the named function calls, directly
// or through others, by the names of their files. The function names decide, without the types:
// methods of different types with one name count as one.
func findCallees(dir, name string) map[string][]lineRange {
	fset := token.NewFileSet()
	bodies := map[string][]*ast.FuncDecl{} // by the name without the receiver
	imported := map[string]bool{}
	for _, path := range course.GoFiles(dir) {
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil || filepath.Dir(path) != dir {
			continue
		}
		for _, spec := range f.Imports {
			base := strings.Trim(spec.Path.Value, `"`)
			base = base[strings.LastIndex(base, "/")+1:]
			if spec.Name != nil {
				base = spec.Name.Name
			}
			imported[base] = true
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				bodies[f.Name.Name] = append(bodies[f.Name.Name], f)
			}
		}
	}
	lines := map[string][]lineRange{}
	seen := map[*ast.FuncDecl]bool{}
	var look func(ast.Node) bool
	look = func(n ast.Node) bool {
		var callee string
		isMethod := false
		switch n := n.(type) {
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); !ok || !imported[x.Name] {
					callee, isMethod = s.Sel.Name, true
				}
			}
		case *ast.SelectorExpr:
			ast.Inspect(n.X, look)
			return false
		case *ast.KeyValueExpr: // the key may be a field
			ast.Inspect(n.Value, look)
			return false
		case *ast.Ident:
			callee = n.Name
		}
		for _, b := range bodies[callee] {
			if !seen[b] && isMethod == (b.Recv != nil) {
				seen[b] = true
				start := fset.Position(b.Pos())
				file := filepath.Base(start.Filename)
				lines[file] = append(lines[file], lineRange{start.Line, fset.Position(b.End()).Line})
				ast.Inspect(b.Body, look)
			}
		}
		return true
	}
	for _, d := range bodies[name[strings.LastIndex(name, ".")+1:]] {
		if receiver(d)+d.Name.Name == name {
			ast.Inspect(d.Body, look)
		}
	}
	return lines
}
