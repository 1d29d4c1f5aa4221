package verdict

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/course"
)

// lineToLookAt returns the line of the task's TODO. Without a TODO it returns the line of
// the function that the script judges.
func (r *Report) lineToLookAt(rec *record.Record) string {
	if line := r.todoWithin(rec); line > 0 && !rec.Elsewhere {
		return fmt.Sprintf("%s:%d  TODO %s", r.Rel(filepath.Join(r.Dir(), filepath.FromSlash(rec.Where.File))), line, rec.Task)
	}
	if file, line := FindTODO(r.Dir(), "TODO "+rec.Task); file != "" && !rec.Elsewhere {
		return fmt.Sprintf("%s:%d  TODO %s", r.Rel(file), line, rec.Task)
	}
	if rec.Where.File == "" {
		return ""
	}
	file := filepath.Join(r.Dir(), filepath.FromSlash(rec.Where.File))
	if line := declarationLine(file, rec.Where.Function); line > 0 {
		return fmt.Sprintf("%s:%d  %s", r.Rel(file), line, rec.Where.Function)
	}
	return r.Rel(file)
}

// todoWithin returns the line of the task's TODO in the function that the script
// judges, or 0: a task may have more than one.
func (r *Report) todoWithin(rec *record.Record) int {
	file := filepath.Join(r.Dir(), filepath.FromSlash(rec.Where.File))
	from, to := declarationLines(file, rec.Where.Function)
	for _, n := range commentLines(file, "TODO "+rec.Task) {
		if from <= n && n <= to {
			return n
		}
	}
	return 0
}

// FindTODO finds a comment that begins with todo in the Go files of a folder.
func FindTODO(dir, todo string) (file string, line int) {
	for _, f := range course.GoFiles(dir) {
		if all := commentLines(f, todo); len(all) > 0 {
			return f, all[0]
		}
	}
	return "", 0
}

// countTODOs counts the comments that begin with todo in the Go files of a folder.
func countTODOs(dir, todo string) (n int) {
	for _, f := range course.GoFiles(dir) {
		n += len(commentLines(f, todo))
	}
	return n
}

// declarationsWith returns the text of each declaration that has a comment that begins with
// todo, in the Go files of a folder.
func declarationsWith(dir, todo string) (all []string) {
	for _, path := range course.GoFiles(dir) {
		lines := commentLines(path, todo)
		if len(lines) == 0 {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, d := range f.Decls {
			from, to := fset.Position(startOf(d)), fset.Position(d.End())
			if slices.ContainsFunc(lines, func(n int) bool { return from.Line <= n && n <= to.Line }) {
				all = append(all, string(src[from.Offset:to.Offset]))
			}
		}
	}
	return all
}

// startOf returns where a declaration begins, with the comment above it.
func startOf(d ast.Decl) token.Pos {
	var doc *ast.CommentGroup
	switch d := d.(type) {
	case *ast.FuncDecl:
		doc = d.Doc
	case *ast.GenDecl:
		doc = d.Doc
	}
	if doc != nil {
		return doc.Pos()
	}
	return d.Pos()
}

func commentLines(path, todo string) (all []int) {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "// ")
		rest, found := strings.CutPrefix(text, todo)
		if ok && found && (rest == "" || rest[0] < '0' || rest[0] > '9') {
			all = append(all, n)
		}
	}
	return all
}

// declarationLine returns the line of the declaration of a function, method, constant or
// type.
func declarationLine(file, name string) int {
	line, _ := declarationLines(file, name)
	return line
}

// declarationLines returns the first and the last line of a declaration, or 0 and 0 if
// there is no such declaration.
func declarationLines(file, name string) (from, to int) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return 0, 0
	}
	for _, d := range f.Decls {
		if names(d)[name] {
			return fset.Position(d.Pos()).Line, fset.Position(d.End()).Line
		}
	}
	return 0, 0
}

func names(d ast.Decl) map[string]bool {
	all := map[string]bool{}
	switch d := d.(type) {
	case *ast.FuncDecl:
		all[receiver(d)+d.Name.Name] = true
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				all[s.Name.Name] = true
			case *ast.ValueSpec:
				for _, n := range s.Names {
					all[n.Name] = true
				}
			}
		}
	}
	return all
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}
