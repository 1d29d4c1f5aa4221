package mutants

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
)

// Harmless is a solution with three to six changes that do not alter what it does. Every check must
// accept it.
type Harmless struct {
	Name    string            // such as h07
	Changes []string          // file, function and operator of each change, in the order in which they were made
	Files   map[string][]byte // the whole content of the changed and the new files
}

// MakeHarmless returns n different harmless answers to a lesson. All of them compile. While the
// solution is unchanged, the answer with the number i is the same in every run.
func MakeHarmless(root string, l course.Lesson, n int) ([]Harmless, error) {
	s, err := load(root, l)
	if err != nil {
		return nil, err
	}
	var all []Harmless
	seen := map[string]bool{}
	for i := range n {
		rolls := rand.New(rand.NewPCG(uint64(l.N), uint64(i)))
		h, err := s.compose(rolls)
		for err == nil && seen[key(Mutant{Files: h.Files})] {
			h, err = s.compose(rolls)
		}
		if err != nil {
			return nil, fmt.Errorf("lesson %d, answer %d: %w", l.N, i, err)
		}
		seen[key(Mutant{Files: h.Files})] = true
		h.Name = fmt.Sprintf("h%02d", i)
		all = append(all, h)
	}
	return all, nil
}

// compose makes three to six changes at random places, one after another.
func (s *source) compose(rolls *rand.Rand) (Harmless, error) {
	packages := slices.Clone(s.packages)
	h := Harmless{Files: map[string][]byte{}}
	for range 3 + rolls.IntN(4) {
		i, c, f, edited := s.roll(packages, rolls)
		if edited == nil {
			return h, fmt.Errorf("no harmless change fits after %q", h.Changes)
		}
		h.Changes = append(h.Changes, fmt.Sprintf("%s:%s:%s", f.name, c.fn, c.operator))
		for f, src := range edited {
			src, err := format.Source(src)
			if err != nil {
				return h, err
			}
			edited[f], h.Files[f.name] = src, src
		}
		var err error
		if packages[i], err = s.reload(packages[i], edited); err != nil {
			return h, err
		}
	}
	return h, nil
}

// roll makes one change in one of the packages. Every operator is equally likely, no matter how
// many places it can change. The edited files are nil if no change compiles.
func (s *source) roll(packages []*pkg, rolls *rand.Rand) (int, change, *file, map[*file][]byte) {
	type place struct {
		pkg  int
		file *file
		change
	}
	places := map[string][]place{}
	for i, p := range packages {
		for _, f := range p.files {
			if isLeftOut(f.name) {
				continue
			}
			for _, c := range visit(s, p, f, (*site).rewriteFunction, harmless) {
				places[c.operator] = append(places[c.operator], place{i, f, c})
			}
		}
	}
	for len(places) > 0 {
		operators := slices.Sorted(maps.Keys(places))
		operator := operators[rolls.IntN(len(operators))]
		all := places[operator]
		at := rolls.IntN(len(all))
		c := all[at]
		if edited, ok := s.edit(packages[c.pkg], c.file, c.change); ok {
			return c.pkg, c.change, c.file, edited
		}
		if places[operator] = slices.Delete(all, at, at+1); len(places[operator]) == 0 {
			delete(places, operator)
		}
	}
	return 0, change{}, nil, nil
}

// reload returns the package with its edited files, type-checked again.
func (s *source) reload(p *pkg, edited map[*file][]byte) (*pkg, error) {
	loaded := &pkg{path: p.path}
	files := slices.Clone(p.files)
	for f := range edited {
		if !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	var parsed []*ast.File
	for _, f := range files {
		src := f.src
		if e, ok := edited[f]; ok {
			src = e
		}
		again := &file{name: f.name, src: src, tasks: regions(src)}
		var err error
		if again.ast, err = parser.ParseFile(s.fset, f.name, src, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		parsed = append(parsed, again.ast)
		loaded.files = append(loaded.files, again)
	}
	info, errs := s.check(s.fset, p.path, parsed)
	if len(errs) > 0 {
		return nil, fmt.Errorf("%s does not compile: %w", p.path, errs[0])
	}
	loaded.info = info
	return loaded, nil
}

// findName returns a name that no file of the package uses yet.
func (s *site) findName(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(s.pkg.files, func(f *file) bool { return bytes.Contains(f.src, []byte(name)) })
	}
	free := name
	for n := 2; taken(free); n++ {
		free = fmt.Sprint(name, n)
	}
	return free
}

// isLearners reports whether a learner writes the line of a node.
func (s *site) isLearners(n ast.Node) bool {
	return s.file.taskAt(s.source.fset.Position(n.Pos()).Line) != ""
}

// hasTask reports whether a learner writes at least one line of the function.
func (s *site) hasTask() bool {
	first, last := s.source.fset.Position(s.fn.Pos()).Line, s.source.fset.Position(s.fn.End()).Line
	return slices.ContainsFunc(s.file.tasks, func(r region) bool { return r.first <= last && first <= r.last })
}

// parent returns the n-th node around the place, counted from 1, or nil.
func (s *site) parent(n int) ast.Node {
	if n > len(s.above) {
		return nil
	}
	return s.above[len(s.above)-n]
}

// statements returns the statements of a block or of a case.
func statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		if n != nil && (len(n.List) == 0 || !isClause(n.List[0])) {
			return n.List
		}
	case *ast.CaseClause:
		return n.Body
	}
	return nil
}

func isClause(n ast.Node) bool {
	_, ok := n.(*ast.CaseClause)
	return ok
}

// statement returns the statement around the place, if this statement always evaluates the
// expression at the place, and evaluates it before all other code. Otherwise it returns nil.
func (s *site) statement() ast.Stmt {
	for i := len(s.above) - 1; i > 0; i-- {
		switch n := s.above[i].(type) {
		case *ast.FuncLit:
			return nil
		case *ast.BinaryExpr:
			if n.Op.String() == "&&" || n.Op.String() == "||" {
				return nil
			}
		case *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt:
			if statements(s.above[i-1]) == nil {
				return nil
			}
			return n.(ast.Stmt)
		case ast.Stmt:
			return nil
		}
	}
	return nil
}

// isPure reports whether an expression has no effect, and has the same value a moment earlier or
// later. It contains no operation of Restate that suspends, no call of the outside world, and
// nothing that can panic.
func (s *site) isPure(e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			pure = pure && s.isPureCall(n)
		case *ast.FuncLit, *ast.StarExpr, *ast.IndexExpr, *ast.UnaryExpr, *ast.TypeAssertExpr:
			pure = false
		}
		return pure
	})
	return pure
}

func (s *site) isPureCall(call *ast.CallExpr) bool {
	if tv := s.pkg.info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
		return tv.IsType() || slices.Contains([]string{"len", "min", "max"}, s.text(call.Fun))
	}
	f := s.callee(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	switch f.Pkg().Path() {
	case s.pkg.path:
		params := f.Signature().Params().String()
		return !strings.Contains(params, "Context") && !strings.Contains(params, "Future")
	case sdk:
		return f.Name() == "Key"
	case outside:
		return strings.HasPrefix(f.Name(), "Is")
	case shop + "input":
		return true
	}
	return false
}
