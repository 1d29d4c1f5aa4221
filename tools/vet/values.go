package vet

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// chanceOf returns the name of the called function if its result differs from attempt to attempt,
// and otherwise "".
func (c *code) chanceOf(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	f := c.callee(call)
	if f == nil || f.Pkg() == nil {
		return ""
	}
	name := f.Pkg().Name() + "." + f.Name()
	switch f.Pkg().Path() {
	case "time":
		if f.Signature().Recv() == nil && slices.Contains([]string{"Now", "Since", "Until"}, f.Name()) {
			return name
		}
	case "math/rand", "math/rand/v2", "crypto/rand":
		if f.Signature().Recv() == nil && !strings.HasPrefix(f.Name(), "New") {
			return name
		}
	case "github.com/google/uuid":
		if f.Signature().Recv() == nil && (strings.HasPrefix(f.Name(), "New") && f.Name() != "NewSHA1" && f.Name() != "NewMD5") {
			return name
		}
	case "os":
		if f.Name() == "Getpid" || f.Name() == "Hostname" {
			return name
		}
	}
	return ""
}

// isOutput reports whether a call only prints for people, to a log or to the terminal.
func (c *code) isOutput(call *ast.CallExpr) bool {
	f := c.callee(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	switch f.Pkg().Path() {
	case "log", "log/slog":
		return true
	case "fmt":
		return strings.HasPrefix(f.Name(), "Print") || strings.HasPrefix(f.Name(), "Fprint")
	}
	return false
}

// Chance reports a value that differs from attempt to attempt, if it decides what the handler does,
// or if it is part of an operation, an effect or an answer.
var Chance = newAnalyzer("chance", "report time and random numbers that decide what a handler does", func(c *code) {
	for _, h := range c.handlers {
		tainted := map[types.Object]string{}
		from := func(n ast.Node) (name string) {
			ast.Inspect(n, func(n ast.Node) bool {
				if lit, ok := n.(*ast.FuncLit); ok && c.isStep(lit) {
					return false
				}
				if call, ok := n.(*ast.CallExpr); ok && c.isOutput(call) {
					return false
				}
				if name == "" {
					name = c.chanceOf(n)
				}
				if id, ok := n.(*ast.Ident); ok && name == "" {
					name = tainted[c.info.Uses[id]]
				}
				return name == ""
			})
			return name
		}
		found := func(n ast.Node, name string) {
			c.report(n, "%s gives another value on every attempt, and the value decides what the handler does. Take the value in a step, or use restate.Rand or restate.UUID", name)
		}
		c.eachInHandler(h, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, e := range n.Rhs {
					name := from(e)
					if name == "" || i >= len(n.Lhs) {
						continue
					}
					for j, left := range n.Lhs {
						if id, ok := left.(*ast.Ident); ok && (len(n.Rhs) == 1 || i == j) && !isErrorType(c.info.TypeOf(id)) {
							if o := c.info.ObjectOf(id); o != nil {
								tainted[o] = name
							}
						}
					}
				}
			case *ast.IfStmt:
				if name := from(n.Cond); name != "" {
					found(n.Cond, name)
				}
			case *ast.ForStmt:
				if n.Cond != nil && from(n.Cond) != "" {
					found(n.Cond, from(n.Cond))
				}
			case *ast.SwitchStmt:
				if n.Tag != nil && from(n.Tag) != "" {
					found(n.Tag, from(n.Tag))
				}
			case *ast.ReturnStmt:
				for _, e := range n.Results {
					if name := from(e); name != "" && !c.isOperationInside(e) {
						found(e, name)
					}
				}
			case *ast.CallExpr:
				if !c.isOperation(n) && c.effectOf(n) == "" {
					return
				}
				for _, e := range n.Args {
					if name := from(e); name != "" {
						found(e, name)
					}
				}
			}
		})
		// If a step uses such a value from outside of the step, then each attempt runs the step
		// with another value.
		c.eachStep(h, func(step *ast.FuncLit) {
			ast.Inspect(step.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if name := tainted[c.info.Uses[id]]; name != "" {
						found(id, name)
						return false
					}
				}
				call, ok := n.(*ast.CallExpr)
				return !ok || !c.isOutput(call)
			})
		})
	}
})

func (c *code) isOperationInside(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		found = found || (n != nil && c.isOperation(n))
		return !found
	})
	return found
}

