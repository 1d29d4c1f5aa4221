package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// harmless has the operators that do not alter what a solution does. They are called with every
// node of every function that learners write.
//
// They swap two statements only if neither has an effect, because the pages demand the order of all
// effects: reserve, charge, mail in lesson 1; booking, row, state in lesson 3; refund before row in
// lessons 4 and 5. Learners may choose the order of Bind, of options, of fields, and of values that
// need no step. No operator adds a step, because a check may count the attempts after a step.
var harmless = []func(*site, ast.Node){
	renameVariable, renameStep, extractExpression, extractStep, inline, swapStatements, swapElements,
	swapBinds, addLine, invertIf, nestReturn, switchToIf, ifToSwitch, nameLiteral, assignFields,
	wrapError, splitIf, loopByIndex,
}

// rewriteFunction changes a function as a whole.
func (s *site) rewriteFunction() {
	if !s.hasTask() || s.fn.Name.Name == "main" {
		return
	}
	s.moveFunction()
	s.extractRest()
	if !s.fn.Name.IsExported() {
		s.renameFunction()
	}
}

// recase returns the name with its first letter in the other case.
func recase(name string, to func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(to(r)) + name[n:]
}

// qualify returns the name of a type as the file has to write it.
func (s *site) qualify(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == s.pkg.path {
			return ""
		}
		return p.Name()
	})
}

// renameFunction renames a function at its declaration and at each use.
func (s *site) renameFunction() {
	f := s.pkg.info.Defs[s.fn.Name]
	name := s.findName("my" + recase(s.fn.Name.Name, unicode.ToUpper))
	c := change{edits: []edit{{s.fn.Name.Pos(), s.fn.Name.End(), name}}, others: map[*file][]edit{}}
	for id, used := range s.pkg.info.Uses {
		if used != f {
			continue
		}
		e := edit{id.Pos(), id.End(), name}
		i := slices.IndexFunc(s.pkg.files, func(f *file) bool { return f.ast.FileStart <= id.Pos() && id.Pos() < f.ast.FileEnd })
		if other := s.pkg.files[i]; other == s.file {
			c.edits = append(c.edits, e)
		} else {
			c.others[other] = append(c.others[other], e)
		}
	}
	s.emit("rename-function", c)
}

// moveFunction moves a function to the end of its file, or to a new file.
func (s *site) moveFunction() {
	from := s.fn.Pos()
	if s.fn.Doc != nil {
		from = s.fn.Doc.Pos()
	}
	decl := "\n" + s.source.text(s.file, from, s.fn.End()) + "\n"
	remove := []edit{{from, s.fn.End(), ""}}
	s.emit("move-function", change{edits: remove, append: decl})
	name := strings.TrimSuffix(s.file.name, ".go") + "_" + strings.ToLower(s.fn.Name.Name) + ".go"
	if slices.ContainsFunc(s.pkg.files, func(f *file) bool { return f.name == name }) {
		return
	}
	var used []string
	ast.Inspect(s.fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if p, ok := s.pkg.info.Uses[id].(*types.PkgName); ok {
				used = append(used, fmt.Sprintf("\t%s %q\n", p.Name(), p.Imported().Path()))
			}
		}
		return true
	})
	slices.Sort(used)
	src := "package " + s.file.ast.Name.Name + "\n\nimport (\n" + strings.Join(slices.Compact(used), "") + ")\n" + decl
	s.emit("split-file", change{edits: remove, added: &file{name: path.Clean(name), src: []byte(src)}})
}

