package mutants

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
)

// Mutant is a solution with one change.
type Mutant struct {
	// ID has the file, the function and the operator. It also has a number if the operator fits
	// several places of the function: order/order.go:fulfil:drop-check:2. Changes of other parts of
	// the solution do not change the ID.
	ID    string
	Task  string // the task for which a learner writes the changed line
	Line  int    // the line in the solution's file
	Old   string // the changed text
	New   string
	Files map[string][]byte // the whole content of the changed files of the solution
}

// File returns the name of the file that the mutant changes.
func (m Mutant) File() string { name, _, _ := strings.Cut(m.ID, ":"); return name }

// Operator returns the name of the mutant's operator.
func (m Mutant) Operator() string { return strings.Split(m.ID, ":")[2] }

// edit replaces the text between two positions.
type edit struct {
	from, to token.Pos
	text     string
}

// Make returns all mutants of the lesson's solution that compile and that change a line which
// learners write, sorted by file and line. No two mutants have the same text. Make does not change
// the given lines: a learner does not write them, and they would have half of all mutants.
func Make(root string, l course.Lesson) ([]Mutant, error) {
	s, err := load(root, l)
	if err != nil {
		return nil, err
	}
	var all []Mutant
	seen := map[string]bool{}
	for _, p := range s.packages {
		for _, f := range p.files {
			if isLeftOut(f.name) {
				continue
			}
			for _, c := range changes(s, p, f) {
				m, ok := s.apply(p, f, c)
				if !ok || seen[key(m)] {
					continue
				}
				seen[key(m)] = true
				all = append(all, m)
			}
		}
	}
	number(all)
	all = slices.DeleteFunc(all, func(m Mutant) bool { return m.Task == "" })
	slices.SortStableFunc(all, func(a, b Mutant) int {
		return cmp.Or(cmp.Compare(a.File(), b.File()), cmp.Compare(a.Line, b.Line))
	})
	return all, nil
}

func key(m Mutant) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		fmt.Fprintf(&b, "%s\n%s\n", name, m.Files[name])
	}
	return b.String()
}

// number adds a number to the IDs that occur more than once.
func number(all []Mutant) {
	count := map[string]int{}
	for _, m := range all {
		count[m.ID]++
	}
	next := map[string]int{}
	for i, m := range all {
		if count[m.ID] > 1 {
			next[m.ID]++
			all[i].ID = fmt.Sprintf("%s:%d", m.ID, next[m.ID])
		}
	}
}

// change describes what an operator does at one place.
type change struct {
	fn       string // the name of the function
	operator string
	edits    []edit
	imports  []string         // import declarations that the new text needs
	append   string           // declarations at the end of the file
	others   map[*file][]edit // edits of other files of the package
	added    *file            // a new file of the package, or nil
}

// apply makes the mutant of a change, and reports whether the mutant compiles.
func (s *source) apply(p *pkg, f *file, c change) (Mutant, bool) {
	first := c.edits[0]
	line := s.fset.Position(first.from).Line
	m := Mutant{
		ID:    fmt.Sprintf("%s:%s:%s", f.name, c.fn, c.operator),
		Task:  f.taskAt(line),
		Line:  line,
		Old:   s.text(f, first.from, first.to),
		New:   first.text,
		Files: map[string][]byte{},
	}
	edited, ok := s.edit(p, f, c)
	for f, src := range edited {
		if !bytes.Equal(src, f.src) {
			m.Files[f.name] = src
		}
	}
	return m, ok && len(m.Files) > 0
}

// edit returns the files that a change edits or adds, and reports whether they compile.
func (s *source) edit(p *pkg, f *file, c change) (map[*file][]byte, bool) {
	edited := map[*file][]byte{}
	edited[f] = append(s.edited(f, c.edits), c.append...)
	edited[f] = addImports(edited[f], c.imports)
	for other, edits := range c.others {
		edited[other] = s.edited(other, edits)
	}
	if c.added != nil {
		p = &pkg{path: p.path, files: append(slices.Clone(p.files), c.added)}
		edited[c.added] = c.added.src
	}
	for range 4 {
		errs, fset := s.checkEdited(p, edited)
		if len(errs) == 0 {
			return edited, true
		}
		if !repair(p, edited, errs, fset) {
			break
		}
	}
	return nil, false
}

func (s *source) text(f *file, from, to token.Pos) string {
	base := s.fset.File(f.ast.FileStart)
	return string(f.src[base.Offset(from):base.Offset(to)])
}

