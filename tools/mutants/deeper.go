package mutants

import (
	"go/ast"
	"go/token"
	"go/types"
)

// moveOperations moves an operation of Restate into a step, whose function does not run on replay.
func moveOperations(s *site, n ast.Node) {
	ctx, _ := s.context()
	if ctx == "" {
		return
	}
	if s.inStep() == nil {
		if chance := s.chance(n); chance != nil {
			typ := types.TypeString(s.typeOf(chance), func(p *types.Package) string { return p.Name() })
			s.replace("chance-in-step", chance, "func() "+typ+" { v, _ := restate.Run("+ctx+", func(restate.RunContext) ("+typ+", error) { return "+s.text(chance)+", nil }); return v }()")
		}
		return
	}
	for _, key := range s.keysOf(n) {
		s.replace("uuid-in-step", key, "restate.UUID("+ctx+").String()")
	}
}

// chance returns the expression at a node, if its value comes from restate.Rand or restate.UUID,
// and if it is the whole right side of an assignment.
func (s *site) chance(n ast.Node) ast.Expr {
	a, ok := n.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 {
		return nil
	}
	found := false
	ast.Inspect(a.Rhs[0], func(n ast.Node) bool {
		_, isFunction := n.(*ast.FuncLit)
		found = found || s.isFunc(n, sdk, "Rand", "UUID")
		return !isFunction
	})
	if !found {
		return nil
	}
	return a.Rhs[0]
}

// nestSteps runs a step inside of a step.
func nestSteps(s *site, n ast.Node) {
	st, ok := s.step(n)
	if !ok {
		return
	}
	inner := "restate." + st.name
	switch ctx := s.text(st.call.Args[0]); st.name {
	case "Run":
		s.replace("step-in-step", st.lit, "func(restate.RunContext) ("+st.value+", error) { v, e := "+inner+"("+ctx+", "+s.text(st.lit)+"); return v, e }")
	case "RunVoid":
		s.replace("step-in-step", st.lit, "func(restate.RunContext) error { return "+inner+"("+ctx+", "+s.text(st.lit)+") }")
	}
}

// keysOf returns the idempotency keys among the arguments of a call of the outside world.
func (s *site) keysOf(n ast.Node) (keys []ast.Expr) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	f := s.callee(call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != outside {
		return nil
	}
	params := f.Signature().Params()
	for i := range params.Len() {
		if params.At(i).Name() == "key" {
			keys = append(keys, call.Args[i])
		}
	}
	return keys
}

// changeOneKey changes a key where the code makes it, so that all requests with this key have another
// key.
func changeOneKey(s *site, n ast.Node) {
	a, ok := n.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE || len(a.Lhs) != 1 || len(a.Rhs) != 1 || s.inStep() != nil {
		return
	}
	made := s.pkg.info.Defs[a.Lhs[0].(*ast.Ident)]
	used := false
	ast.Inspect(s.fn, func(n ast.Node) bool {
		for _, key := range s.keysOf(n) {
			id, ok := key.(*ast.Ident)
			used = used || ok && s.pkg.info.Uses[id] == made
		}
		return true
	})
	if !used || !s.isString(a.Rhs[0]) {
		return
	}
	key := a.Rhs[0]
	s.replace("one-key-empty", key, `""`)
	s.replace("one-key-constant", key, `"the-key"`)
	s.replace("one-key-random", key, "mutantFmt.Sprint(mutantRand.Uint64())", importFmt, importRand)
	s.replace("one-key-from-clock", key, "mutantTime.Now().Format(mutantTime.DateTime)", importTime)
	s.replace("one-key-from-process", key, "mutantFmt.Sprint(mutantOS.Getpid(), "+s.text(key)+")", importFmt, importOS)
	if ctx, _ := s.context(); ctx != "" {
		name := s.text(a.Lhs[0])
		s.replace("one-key-captured", a, "var "+name+" string\nrestate.RunVoid("+ctx+", func(restate.RunContext) error { "+name+" = "+s.text(key)+"; return nil }, restate.WithName(\"mutant\"))")
	}
}

// changeFutures changes how the code waits for futures, or drops the wait.
func changeFutures(s *site, n ast.Node) {
	loop, ok := n.(*ast.RangeStmt)
	if !ok || !s.isFunc(loop.X, sdk, "Wait") {
		return
	}
	s.replace("drop-wait", loop, "")
	s.replace("wait-without-range", loop, "_ = "+s.text(loop.X))
	s.replace("wait-for-first", loop.Body, s.source.text(s.file, loop.Body.Pos(), loop.Body.Rbrace)+"; break }")
}

// changeLoops makes a loop over a list use the order of a map.
func changeLoops(s *site, n ast.Node) {
	loop, ok := n.(*ast.RangeStmt)
	if ctx, _ := s.context(); !ok || ctx == "" || s.inStep() != nil || loop.Value == nil || loop.Tok != token.DEFINE {
		return
	}
	list, ok := s.typeOf(loop.X).Underlying().(*types.Slice)
	operates := false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok {
			f := s.callee(call)
			operates = operates || f != nil && f.Pkg() != nil && f.Pkg().Path() == sdk
		}
		return !operates
	})
	if !ok || !operates {
		return
	}
	elem := types.TypeString(list.Elem(), func(p *types.Package) string {
		if p == s.pkg.info.ObjectOf(s.fn.Name).Pkg() {
			return ""
		}
		return p.Name()
	})
	s.replace("map-order", loop.X, "func() map[int]"+elem+" { m := map[int]"+elem+"{}; for i, v := range "+s.text(loop.X)+" { m[i] = v }; return m }()")
}