// outer returns the variables of the function that a range of the file uses and does not declare.
// It also reports whether the range assigns one of them.
func (s *site) outer(from, to token.Pos) (vars []*types.Var, assigns bool) {
	within := func(p token.Pos) bool { return from <= p && p < to }
	assigned := map[types.Object]bool{}
	ast.Inspect(s.fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && within(n.Pos()) {
					assigned[s.pkg.info.Uses[id]] = true
				}
			}
		case *ast.Ident:
			v, ok := s.pkg.info.Uses[n].(*types.Var)
			if ok && within(n.Pos()) && !v.IsField() && !within(v.Pos()) && s.fn.Pos() <= v.Pos() && v.Pos() < s.fn.End() && !slices.Contains(vars, v) {
				vars = append(vars, v)
			}
		}
		return true
	})
	return vars, slices.ContainsFunc(vars, func(v *types.Var) bool { return assigned[v] })
}

// signature returns a list of parameters and a list of arguments for the variables.
func (s *site) signature(vars []*types.Var) (params, args string) {
	var p, a []string
	for _, v := range vars {
		p, a = append(p, v.Name()+" "+s.qualify(v.Type())), append(a, v.Name())
	}
	return strings.Join(p, ", "), strings.Join(a, ", ")
}

// extractRest moves the last statements of a function into a new function.
func (s *site) extractRest() {
	list, results := s.fn.Body.List, s.fn.Type.Results
	if results == nil || len(list) < 3 || len(results.List[0].Names) > 0 {
		return
	}
	end := list[len(list)-1].End()
	for _, first := range list[1 : len(list)-1] {
		if !s.isLearners(first) {
			continue
		}
		vars, _ := s.outer(first.Pos(), end)
		params, args := s.signature(vars)
		name := s.findName(recase(s.fn.Name.Name, unicode.ToLower) + "Rest")
		s.emit("extract-function", change{
			edits: []edit{{first.Pos(), end, "return " + name + "(" + args + ")"}},
			append: "\n// " + name + " does the rest of " + s.fn.Name.Name + ".\nfunc " + name + "(" + params + ") " + s.text(results) + " {\n" +
				s.source.text(s.file, first.Pos(), end) + "\n}\n",
		})
	}
}

// renameVariable renames a variable or parameter of a function.
func renameVariable(s *site, n ast.Node) {
	id, ok := n.(*ast.Ident)
	if !ok || id.Name == "_" || !s.hasTask() {
		return
	}
	v, ok := s.pkg.info.Defs[id].(*types.Var)
	if !ok || v.IsField() {
		return
	}
	name := s.findName("the" + recase(id.Name, unicode.ToUpper))
	var edits []edit
	ast.Inspect(s.fn, func(n ast.Node) bool {
		if other, ok := n.(*ast.Ident); ok && s.pkg.info.ObjectOf(other) == v {
			edits = append(edits, edit{other.Pos(), other.End(), name})
		}
		return true
	})
	s.emit("rename-variable", change{edits: edits})
}

// given has the names that the pages demand.
var given = []string{`"reserve"`, `"charge"`, `"mail"`, `"price"`, `"book"`, `"row"`}

// renameStep gives a step another name, if the page leaves the name to the learner.
func renameStep(s *site, n ast.Node) {
	if !s.isFunc(n, sdk, "WithName") || !s.isLearners(n) {
		return
	}
	lit, ok := n.(*ast.CallExpr).Args[0].(*ast.BasicLit)
	if !ok || slices.Contains(given, lit.Value) {
		return
	}
	s.replace("rename-step", lit, strings.TrimSuffix(lit.Value, `"`)+`-of-mine"`)
}

// insertBefore inserts a line before a statement, and replaces a node.
func (s *site) insertBefore(operator string, stmt ast.Stmt, line string, n ast.Node, text string) {
	s.emit(operator, change{edits: []edit{{stmt.Pos(), stmt.Pos(), line + "\n"}, {n.Pos(), n.End(), text}}})
}