func isErrorType(t types.Type) bool {
	return t != nil && types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// MapOrder reports operations in a loop over a map. The order of such a loop differs from attempt
// to attempt.
var MapOrder = newAnalyzer("maporder", "report operations of Restate in a loop over a map", func(c *code) {
	for _, h := range c.handlers {
		c.eachInHandler(h, func(n ast.Node) {
			r, ok := n.(*ast.RangeStmt)
			if !ok {
				return
			}
			if _, ok := c.info.TypeOf(r.X).Underlying().(*types.Map); !ok {
				return
			}
			if c.isOperationInside(r.Body) {
				c.report(r, "the loop goes over a map, whose order is another one on every attempt, and calls Restate in it. Sort the keys first, and go over them")
			}
		})
	}
})

// Memory reports variables of the package that handlers and steps write.
var Memory = newAnalyzer("memory", "report state in the memory of the process", func(c *code) {
	reported := map[*types.Var]bool{}
	for _, h := range c.handlers {
		ast.Inspect(h.body, func(n ast.Node) bool {
			v, at := c.writtenGlobal(n)
			if v != nil && !reported[v] {
				reported[v] = true
				c.report(at, "the variable %s of the package is lost when the process ends, and other processes do not see the value. Keep the value in the object's state, in the database, or in the journal", v.Name())
			}
			return true
		})
	}
})

// writtenGlobal returns the variable of the package that a node writes, or nil.
func (c *code) writtenGlobal(n ast.Node) (*types.Var, ast.Node) {
	global := func(e ast.Expr) *types.Var {
		id := rootIdent(e)
		if id == nil {
			return nil
		}
		v, ok := c.info.Uses[id].(*types.Var)
		if !ok || v.IsField() || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
			return nil
		}
		return v
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			if v := global(e); v != nil {
				return v, e
			}
		}
	case *ast.IncDecStmt:
		return global(n.X), n
	case *ast.CallExpr:
		sel, ok := n.Fun.(*ast.SelectorExpr)
		f := c.callee(n)
		if !ok || f == nil || f.Pkg() == nil || f.Signature().Recv() == nil {
			return nil, nil
		}
		switch f.Pkg().Path() {
		case "sync":
			if slices.Contains([]string{"Store", "LoadOrStore", "Swap", "CompareAndSwap", "Delete", "LoadAndDelete", "Do"}, f.Name()) {
				return global(sel.X), n
			}
		case "sync/atomic":
			if f.Name() != "Load" {
				return global(sel.X), n
			}
		}
	}
	return nil, nil
}

// Lock reports a mutex that is held while the handler waits for Restate.
var Lock = newAnalyzer("lock", "report a mutex that is held across an operation of Restate", func(c *code) {
	for _, h := range c.handlers {
		var locked *ast.CallExpr
		deferred := false
		c.eachInHandler(h, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			if f := c.callee(call); f != nil && f.Pkg() != nil && f.Pkg().Path() == "sync" {
				switch f.Name() {
				case "Lock", "RLock":
					locked, deferred = call, false
				case "Unlock", "RUnlock":
					if _, ok := c.above[call].(*ast.DeferStmt); ok {
						deferred = true
					} else if !deferred {
						locked = nil
					}
				}
				return
			}
			if locked != nil && c.isOperation(call) {
				c.report(locked, "the mutex is held while the handler waits for Restate, so other calls that need the mutex wait too. A virtual object runs one exclusive handler for a key at a time: use the object key in place of the mutex")
				locked = nil
			}
		})
	}
})

// Key reports an idempotency key that differs from try to try, or that is the same for all
// requests.
var Key = newAnalyzer("idempotencykey", "report idempotency keys that differ from try to try", func(c *code) {
	for _, h := range c.handlers {
		c.eachStep(h, func(step *ast.FuncLit) {
			made := map[types.Object]string{}
			ast.Inspect(step.Body, func(n ast.Node) bool {
				if a, ok := n.(*ast.AssignStmt); ok && len(a.Rhs) == 1 {
					if name := c.chanceInside(a.Rhs[0]); name != "" {
						for _, e := range a.Lhs {
							if id, ok := e.(*ast.Ident); ok {
								made[c.info.ObjectOf(id)] = name
							}
						}
					}
				}
				call, ok := n.(*ast.CallExpr)
				if !ok || c.effectOf(call) == "" {
					return true
				}
				for _, arg := range call.Args {
					name := c.chanceInside(arg)
					if id, ok := arg.(*ast.Ident); ok && name == "" {
						name = made[c.info.Uses[id]]
					}
					if name != "" {
						c.report(arg, "%s is called inside of the step that sends the value, so each try sends another value. Make the value before the step", name)
					}
				}
				return true
			})
		})
	}
})

