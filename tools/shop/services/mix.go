package services

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
)

// mix is a service whose handlers are the learner's, except those that are not written
// yet, which are the reference's. services.go declares a type of its own for it, with the
// fields of the learner's type, and a method for each handler that calls the right package.
type mix struct {
	service
	yours, theirs []handler
	fields        []string          // of the reference's type
	imports       map[string]string // paths by the names that the signatures use
}

// handler is an exported method of a service's type.
type handler struct {
	name    string
	takes   []string // types
	returns []string
	open    string // the task to be written, if the method ends by returning todo.Task
}

// newMix returns nil if every handler of the learner's package is written.
func newMix(s service) (*mix, error) {
	m := mix{service: s, imports: map[string]string{}}
	yours, err := m.read(s.yours(), s.pkg)
	if err != nil {
		return nil, err
	}
	isOpen := func(h handler) bool { return h.open != "" }
	if !slices.ContainsFunc(yours, isOpen) {
		return nil, nil
	}
	theirs, err := m.read(s.reference(), "ref"+s.pkg)
	if err != nil {
		return nil, err
	}
	for _, h := range yours {
		i := slices.IndexFunc(theirs, func(t handler) bool { return t.name == h.name })
		switch {
		case !isOpen(h):
			m.yours = append(m.yours, h)
		case i >= 0:
			theirs[i].open = h.open
			m.theirs = append(m.theirs, theirs[i])
		}
	}
	return &m, nil
}

// difference returns which handlers are not the learner's: but Refund is the reference's: 5.5 is open.
func (m *mix) difference() string {
	var names, tasks []string
	for _, h := range m.theirs {
		names, tasks = append(names, h.name), append(tasks, h.open)
	}
	verb := map[bool]string{true: "is", false: "are"}
	slices.Sort(tasks)
	tasks = slices.Compact(tasks)
	return fmt.Sprintf("but %s %s the reference's: %s %s open", strings.Join(names, " and "), verb[len(names) == 1], strings.Join(tasks, " and "), verb[len(tasks) == 1])
}

// read returns the handlers of the service's type in a package, with types as another
// package names them.
func (m *mix) read(dir, name string) (all []handler, err error) {
	files := token.NewFileSet()
	for _, file := range packageFiles(m.root, dir) {
		f, err := parser.ParseFile(files, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				if strings.HasPrefix(dir, "solutions/") {
					m.fields = append(m.fields, fieldsOf(d, m.service.name)...)
				}
			case *ast.FuncDecl:
				if d.Recv == nil || !d.Name.IsExported() || strings.TrimPrefix(text(d.Recv.List[0].Type), "*") != m.service.name {
					continue
				}
				h := handler{name: d.Name.Name, open: openTaskOf(d)}
				if h.takes, err = m.typesOf(d.Type.Params, name, f); err != nil {
					return nil, err
				}
				if h.returns, err = m.typesOf(d.Type.Results, name, f); err != nil {
					return nil, err
				}
				all = append(all, h)
			}
		}
	}
	return all, nil
}

func fieldsOf(d *ast.GenDecl, name string) (names []string) {
	for _, spec := range d.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok || t.Name.Name != name {
			continue
		}
		if s, ok := t.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, n := range f.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

var onlyTodo = regexp.MustCompile(`\btodo\.Task\("(\d+\.\d+)"\)$`)

// openTaskOf returns the id of the task that a function leaves open: its last statement
// returns todo.Task.
func openTaskOf(d *ast.FuncDecl) string {
	if len(d.Body.List) == 0 {
		return ""
	}
	r, ok := d.Body.List[len(d.Body.List)-1].(*ast.ReturnStmt)
	if !ok || len(r.Results) == 0 {
		return ""
	}
	if m := onlyTodo.FindStringSubmatch(text(r.Results[len(r.Results)-1])); m != nil {
		return m[1]
	}
	return ""
}

var typeName = regexp.MustCompile(`[\w.]+`)

// typesOf returns the types of parameters or results. A type of the package itself gets
// the package's name.
func (m *mix) typesOf(list *ast.FieldList, name string, f *ast.File) (all []string, err error) {
	if list == nil {
		return nil, nil
	}
	for _, field := range list.List {
		qualified := typeName.ReplaceAllStringFunc(text(field.Type), func(word string) string {
			pkg, _, imported := strings.Cut(word, ".")
			switch {
			case imported:
				m.imports[pkg] = importPath(f, pkg)
			case token.IsExported(word):
				return name + "." + word
			case types.Universe.Lookup(word) == nil && !token.IsKeyword(word):
				err = errors.Join(err, fmt.Errorf("the type %s has no name outside of its package", word))
			}
			return word
		})
		for range max(1, len(field.Names)) {
			all = append(all, qualified)
		}
	}
	return all, err
}

func importPath(f *ast.File, name string) string {
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil && (i.Name != nil && i.Name.Name == name || i.Name == nil && path.Base(p) == name) {
			return p
		}
	}
	return name
}

// text returns the source of a node, on one line unless it holds a block.
func text(n ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
		return ""
	}
	return b.String()
}

// addMixed adds the types and methods of mixed services to the source of services.go.
func addMixed(src string, mixed []mix) string {
	imports := map[string]string{}
	var methods strings.Builder
	for _, m := range mixed {
		imports["ref"+m.pkg] = course.Module + "/" + m.reference()
		maps.Copy(imports, m.imports)
		src = regexp.MustCompile(`(?m)^(\t`+m.service.name+` +)= `).ReplaceAllString(src, "$1")
		var fields []string
		for _, f := range m.fields {
			fields = append(fields, f+": s."+f)
		}
		for _, h := range m.yours {
			fmt.Fprint(&methods, h.method(m.service.name, "own", m.pkg+"."+m.service.name+"(s)"))
		}
		for _, h := range m.theirs {
			fmt.Fprint(&methods, h.method(m.service.name, "reference", "ref"+m.pkg+"."+m.service.name+"{"+strings.Join(fields, ", ")+"}"))
		}
	}
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&lines, "\t%s %q\n", name, imports[name])
	}
	if len(mixed) > 0 {
		src = strings.Replace(src, "\n)\n", "\n\n"+lines.String()+")\n", 1)
	}
	return src + methods.String()
}

// method returns a method of the mixed type that calls the handler of value.
func (h handler) method(typ, variable, value string) string {
	var params, args []string
	for i, t := range h.takes {
		name := [...]string{"ctx", "in"}[min(i, 1)] // a handler has no more
		params, args = append(params, name+" "+t), append(args, name)
	}
	results := strings.Join(h.returns, ", ")
	if len(h.returns) > 1 {
		results = "(" + results + ")"
	}
	call := variable + "." + h.name + "(" + strings.Join(args, ", ") + ")"
	if len(h.returns) > 0 {
		call = "return " + call
	}
	return fmt.Sprintf("\nfunc (s %s) %s(%s) %s {\n\t%s := %s\n\t%s\n}\n", typ, h.name, strings.Join(params, ", "), results, variable, value, call)
}