// extractExpression computes a part of a statement in a new line before the statement.
func extractExpression(s *site, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok || !s.isLearners(n) {
		return
	}
	if check, ok := s.parent(1).(*ast.IfStmt); ok && check.Cond == e && check.Init == nil && statements(s.parent(2)) != nil {
		name := s.findName("so")
		s.insertBefore("extract-condition", check, name+" := "+s.text(e), e, name)
		return
	}
	switch parent := s.parent(1).(type) {
	case *ast.CallExpr:
		if parent.Fun == e {
			return
		}
	case *ast.KeyValueExpr:
		if parent.Key == e {
			return
		}
	case *ast.ReturnStmt, *ast.BinaryExpr:
	default:
		return
	}
	if _, isName := e.(*ast.Ident); isName || !s.pkg.info.Types[e].IsValue() || !s.isPure(e) {
		return
	}
	if stmt := s.statement(); stmt != nil {
		name := s.findName("part")
		s.insertBefore("extract-variable", stmt, name+" := "+s.text(e), e, name)
	}
}

// extractStep gives a name to the function of a step: once as a variable, and once as the result of
// a new function whose parameters are the variables that the step uses.
func extractStep(s *site, n ast.Node) {
	st, ok := s.step(n)
	if !ok || !s.isLearners(n) {
		return
	}
	if stmt := s.statement(); stmt != nil {
		name := s.findName("work")
		s.insertBefore("extract-closure", stmt, name+" := "+s.text(st.lit), st.lit, name)
	}
	vars, assigns := s.outer(st.lit.Pos(), st.lit.End())
	if assigns {
		return
	}
	params, args := s.signature(vars)
	name := s.findName("makeWork")
	s.emit("extract-step", change{
		edits:  []edit{{st.lit.Pos(), st.lit.End(), name + "(" + args + ")"}},
		append: "\nfunc " + name + "(" + params + ") " + s.text(st.lit.Type) + " {\n\treturn " + s.text(st.lit) + "\n}\n",
	})
}

// inline replaces a variable with its value, if the next statement is the only place that uses the
// variable.
func inline(s *site, n ast.Node) {
	list := statements(n)
	for i := range len(list) - 1 {
		a, ok := list[i].(*ast.AssignStmt)
		if !ok || a.Tok != token.DEFINE || len(a.Lhs) != 1 || !s.isLearners(a) || !s.isPure(a.Rhs[0]) {
			continue
		}
		v := s.pkg.info.Defs[a.Lhs[0].(*ast.Ident)]
		if _, isLoop := list[i+1].(*ast.RangeStmt); isLoop {
			continue
		}
		var uses []*ast.Ident
		direct := true
		ast.Inspect(s.fn, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				vars, _ := s.outer(lit.Pos(), lit.End())
				direct = direct && !slices.ContainsFunc(vars, func(o *types.Var) bool { return o == v })
			}
			if id, ok := n.(*ast.Ident); ok && s.pkg.info.Uses[id] == v {
				uses = append(uses, id)
			}
			return true
		})
		if len(uses) != 1 || !direct || uses[0].Pos() < list[i+1].Pos() || list[i+1].End() <= uses[0].Pos() {
			continue
		}
		s.emit("inline-variable", change{edits: []edit{{a.Pos(), a.End(), ""}, {uses[0].Pos(), uses[0].End(), s.text(a.Rhs[0])}}})
	}
}

// swapStatements swaps two statements that have no effect, or that bind services.
func swapStatements(s *site, n ast.Node) {
	list := statements(n)
	for i := range len(list) - 1 {
		a, b := list[i], list[i+1]
		if !s.isLearners(a) || !s.isLearners(b) || !(s.isFree(a) && s.isFree(b) || s.isBind(a) && s.isBind(b)) || s.definesFor(a, b) || s.definesFor(b, a) {
			continue
		}
		s.emit("swap-statements", change{edits: []edit{{a.Pos(), a.End(), s.text(b)}, {b.Pos(), b.End(), s.text(a)}}})
	}
}

// isFree reports whether a statement only defines variables whose values do not depend on earlier
// statements. The learner may choose the order of Promise, After and UUID in the journal.
func (s *site) isFree(n ast.Stmt) bool {
	a, ok := n.(*ast.AssignStmt)
	return ok && a.Tok == token.DEFINE && len(a.Rhs) == 1 && (s.isPure(a.Rhs[0]) || s.isFunc(a.Rhs[0], sdk, "Promise", "After", "UUID"))
}