func (c *code) chanceInside(n ast.Node) (name string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if name == "" && n != nil {
			name = c.chanceOf(n)
		}
		return name == ""
	})
	return name
}

// Await reports a future that nothing waits for.
var Await = newAnalyzer("await", "report futures that are never awaited", func(c *code) {
	c.eachUnused([]string{"RunAsync", "RequestFuture", "AttachInvocation"}, func(n ast.Node, name string) {
		if name == "RequestFuture" {
			c.report(n, "nothing waits for the answer of RequestFuture, so the call may end together with the handler. Wait for its Response, or send the call one way, with Send")
			return
		}
		c.report(n, "nothing waits for the result of %s, so the handler ends before the work is done. Call Result, or range over restate.Wait", name)
	})
})

// Timer reports a timer that nothing waits for.
var Timer = newAnalyzer("timer", "report timers that are never awaited", func(c *code) {
	c.eachUnused([]string{"After"}, func(n ast.Node, name string) {
		c.report(n, "nothing waits for the timer of %s, so the timer has no effect. Pass the timer to restate.WaitFirst, or call restate.Sleep", name)
	})
})

// Unranged reports a Wait over which nothing ranges.
var Unranged = newAnalyzer("unranged", "report a restate.Wait over which nothing ranges", func(c *code) {
	c.eachUnused([]string{"Wait", "WaitIter"}, func(n ast.Node, name string) {
		c.report(n, "restate.%s waits for nothing until the code ranges over the result. Write for fut, err := range restate.Wait(…)", name)
	})
})

// eachUnused calls visit with each call of a function of sdk-go with one of these names, if
// the handler does not use the result.
func (c *code) eachUnused(names []string, visit func(n ast.Node, name string)) {
	for _, h := range c.handlers {
		c.eachInHandler(h, func(n ast.Node) {
			name := c.sdkCall(n)
			if !slices.Contains(names, name) {
				return
			}
			unused := false
			switch above := c.above[n].(type) {
			case *ast.ExprStmt:
				unused = true
			case *ast.AssignStmt:
				id, ok := above.Lhs[0].(*ast.Ident)
				unused = ok && len(above.Rhs) == 1 && (id.Name == "_" || !c.isUsed(h, id))
			}
			if unused {
				visit(n, name)
			}
		})
	}
}

// isUsed reports whether the handler reads the variable that an identifier declares, other
// than in an assignment to _.
func (c *code) isUsed(h handler, id *ast.Ident) (used bool) {
	v := c.info.ObjectOf(id)
	ast.Inspect(h.body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN && len(a.Lhs) == 1 {
			if left, ok := a.Lhs[0].(*ast.Ident); ok && left.Name == "_" {
				return false
			}
		}
		if other, ok := n.(*ast.Ident); ok && other != id && c.info.Uses[other] == v {
			used = true
		}
		return !used
	})
	return used
}

// failing has the operations of sdk-go that return an error if the invocation is cancelled, or if a
// value does not fit its type.
var failing = []string{"Get", "Keys", "Run", "RunVoid", "Request", "Sleep", "Result"}

// Dropped reports an error of an operation or of an effect that nobody looks at.
var Dropped = newAnalyzer("droppederror", "report errors of operations and effects that nobody looks at", func(c *code) {
	check := func(n ast.Node, what string) {
		switch s := n.(type) {
		case *ast.ExprStmt:
			c.report(s, "the error of %s is dropped, so the code goes on as if %[1]s had succeeded. Return the error", what)
		case *ast.AssignStmt:
			id, ok := s.Lhs[len(s.Lhs)-1].(*ast.Ident)
			if ok && len(s.Rhs) == 1 && id.Name == "_" {
				c.report(id, "the error of %s is dropped, so the code goes on as if %[1]s had succeeded. Return the error", what)
			}
		}
	}
	for _, h := range c.handlers {
		c.eachInHandler(h, func(n ast.Node) {
			if name := c.sdkCall(n); slices.Contains(failing, name) {
				check(c.above[n], "restate."+name)
				if v, a := c.errorOf(n); v != nil {
					if last := c.answeredWithNil(v, a); last != nil {
						c.report(last, "the handler returns nil although restate.%s has failed, so its caller takes the call for done. Return the error", name)
					} else if c.isOverwritten(h, v, a) {
						c.report(a, "nobody looks at the error of restate.%s, so the code goes on as if %[1]s had succeeded. Return the error", name)
					}
				}
			}
		})
		c.eachStep(h, func(step *ast.FuncLit) {
			ast.Inspect(step.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || c.effectOf(call) == "" {
					return true
				}
				if r := c.callee(call).Signature().Results(); r.Len() > 0 && isErrorType(r.At(r.Len()-1).Type()) {
					check(c.above[call], c.effectOf(call))
				}
				return true
			})
		})
	}
})

