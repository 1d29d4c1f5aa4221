package vet

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// Effect reports an effect of a handler that is in no step.
var Effect = newAnalyzer("effect", "report effects and queries outside of steps", func(c *code) {
	for _, h := range c.handlers {
		c.eachInHandler(h, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			name := c.effectOf(call)
			switch inner := c.innerEffect(call); {
			case name == "":
			case name == inner:
				c.report(call, "%s is called in no step, so every attempt calls %[1]s again. Move the call into the function of a restate.Run", name)
			default:
				c.report(call, "%s calls %s and is called in no step, so every attempt calls both again. Move the call into the function of a restate.Run", name, inner)
			}
		})
	}
})

// Operation reports operations of Restate inside of a step.
var Operation = newAnalyzer("stepoperation", "report operations of Restate inside of steps", func(c *code) {
	c.eachContextInStep(func(id *ast.Ident, operation *ast.CallExpr) {
		if operation != nil {
			c.report(operation, "restate.%s is called inside of a step, where the handler's context must not be used. Call restate.%[1]s outside of the step", c.sdkCall(operation))
		}
	})
})

// Context reports other uses of the handler's context inside of a step.
var Context = newAnalyzer("stepcontext", "report the handler's context inside of steps", func(c *code) {
	c.eachContextInStep(func(id *ast.Ident, operation *ast.CallExpr) {
		if operation == nil {
			c.report(id, "the step uses %s, the context of the handler. Use the parameter of the step's function", id.Name)
		}
	})
})

// Background reports a step that makes a context of its own.
var Background = newAnalyzer("background", "report contexts that a step makes in place of its own", func(c *code) {
	for _, h := range c.handlers {
		c.eachStep(h, func(step *ast.FuncLit) {
			ast.Inspect(step.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				f := c.callee(call)
				if f != nil && f.Pkg() != nil && f.Pkg().Path() == "context" && (f.Name() == "Background" || f.Name() == "TODO") {
					c.report(call, "context.%s does not end when the step is cancelled, so the request goes on. Use the parameter of the step's function", f.Name())
				}
				return true
			})
		})
	}
})

// eachContextInStep calls visit with each use of a handler's context inside of a step, and
// with the operation of Restate that gets the context, or nil.
func (c *code) eachContextInStep(visit func(*ast.Ident, *ast.CallExpr)) {
	for _, h := range c.handlers {
		c.eachStep(h, func(step *ast.FuncLit) {
			ast.Inspect(step.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && h.ctx != nil && c.info.Uses[id] == h.ctx && !c.isLogger(id) {
					visit(id, c.operationAround(id, step))
				}
				return true
			})
		})
	}
}

// isLogger reports whether the context is used only to get its logger: ctx.Log().
func (c *code) isLogger(ctx *ast.Ident) bool {
	sel, ok := c.above[ctx].(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Log"
}

// operationAround returns the call of sdk-go that has a node as its argument, or nil.
func (c *code) operationAround(n ast.Node, step *ast.FuncLit) *ast.CallExpr {
	call, ok := c.above[n].(*ast.CallExpr)
	if ok && isWithin(call, step) && c.sdkCall(call) != "" {
		return call
	}
	return nil
}

// Captured reports a variable that a step writes and the handler reads after the step.
var Captured = newAnalyzer("captured", "report variables that carry a value out of a step", func(c *code) {
	for _, h := range c.handlers {
		c.eachStep(h, func(step *ast.FuncLit) {
			for v, at := range c.written(step) {
				if c.isReadAfter(h, v, step) {
					c.report(at, "the step writes the variable %s, which the handler reads after the step: a replay does not run the step's function, so %[1]s is empty then. Return the value from the step", v.Name())
				}
			}
		})
	}
})

// written returns the variables that a step writes and that are declared outside of the step.
func (c *code) written(step *ast.FuncLit) map[*types.Var]ast.Node {
	all := map[*types.Var]ast.Node{}
	add := func(e ast.Expr) {
		id := rootIdent(e)
		if id == nil {
			return
		}
		v, ok := c.info.Uses[id].(*types.Var)
		if ok && !v.IsField() && v.Parent() != v.Pkg().Scope() && (v.Pos() < step.Pos() || step.End() < v.Pos()) && all[v] == nil {
			all[v] = e
		}
	}
	ast.Inspect(step.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				add(e)
			}
		case *ast.IncDecStmt:
			add(n.X)
		}
		return true
	})
	return all
}