func (s *site) isBind(n ast.Stmt) bool {
	e, ok := n.(*ast.ExprStmt)
	return ok && s.bound(e.X) != nil
}

// definesFor reports whether statement b uses a variable that statement a defines.
func (s *site) definesFor(a, b ast.Stmt) bool {
	vars, _ := s.outer(b.Pos(), b.End())
	return slices.ContainsFunc(vars, func(v *types.Var) bool { return a.Pos() <= v.Pos() && v.Pos() < a.End() })
}

// bound returns the argument of a call of Bind, or nil.
func (s *site) bound(e ast.Expr) ast.Expr {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	if f := s.callee(call); f == nil || f.Name() != "Bind" {
		return nil
	}
	return call.Args[0]
}

// swapBinds swaps two services of a chain of Bind.
func swapBinds(s *site, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok || s.bound(call) == nil || !s.isLearners(s.bound(call)) {
		return
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && s.bound(sel.X) != nil {
		s.swap("swap-binds", s.bound(sel.X), s.bound(call))
	}
}

func (s *site) swap(operator string, a, b ast.Node) {
	s.emit(operator, change{edits: []edit{{a.Pos(), a.End(), s.text(b)}, {b.Pos(), b.End(), s.text(a)}}})
}

// swapElements swaps two fields of a struct literal, or two options.
func swapElements(s *site, n ast.Node) {
	if !s.hasTask() {
		return
	}
	var list []ast.Expr
	switch n := n.(type) {
	case *ast.CompositeLit:
		list = n.Elts
	case *ast.CallExpr:
		list = n.Args
	}
	for i := range len(list) - 1 {
		a, isField := list[i].(*ast.KeyValueExpr)
		b, areFields := list[i+1].(*ast.KeyValueExpr)
		switch {
		case isField && areFields && s.isPure(a.Value) && s.isPure(b.Value):
			s.swap("swap-fields", a, b)
		case isOption(s.typeOf(list[i])) && isOption(s.typeOf(list[i+1])):
			s.swap("swap-options", list[i], list[i+1])
		}
	}
}

// addLine adds a line that logs before a statement, or an assignment to _ after the definition of a
// variable.
func addLine(s *site, n ast.Node) {
	ctx, _ := s.context()
	for i := len(s.above) - 1; i > 0; i-- {
		lit, ok := s.above[i].(*ast.FuncLit)
		if !ok {
			continue
		}
		ctx = ""
		if _, ok := s.step(s.above[i-1]); ok && len(lit.Type.Params.List[0].Names) == 1 {
			ctx = lit.Type.Params.List[0].Names[0].Name
		}
		break
	}
	for _, stmt := range statements(n) {
		if !s.isLearners(stmt) {
			continue
		}
		if ctx != "" && ctx != "_" {
			s.emit("log", change{edits: []edit{{stmt.Pos(), stmt.Pos(), ctx + ".Log().Info(\"going on\")\n"}}})
		}
		a, ok := stmt.(*ast.AssignStmt)
		if !ok || a.Tok != token.DEFINE {
			continue
		}
		if name := s.text(a.Lhs[0]); name != "_" {
			s.emit("blank", change{edits: []edit{{a.End(), a.End(), "\n_ = " + name}}})
		}
	}
}

// block returns the text between the braces of a block.
func (s *site) block(b *ast.BlockStmt) string { return s.source.text(s.file, b.Lbrace+1, b.Rbrace) }

// invertIf negates the condition of an if with an else.
func invertIf(s *site, n ast.Node) {
	check, ok := n.(*ast.IfStmt)
	if !ok || !s.isLearners(n) {
		return
	}
	otherwise, ok := check.Else.(*ast.BlockStmt)
	if !ok {
		return
	}
	s.emit("invert-if", change{edits: []edit{
		{check.Cond.Pos(), check.Cond.End(), "!(" + s.text(check.Cond) + ")"},
		{check.Body.Pos(), check.Body.End(), s.text(otherwise)}, {otherwise.Pos(), otherwise.End(), s.text(check.Body)},
	}})
}

// nestReturn moves the code after an early return into an else.
func nestReturn(s *site, n ast.Node) {
	body, ok := n.(*ast.BlockStmt)
	if !ok || len(body.List) < 2 {
		return
	}
	switch s.parent(1).(type) {
	case *ast.FuncDecl, *ast.FuncLit:
	default:
		return
	}
	last := body.List[len(body.List)-1]
	for i, stmt := range body.List[:len(body.List)-1] {
		check, ok := stmt.(*ast.IfStmt)
		if !ok || check.Init != nil || check.Else != nil || !s.isLearners(check) || !endsWithReturn(check.Body.List) || !endsWithReturn(body.List[i:]) {
			continue
		}
		rest := " {" + s.source.text(s.file, check.End(), last.End()) + "\n}"
		s.emit("else-after-return", change{edits: []edit{{check.End(), last.End(), " else" + rest}}})
		s.emit("return-in-else", change{edits: []edit{{check.Pos(), last.End(), "if !(" + s.text(check.Cond) + ")" + rest + " else " + s.text(check.Body)}}})
	}
}

func endsWithReturn(list []ast.Stmt) bool {
	_, ok := list[len(list)-1].(*ast.ReturnStmt)
	return ok
}

// hasBranch reports whether a node has a break, continue, goto or fallthrough.
func hasBranch(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		_, ok := n.(*ast.BranchStmt)
		found = found || ok
		return true
	})
	return found
}