// Fields reports a type that is stored in the journal and has fields that JSON leaves out.
var Fields = newAnalyzer("fields", "report fields that JSON leaves out of the journal", func(c *code) {
	for _, h := range c.handlers {
		ast.Inspect(h.body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains([]string{"Run", "RunAsync", "Get", "Set", "Promise", "Request", "Send"}, c.sdkCall(n)) {
				return true
			}
			f := c.info.TypeOf(call)
			if s, ok := f.(*types.Tuple); ok && s.Len() > 0 {
				f = s.At(0).Type()
			}
			if c.sdkCall(n) == "Set" && len(call.Args) > 2 || c.sdkCall(n) == "Request" || c.sdkCall(n) == "Send" {
				for _, a := range call.Args {
					c.checkFields(a, c.info.TypeOf(a))
				}
			}
			c.checkFields(call, f)
			return true
		})
	}
})

func (c *code) checkFields(n ast.Node, t types.Type) {
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || isSDK(named.Obj()) {
		return
	}
	s, ok := named.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for m := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		if m.Obj().Name() == "MarshalJSON" || m.Obj().Name() == "MarshalText" {
			return
		}
	}
	for f := range s.Fields() {
		if !f.Exported() && !f.Embedded() {
			c.report(n, "the field %s of %s begins with a small letter, so JSON leaves the field out, and the value is lost in the journal. Begin the name with a capital letter", f.Name(), named.Obj().Name())
			return
		}
	}
}

// Signature reports exported methods that look like handlers and that Restate does not
// register.
var Signature = newAnalyzer("signature", "report methods that Restate will not register as handlers", func(c *code) {
	services := map[types.Object]bool{}
	c.eachMethod(func(d *ast.FuncDecl, recv types.Object, ctx types.Type) {
		services[recv] = services[recv] || isHandlerContext(ctx)
	})
	c.eachMethod(func(d *ast.FuncDecl, recv types.Object, ctx types.Type) {
		results := d.Type.Results
		if services[recv] && !isHandlerContext(ctx) && isStepContext(ctx) && d.Name.IsExported() && results != nil {
			c.report(d.Name, "the first parameter of %s is no context of Restate, so Restate does not register the method as a handler. Make the parameter a restate.Context, or begin the name with a small letter", d.Name.Name)
		}
	})
})

// eachMethod calls visit with each exported method of the package that has a parameter. It passes
// the method, its receiver's type, and the type of the first parameter.
func (c *code) eachMethod(visit func(*ast.FuncDecl, types.Object, types.Type)) {
	for _, f := range c.pass.Files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Recv == nil || !d.Name.IsExported() || len(d.Type.Params.List) == 0 {
				continue
			}
			t := c.info.TypeOf(d.Recv.List[0].Type)
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			if named, ok := t.(*types.Named); ok {
				visit(d, named.Obj(), c.info.TypeOf(d.Type.Params.List[0].Type))
			}
		}
	}
}

var permanent = regexp.MustCompile(`(?i)permanent|terminal|fatal|final|nonretr|notretr|unretr`)

// Permanent reports an error type of the package that Restate retries, although the type's name
// says that retries are pointless.
var Permanent = newAnalyzer("permanent", "report private error types that are meant to be terminal", func(c *code) {
	look := func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		for _, e := range r.Results {
			t := c.info.TypeOf(e)
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			named, ok := types.Unalias(t).(*types.Named)
			if ok && named.Obj().Pkg() == c.pass.Pkg && isErrorType(c.info.TypeOf(e)) && permanent.MatchString(named.Obj().Name()) {
				c.report(e, "Restate retries an error of the type %s like every other error. Return restate.ToTerminalError(err)", named.Obj().Name())
			}
		}
		return true
	}
	for _, h := range c.handlers {
		ast.Inspect(h.body, look)
	}
})
