package mutants

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
)

const sdk = "github.com/restatedev/sdk-go"

var (
	shop    = course.Module + "/lessons/shop/"
	outside = shop + "outside"
)

// site is a place in a solution to which operators are applied.
type site struct {
	source *source
	pkg    *pkg
	file   *file
	fn     *ast.FuncDecl
	above  []ast.Node // the nodes around the place, from the file to the innermost node
	found  *[]change
}

// emit records a change that an operator makes at this place.
func (s *site) emit(operator string, c change) {
	c.fn, c.operator = s.fn.Name.Name, operator
	*s.found = append(*s.found, c)
}

// replace records a change that replaces a node.
func (s *site) replace(operator string, n ast.Node, text string, imports ...string) {
	s.emit(operator, change{edits: []edit{{n.Pos(), n.End(), text}}, imports: imports})
}

// changes returns all changes of a file that make mutants.
func changes(source *source, p *pkg, f *file) []change {
	return visit(source, p, f, (*site).changeFunction, operators)
}

// visit returns all changes of a file: those that changeFunction makes in each function, and those that
// the operators make at each node.
func visit(source *source, p *pkg, f *file, changeFunction func(*site), operators []func(*site, ast.Node)) (all []change) {
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		s := &site{source: source, pkg: p, file: f, fn: fn, found: &all}
		changeFunction(s)
		ast.Inspect(fn, func(n ast.Node) bool {
			if n == nil {
				s.above = s.above[:len(s.above)-1]
				return true
			}
			for _, o := range operators {
				o(s, n)
			}
			s.above = append(s.above, n)
			return true
		})
	}
	return all
}

// text returns the source text of a node.
func (s *site) text(n ast.Node) string { return s.source.text(s.file, n.Pos(), n.End()) }

// callee returns the function or method that a call calls, or nil.
func (s *site) callee(call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	if x, ok := fun.(*ast.IndexExpr); ok {
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	f, _ := s.pkg.info.Uses[id].(*types.Func)
	return f
}

// isFunc reports whether a node is a call of one of these functions of the package pkg.
func (s *site) isFunc(n ast.Node, pkg string, names ...string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	f := s.callee(call)
	return f != nil && f.Pkg() != nil && f.Pkg().Path() == pkg && f.Signature().Recv() == nil && slices.Contains(names, f.Name())
}

// step is a call of Run, RunVoid or RunAsync with a function literal.
type step struct {
	call  *ast.CallExpr
	name  string // Run, RunVoid or RunAsync
	lit   *ast.FuncLit
	value string // the type of the result; "" for RunVoid
}

// step returns the step at a node. The second result reports whether the node is a step.
func (s *site) step(n ast.Node) (step, bool) {
	if !s.isFunc(n, sdk, "Run", "RunVoid", "RunAsync") {
		return step{}, false
	}
	call := n.(*ast.CallExpr)
	if len(call.Args) < 2 {
		return step{}, false
	}
	lit, ok := call.Args[1].(*ast.FuncLit)
	if !ok {
		return step{}, false
	}
	found := step{call: call, name: s.callee(call).Name(), lit: lit}
	if found.name != "RunVoid" {
		found.value = s.text(lit.Type.Results.List[0].Type)
	}
	return found, true
}

// with returns the text of the step with fn in the place of its function.
func (s *site) with(st step, fn string) string {
	text := func(from, to token.Pos) string { return s.source.text(s.file, from, to) }
	return text(st.call.Pos(), st.lit.Pos()) + fn + text(st.lit.End(), st.call.End())
}

// inStep returns the function literal of the step that contains the place, or nil.
func (s *site) inStep() *ast.FuncLit {
	for i := len(s.above) - 1; i > 0; i-- {
		if lit, ok := s.above[i].(*ast.FuncLit); ok {
			if _, ok := s.step(s.above[i-1]); ok {
				return lit
			}
		}
	}
	return nil
}

// context returns the name and the type of the function's Restate context, such as ctx and
// ObjectContext. If the function has none, both are "".
func (s *site) context() (name, kind string) {
	for _, field := range s.fn.Type.Params.List {
		sel, ok := field.Type.(*ast.SelectorExpr)
		if !ok || len(field.Names) == 0 || !strings.HasSuffix(sel.Sel.Name, "Context") {
			continue
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "restate" {
			return field.Names[0].Name, sel.Sel.Name
		}
	}
	return "", ""
}

// isHandler reports whether Restate can call the function.
func (s *site) isHandler() bool {
	name, kind := s.context()
	return name != "" && kind != "RunContext" && s.fn.Recv != nil && s.fn.Name.IsExported()
}

// results returns the results of the innermost function around the place.
func (s *site) results() (list []*ast.Field) {
	typ := s.fn.Type
	for i := len(s.above) - 1; i >= 0; i-- {
		if lit, ok := s.above[i].(*ast.FuncLit); ok {
			typ = lit.Type
			break
		}
	}
	if typ.Results == nil {
		return nil
	}
	return typ.Results.List
}

func (s *site) typeOf(e ast.Expr) types.Type { return s.pkg.info.TypeOf(e) }

// isString reports whether an expression is a string.
func (s *site) isString(e ast.Expr) bool {
	b, ok := basic(s.typeOf(e))
	return ok && b.Info()&types.IsString != 0
}

// isInteger reports whether an expression is an integer.
func (s *site) isInteger(e ast.Expr) bool {
	b, ok := basic(s.typeOf(e))
	return ok && b.Info()&types.IsInteger != 0
}

func basic(t types.Type) (*types.Basic, bool) {
	if t == nil {
		return nil, false
	}
	b, ok := t.Underlying().(*types.Basic)
	return b, ok
}

// isError reports whether an expression is an error that is not the literal nil.
func (s *site) isError(e ast.Expr) bool {
	t := s.typeOf(e)
	if t == nil || t == types.Typ[types.UntypedNil] {
		return false
	}
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// constant returns the value of a constant expression, or nil.
func (s *site) constant(e ast.Expr) constant.Value { return s.pkg.info.Types[e].Value }

// otherValues returns up to two other expressions of the function that have the type of e:
// identifiers and fields.
func (s *site) otherValues(e ast.Expr) (all []string) {
	own, typ := s.text(e), s.typeOf(e)
	ast.Inspect(s.fn, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok || len(all) == 2 {
			return true
		}
		switch x.(type) {
		case *ast.Ident, *ast.SelectorExpr:
		default:
			return true
		}
		text := s.text(x)
		if tv := s.pkg.info.Types[x]; !tv.IsValue() || tv.Value != nil || text == own || slices.Contains(all, text) || !types.Identical(tv.Type, typ) {
			return true
		}
		all = append(all, text)
		return true
	})
	return all
}

// isErrorCheck reports whether a statement is if err != nil { …; return … }.
func isErrorCheck(n ast.Node) bool {
	check, ok := n.(*ast.IfStmt)
	if !ok || check.Else != nil || len(check.Body.List) == 0 {
		return false
	}
	cond, ok := check.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ {
		return false
	}
	right, ok := cond.Y.(*ast.Ident)
	left, named := cond.X.(*ast.Ident)
	return ok && named && right.Name == "nil" && strings.HasPrefix(left.Name, "err")
}