// switchToIf writes a switch as a chain of if and else.
func switchToIf(s *site, n ast.Node) {
	sw, ok := n.(*ast.SwitchStmt)
	if !ok || sw.Init != nil || !s.isLearners(n) || hasBranch(sw) || statements(s.parent(1)) == nil {
		return
	}
	var text, otherwise strings.Builder
	tag := ""
	if sw.Tag != nil {
		tag = s.findName("which")
		text.WriteString(tag + " := " + s.text(sw.Tag) + "\n")
		tag += " == "
	}
	for i, clause := range sw.Body.List {
		c := clause.(*ast.CaseClause)
		end := sw.Body.Rbrace
		if i+1 < len(sw.Body.List) {
			end = sw.Body.List[i+1].Pos()
		}
		body := " {" + s.source.text(s.file, c.Colon+1, end) + "\n}"
		if c.List == nil {
			otherwise.WriteString(" else" + body)
			continue
		}
		var conds []string
		for _, e := range c.List {
			conds = append(conds, tag+s.text(e))
		}
		if i > 0 {
			text.WriteString(" else ")
		}
		text.WriteString("if " + strings.Join(conds, " || ") + body)
	}
	s.replace("switch-to-if", sw, text.String()+otherwise.String())
}

// ifToSwitch writes an if as a switch with one case.
func ifToSwitch(s *site, n ast.Node) {
	check, ok := n.(*ast.IfStmt)
	if !ok || check.Init != nil || !s.isLearners(n) || hasBranch(check) || statements(s.parent(1)) == nil {
		return
	}
	text := "switch {\ncase " + s.text(check.Cond) + ":" + s.block(check.Body)
	switch otherwise := check.Else.(type) {
	case nil:
	case *ast.BlockStmt:
		text += "default:" + s.block(otherwise)
	default:
		return
	}
	s.replace("if-to-switch", check, text+"}")
}

// nameLiteral declares a constant for a literal.
func nameLiteral(s *site, n ast.Node) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || !s.isLearners(n) {
		return
	}
	name := s.findName("fixed")
	s.emit("name-literal", change{edits: []edit{{lit.Pos(), lit.End(), name}}, append: "\nconst " + name + " = " + lit.Value + "\n"})
}