// rootIdent returns the leftmost identifier of an expression with fields and indexes.
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// isReadAfter reports whether the handler reads a variable after a step, before it writes
// the variable again.
func (c *code) isReadAfter(h handler, v *types.Var, step *ast.FuncLit) (read bool) {
	done := false
	// The statement with the step may write the variable: x, err = restate.Run(…).
	if a, ok := c.statement(c.above[step]).(*ast.AssignStmt); ok && c.isAssigned(a, v) {
		return false
	}
	ast.Inspect(h.body, func(n ast.Node) bool {
		if done || n == step {
			return false
		}
		if a, ok := n.(*ast.AssignStmt); ok && a.Pos() > step.End() && c.isAssigned(a, v) {
			for _, e := range a.Rhs {
				read = read || c.mentions(e, v)
			}
			done = true
			return false
		}
		if id, ok := n.(*ast.Ident); ok && id.Pos() > step.End() && c.info.Uses[id] == v {
			read, done = true, true
		}
		return true
	})
	return read
}

func (c *code) isAssigned(a *ast.AssignStmt, v *types.Var) bool {
	return slices.ContainsFunc(a.Lhs, func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && (c.info.Uses[id] == v || c.info.Defs[id] == v)
	})
}

// mentions reports whether a variable occurs inside a node.
func (c *code) mentions(n ast.Node, v *types.Var) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.info.Uses[id] == v {
			found = true
		}
		return !found
	})
	return found
}

// Name reports two steps of one handler that have the same name.
var Name = newAnalyzer("stepname", "report a name that two steps of a handler have", func(c *code) {
	for _, h := range c.handlers {
		seen := map[string]token.Pos{}
		c.eachInHandler(h, func(n ast.Node) {
			if c.sdkCall(n) != "WithName" {
				return
			}
			arg := n.(*ast.CallExpr).Args[0]
			v := c.info.Types[arg].Value
			if v == nil || v.Kind() != constant.String {
				return
			}
			name := constant.StringVal(v)
			if _, ok := seen[name]; ok {
				c.report(arg, "two steps of this handler have the name %q, so the journal does not show which step is which. Give each step a name of its own", name)
			}
			seen[name] = arg.Pos()
		})
	}
})

// Goroutine reports a goroutine of a handler that uses the handler's context or has an
// effect.
var Goroutine = newAnalyzer("goroutine", "report goroutines that use Restate or have effects", func(c *code) {
	for _, h := range c.handlers {
		visit := func(n ast.Node) {
			g, ok := n.(*ast.GoStmt)
			if !ok {
				return
			}
			ast.Inspect(g, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && h.ctx != nil && c.info.Uses[id] == h.ctx {
					c.report(g, "a goroutine uses %s, so the sequence of the journal's entries depends on chance. Use restate.RunAsync and restate.Wait", id.Name)
					return false
				}
				if call, ok := n.(*ast.CallExpr); ok && c.effectOf(call) != "" && !c.isAwaited(g) {
					c.report(g, "a goroutine calls %s, and nobody learns whether the call succeeds. Call %[1]s in a step, without go", c.effectOf(call))
					return false
				}
				return true
			})
		}
		c.eachInHandler(h, visit)
		c.eachStep(h, func(step *ast.FuncLit) {
			ast.Inspect(step.Body, func(n ast.Node) bool { visit(n); return true })
		})
	}
})

// isAwaited reports whether the function around a goroutine may wait for the goroutine's end:
// the function calls a method Wait, or receives from a channel, outside of the goroutine.
func (c *code) isAwaited(g *ast.GoStmt) (awaited bool) {
	var around ast.Node = g
	for around != nil {
		switch around.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			ast.Inspect(around, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					return n != g
				case *ast.CallExpr:
					method, ok := n.Fun.(*ast.SelectorExpr)
					awaited = awaited || ok && method.Sel.Name == "Wait" && !isSDK(c.info.Uses[method.Sel])
				case *ast.UnaryExpr:
					awaited = awaited || n.Op == token.ARROW
				case *ast.RangeStmt:
					_, isChannel := c.info.TypeOf(n.X).Underlying().(*types.Chan)
					awaited = awaited || isChannel
				}
				return true
			})
			return awaited
		}
		around = c.above[around]
	}
	return false
}

// Defer reports an operation or an effect in a deferred call.
var Defer = newAnalyzer("deferred", "report effects and operations of Restate in a defer", func(c *code) {
	for _, h := range c.handlers {
		c.eachInHandler(h, func(n ast.Node) {
			d, ok := n.(*ast.DeferStmt)
			if !ok {
				return
			}
			guarded := false
			ast.Inspect(d, func(n ast.Node) bool {
				if _, ok := n.(*ast.IfStmt); ok {
					guarded = true
				}
				call, ok := n.(*ast.CallExpr)
				if ok && !guarded && (c.isOperation(call) || c.effectOf(call) != "") {
					c.report(d, "a defer runs at the end of every attempt, also after an error, and when Restate only suspends the handler. Move the call out of the defer, to the place that needs the call")
					return false
				}
				return true
			})
		})
	}
})