// edited returns the text of the file with the edits, which must not overlap.
func (s *source) edited(f *file, edits []edit) []byte {
	base := s.fset.File(f.ast.FileStart)
	edits = slices.SortedStableFunc(slices.Values(edits), func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b bytes.Buffer
	at := 0
	for _, e := range edits {
		b.Write(f.src[at:base.Offset(e.from)])
		b.WriteString(e.text)
		at = base.Offset(e.to)
	}
	b.Write(f.src[at:])
	return b.Bytes()
}

var packageClause = regexp.MustCompile(`(?m)^package \w+\n`)

func addImports(src []byte, imports []string) []byte {
	if len(imports) == 0 {
		return src
	}
	at := packageClause.FindIndex(src)
	text := ""
	for _, i := range imports {
		text += "\nimport " + i + "\n"
	}
	return slices.Concat(src[:at[1]], []byte(text), src[at[1]:])
}

// checkEdited type-checks the package with its edited files.
func (s *source) checkEdited(p *pkg, edited map[*file][]byte) ([]types.Error, *token.FileSet) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, f := range p.files {
		src := f.src
		if e, ok := edited[f]; ok {
			src = e
		}
		parsed, err := parser.ParseFile(fset, f.name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return []types.Error{{Fset: fset, Msg: "syntax: " + err.Error()}}, fset
		}
		files = append(files, parsed)
	}
	_, errs := s.check(fset, p.path, files)
	return errs, fset
}

var (
	unusedImport   = regexp.MustCompile(`^"[^"]+" imported (as \w+ )?and not used`)
	unusedVariable = regexp.MustCompile(`^declared and not used: (\w+)`)
	otherError     = regexp.MustCompile(`cannot use .* \(.*error.*\) as .*TerminalError value in assignment|as .*TerminalError value in assignment: (need type assertion|missing)`)
)

// repair corrects errors that a change leaves behind: an import or a variable that no code uses any
// more, and an err of type TerminalError that gets an ordinary error. repair reports whether it has
// changed a file.
func repair(p *pkg, edited map[*file][]byte, errs []types.Error, fset *token.FileSet) bool {
	e := errs[0]
	at := fset.Position(e.Pos)
	i := slices.IndexFunc(p.files, func(f *file) bool { return f.name == at.Filename })
	if i < 0 {
		return false
	}
	f := p.files[i]
	src, ok := edited[f]
	if !ok {
		src = f.src
	}
	switch {
	case unusedImport.MatchString(e.Msg):
		end := bytes.IndexByte(src[at.Offset:], '\n') + at.Offset
		quote := bytes.IndexByte(src[at.Offset:end], '"') + at.Offset
		edited[f] = slices.Concat(src[:at.Offset], []byte("_ "), src[quote:])
		return true
	case unusedVariable.MatchString(e.Msg):
		name := unusedVariable.FindStringSubmatch(e.Msg)[1]
		end := statementEnd(f.name, src, at.Offset)
		if end < 0 {
			return false
		}
		edited[f] = slices.Concat(src[:end], []byte("\n_ = "+name), src[end:])
		return true
	case otherError.MatchString(e.Msg):
		start := bodyStart(f.name, src, at.Offset)
		if start < 0 || bytes.Contains(src[start:at.Offset], []byte("var err error")) {
			return false
		}
		edited[f] = slices.Concat(src[:start], []byte("\nvar err error; _ = err"), src[start:])
		return true
	}
	return false
}

// statementEnd returns the offset after the statement that contains the offset, or -1.
func statementEnd(name string, src []byte, offset int) int {
	end := -1
	inspectAt(name, src, offset, func(n ast.Node, fset *token.FileSet) {
		if b, ok := n.(*ast.BlockStmt); ok {
			for _, stmt := range b.List {
				if from, to := fset.Position(stmt.Pos()).Offset, fset.Position(stmt.End()).Offset; from <= offset && offset < to {
					if _, ok := stmt.(*ast.AssignStmt); ok {
						end = to
					}
				}
			}
		}
	})
	return end
}

// bodyStart returns the offset after the opening brace of the innermost function that contains the
// offset, or -1.
func bodyStart(name string, src []byte, offset int) int {
	start := -1
	inspectAt(name, src, offset, func(n ast.Node, fset *token.FileSet) {
		body := (*ast.BlockStmt)(nil)
		switch n := n.(type) {
		case *ast.FuncDecl:
			body = n.Body
		case *ast.FuncLit:
			body = n.Body
		}
		if body != nil && fset.Position(body.Lbrace).Offset < offset {
			start = fset.Position(body.Lbrace).Offset + 1
		}
	})
	return start
}

// inspectAt calls visit with each node that contains the offset, from the outermost node to the
// innermost.
func inspectAt(name string, src []byte, offset int, visit func(ast.Node, *token.FileSet)) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if n == nil || fset.Position(n.Pos()).Offset > offset || fset.Position(n.End()).Offset <= offset {
			return false
		}
		visit(n, fset)
		return true
	})
}