// assignFields writes a struct literal as assignments to its fields.
func assignFields(s *site, n ast.Node) {
	if !s.isLearners(n) {
		return
	}
	fields := func(lit *ast.CompositeLit, name string) (string, bool) {
		if _, ok := s.typeOf(lit).Underlying().(*types.Struct); !ok || len(lit.Elts) == 0 {
			return "", false
		}
		text := "var " + name + " " + s.text(lit.Type)
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return "", false
			}
			text += "\n" + name + "." + s.text(kv.Key) + " = " + s.text(kv.Value)
		}
		return text, true
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE || len(n.Lhs) != 1 || statements(s.parent(1)) == nil {
			return
		}
		if lit, ok := n.Rhs[0].(*ast.CompositeLit); ok {
			if text, ok := fields(lit, s.text(n.Lhs[0])); ok {
				s.replace("assign-fields", n, text)
			}
		}
	case *ast.ReturnStmt:
		if len(n.Results) == 0 || len(n.Results) == 2 && s.text(n.Results[1]) != "nil" {
			return
		}
		if lit, ok := n.Results[0].(*ast.CompositeLit); ok {
			name := s.findName("out")
			if text, ok := fields(lit, name); ok {
				s.insertBefore("assign-fields", n, text, lit, name)
			}
		}
	}
}

// importErrorf imports fmt for wrapError, under a name that no learner's code uses.
const importErrorf = `wrapping "fmt"`

// wrapError adds words to an error that a function returns. The page of lesson 5 allows that:
// Restate drops the words in front of a terminal error, and keeps the error's code.
func wrapError(s *site, n ast.Node) {
	r, ok := n.(*ast.ReturnStmt)
	if !ok || !s.isLearners(n) || len(r.Results) == 0 || !isErrorCheck(s.parent(2)) {
		return
	}
	err, ok := r.Results[len(r.Results)-1].(*ast.Ident)
	if !ok || !s.isError(err) {
		return
	}
	var imports []string
	if !strings.Contains(string(s.file.src), importErrorf) {
		imports = []string{importErrorf}
	}
	s.replace("wrap-error", err, `wrapping.Errorf("could not go on: %w", `+err.Name+")", imports...)
}

// splitIf moves the assignment in an if statement to a line before it.
func splitIf(s *site, n ast.Node) {
	check, ok := n.(*ast.IfStmt)
	if !ok || check.Init == nil || !s.isLearners(n) || statements(s.parent(1)) == nil {
		return
	}
	a, ok := check.Init.(*ast.AssignStmt)
	if !ok {
		return
	}
	hidden := false
	if a.Tok == token.DEFINE {
		for _, left := range a.Lhs {
			ast.Inspect(s.fn, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				if ok && id.Name == s.text(left) && id.Pos() > check.End() {
					used := s.pkg.info.ObjectOf(id)
					hidden = hidden || used != nil && used.Pos() < check.End()
				}
				return true
			})
		}
	}
	if !hidden {
		s.emit("split-if", change{edits: []edit{
			{check.Pos(), check.Pos(), s.text(a) + "\n"}, {a.Pos(), check.Cond.Pos(), ""},
		}})
	}
}

// loopByIndex changes a loop over a slice, so that the body reads the element by its index.
func loopByIndex(s *site, n ast.Node) {
	loop, ok := n.(*ast.RangeStmt)
	if !ok || loop.Tok != token.DEFINE || loop.Value == nil || !s.hasTask() || !s.isPure(loop.X) {
		return
	}
	if _, ok := s.typeOf(loop.X).Underlying().(*types.Slice); !ok {
		return
	}
	at := s.text(loop.Key)
	if at == "_" {
		at = s.findName("at")
	}
	s.emit("loop-by-index", change{edits: []edit{
		{loop.Key.Pos(), loop.Value.End(), at},
		{loop.Body.Lbrace + 1, loop.Body.Lbrace + 1, "\n" + s.text(loop.Value) + " := " + s.text(loop.X) + "[" + at + "]"},
	}})
}
