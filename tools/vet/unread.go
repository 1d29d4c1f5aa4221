package vet

import (
	"go/ast"
	"go/token"
	"go/types"
)

// errorOf returns the variable that gets the error of an operation, and the statement that
// assigns it. Both are nil if the code does something else with the error.
func (c *code) errorOf(operation ast.Node) (*types.Var, *ast.AssignStmt) {
	a, ok := c.above[operation].(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 {
		return nil, nil
	}
	id, ok := a.Lhs[len(a.Lhs)-1].(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil, nil
	}
	v, ok := c.info.ObjectOf(id).(*types.Var)
	if !ok || !isErrorType(v.Type()) {
		return nil, nil
	}
	return v, a
}

// isOverwritten reports whether no code reads a variable between an assignment and the next
// assignment, or the end of the handler. If that is not certain, isOverwritten returns false.
func (c *code) isOverwritten(h handler, v *types.Var, a *ast.AssignStmt) bool {
	if v.Pos() < h.body.Pos() || h.body.End() < v.Pos() {
		return false // a named result or a variable of the package
	}
	block := c.above[a]
	for n := ast.Node(a); n != nil && n != h.body; n = c.above[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			if v.Pos() < n.Pos() {
				return false // the next round of the loop may read the variable
			}
		}
	}
	overwritten := true
	done := false
	ast.Inspect(h.body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && !isWithin(a, lit) && c.mentions(lit, v) {
			overwritten, done = false, true // for example in a defer
		}
		id, ok := n.(*ast.Ident)
		if !ok || done || id.Pos() < a.End() || c.info.ObjectOf(id) != v {
			return !done
		}
		next, isAssign := c.above[id].(*ast.AssignStmt)
		switch {
		case isAssign && isBlank(next):
			return true // _ = err reads the variable only for the compiler
		case !isAssign || id.Pos() > next.TokPos || c.mentionsIn(next.Rhs, v) || !isWithin(block, c.above[next]):
			overwritten = false
		}
		done = true
		return false
	})
	return overwritten
}

// isBlank reports whether an assignment is _ = err.
func isBlank(a *ast.AssignStmt) bool {
	id, ok := a.Lhs[0].(*ast.Ident)
	return ok && len(a.Lhs) == 1 && a.Tok == token.ASSIGN && id.Name == "_"
}

func (c *code) mentionsIn(list []ast.Expr, v *types.Var) bool {
	for _, e := range list {
		if c.mentions(e, v) {
			return true
		}
	}
	return false
}

// answeredWithNil returns the nil that the handler returns in place of a variable's error, in if
// err != nil { return answer, nil } right after the assignment. If the code differs from that,
// answeredWithNil returns nil.
func (c *code) answeredWithNil(v *types.Var, a *ast.AssignStmt) ast.Expr {
	check, ok := c.above[a].(*ast.IfStmt)
	if !ok {
		list := statements(c.above[a])
		for i, s := range list {
			if s == a && i+1 < len(list) {
				check, _ = list[i+1].(*ast.IfStmt)
			}
		}
	}
	if check == nil || len(check.Body.List) != 1 {
		return nil
	}
	cond, ok := check.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !c.isVariable(cond.X, v) {
		return nil
	}
	ret, ok := check.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 || c.mentionsIn(ret.Results, v) {
		return nil
	}
	last := ret.Results[len(ret.Results)-1]
	if !c.info.Types[last].IsNil() {
		return nil
	}
	return last
}

func (c *code) isVariable(e ast.Expr, v *types.Var) bool {
	id, ok := e.(*ast.Ident)
	return ok && c.info.Uses[id] == v
}

// statements returns the statements of a block or of a case.
func statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	}
	return nil
}
