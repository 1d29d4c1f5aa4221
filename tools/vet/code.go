package vet

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"example.com/workbook/tools/course"
)

const sdk = "github.com/restatedev/sdk-go"

// codeAnalyzer finds the handlers and the steps of a package. The other analyzers share
// its result.
var codeAnalyzer = &analysis.Analyzer{
	Name:       "restatecode",
	Doc:        "find the handlers and the steps of Restate services",
	Run:        func(pass *analysis.Pass) (any, error) { return findCode(pass), nil },
	Requires:   []*analysis.Analyzer{inspect.Analyzer},
	ResultType: reflect.TypeFor[*code](),
}

// code is what the analyzers know about a package.
type code struct {
	pass     *analysis.Pass
	info     *types.Info
	handlers []handler
	effects  map[*types.Func]*ast.CallExpr // local functions that have an effect, with the call in them
	above    map[ast.Node]ast.Node         // the parent of each node
}

// handler is a function with a context of Restate.
type handler struct {
	name string
	ctx  *types.Var // nil if the parameter has no name
	body *ast.BlockStmt
}

// newAnalyzer makes an analyzer that runs on the code of a package.
func newAnalyzer(name, doc string, run func(*code)) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: name, Doc: doc,
		Requires: []*analysis.Analyzer{codeAnalyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			c := *pass.ResultOf[codeAnalyzer].(*code)
			c.pass = pass
			run(&c)
			return nil, nil
		},
	}
}

func (c *code) report(n ast.Node, format string, args ...any) {
	c.pass.ReportRangef(n, format, args...)
}

func findCode(pass *analysis.Pass) *code {
	c := &code{pass: pass, info: pass.TypesInfo, above: map[ast.Node]ast.Node{}, effects: map[*types.Func]*ast.CallExpr{}}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.WithStack(nil, func(n ast.Node, push bool, stack []ast.Node) bool {
		if push && len(stack) > 1 {
			c.above[n] = stack[len(stack)-2]
		}
		return push
	})
	in.Preorder([]ast.Node{(*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)}, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				c.addHandler(n.Name.Name, n.Type, n.Body)
			}
		case *ast.FuncLit:
			c.addHandler("the function", n.Type, n.Body)
		}
	})
	c.findEffects(in)
	return c
}

func (c *code) addHandler(name string, typ *ast.FuncType, body *ast.BlockStmt) {
	for _, field := range typ.Params.List {
		if !isHandlerContext(c.info.TypeOf(field.Type)) {
			continue
		}
		h := handler{name: name, body: body}
		if len(field.Names) > 0 {
			h.ctx, _ = c.info.Defs[field.Names[0]].(*types.Var)
		}
		c.handlers = append(c.handlers, h)
		return
	}
}

// isSDK reports whether an object is declared in sdk-go.
func isSDK(o types.Object) bool {
	return o != nil && o.Pkg() != nil && (o.Pkg().Path() == sdk || strings.HasPrefix(o.Pkg().Path(), sdk+"/"))
}

// sdkName returns the name of a type of sdk-go, or "".
func sdkName(t types.Type) string {
	if t == nil {
		return ""
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !isSDK(n.Obj()) {
		return ""
	}
	return n.Obj().Name()
}

// isHandlerContext reports whether a type is the context of a handler.
func isHandlerContext(t types.Type) bool {
	return slices.Contains([]string{"Context", "ObjectContext", "ObjectSharedContext", "WorkflowContext", "WorkflowSharedContext"}, sdkName(t))
}

// isStepContext reports whether a type is restate.RunContext or context.Context.
func isStepContext(t types.Type) bool {
	if sdkName(t) == "RunContext" {
		return true
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" && n.Obj().Name() == "Context"
}

// callee returns the function that a call calls, or nil.
func (c *code) callee(call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(c.info, call).(*types.Func)
	return f
}

// sdkCall returns the name of the function or method of sdk-go that a call calls, or "".
func (c *code) sdkCall(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	if f := c.callee(call); f != nil && isSDK(f) {
		return f.Name()
	}
	return ""
}

// operations are the functions and methods of sdk-go that read or write the journal.
var operations = []string{
	"Run", "RunVoid", "RunAsync", "Get", "Set", "Clear", "ClearAll", "Keys", "Sleep", "After", "UUID", "Rand", "RandSource", "Promise",
	"Awakeable", "ResolveAwakeable", "RejectAwakeable", "Request", "RequestFuture", "Send", "Result", "Resolve", "Reject", "Wait", "WaitFirst", "WaitIter",
	"Object", "Service", "Workflow", "ObjectSend", "ServiceSend", "WorkflowSend", "AttachInvocation", "CancelInvocation", "Signal",
	"ResolveSignal", "RejectSignal",
}

// isOperation reports whether a node is a call that reads or writes the journal.
func (c *code) isOperation(n ast.Node) bool { return slices.Contains(operations, c.sdkCall(n)) }

// isStep reports whether a function literal is a step. A literal that is called where it stands is
// not a step.
func (c *code) isStep(lit *ast.FuncLit) bool {
	call, isArgument := c.above[lit].(*ast.CallExpr)
	if isArgument && call.Fun == lit {
		return false
	}
	if isArgument && slices.Contains([]string{"Run", "RunVoid", "RunAsync"}, c.sdkCall(call)) {
		return true
	}
	return slices.ContainsFunc(lit.Type.Params.List, func(field *ast.Field) bool {
		t := c.info.TypeOf(field.Type)
		return sdkName(t) == "RunContext" || (isArgument && isStepContext(t))
	})
}

// eachInHandler calls visit with each node of a handler, except for the nodes in steps and in other
// handlers.
func (c *code) eachInHandler(h handler, visit func(ast.Node)) {
	ast.Inspect(h.body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && (c.isStep(lit) || c.isHandler(lit.Body)) {
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

func (c *code) isHandler(body *ast.BlockStmt) bool {
	return slices.ContainsFunc(c.handlers, func(h handler) bool { return h.body == body })
}

// eachStep calls visit with each step of a handler.
func (c *code) eachStep(h handler, visit func(*ast.FuncLit)) {
	ast.Inspect(h.body, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if ok && c.isStep(lit) {
			visit(lit)
			return false
		}
		return !ok || !c.isHandler(lit.Body)
	})
}

// shop has the packages of the workbook whose functions have effects, if their first
// parameter is a context.
var shop = course.Module + "/lessons/shop/"

// effectNames has the functions and methods that have an effect, or that return another result at
// each call.
var effectNames = map[string][]string{
	"net/http":     {"Get", "Head", "Post", "PostForm", "Do"},
	"database/sql": {"Exec", "ExecContext", "Query", "QueryContext", "QueryRow", "QueryRowContext", "Begin", "BeginTx", "Commit"},
	"os/exec":      {"Run", "Start", "Output", "CombinedOutput"},
	"os":           {"WriteFile", "Create", "Remove", "RemoveAll", "Rename", "Mkdir", "MkdirAll", "OpenFile", "ReadFile"},
	"net":          {"Dial", "DialTimeout", "DialContext"},
	"net/smtp":     {"SendMail"},
}

// isEffect reports whether a function of another package has an effect.
func isEffect(f *types.Func) bool {
	if f == nil || f.Pkg() == nil {
		return false
	}
	if slices.Contains(effectNames[f.Pkg().Path()], f.Name()) {
		return true
	}
	if path := f.Pkg().Path(); path != shop+"outside" && path != shop+"store" {
		return false
	}
	params := f.Signature().Params()
	return params.Len() > 0 && isStepContext(params.At(0).Type())
}

// effectOf returns the name of the function that a call calls, if that function has an effect.
// Otherwise it returns "".
func (c *code) effectOf(call *ast.CallExpr) string {
	f := c.callee(call)
	switch {
	case f == nil:
		return ""
	case isEffect(f) && f.Signature().Recv() == nil:
		return f.Pkg().Name() + "." + f.Name()
	case isEffect(f) || c.effects[f] != nil:
		return f.Name()
	}
	return ""
}

// innerEffect returns the name of the effect that a call finally has. A local function may have the
// effect through a call of another function.
func (c *code) innerEffect(call *ast.CallExpr) string {
	for c.effects[c.callee(call)] != nil {
		call = c.effects[c.callee(call)]
	}
	return c.effectOf(call)
}

// findEffects finds the local functions that have an effect and are no handlers.
func (c *code) findEffects(in *inspector.Inspector) {
	for changed := true; changed; {
		changed = false
		in.Preorder([]ast.Node{(*ast.FuncDecl)(nil)}, func(n ast.Node) {
			d := n.(*ast.FuncDecl)
			f, _ := c.info.Defs[d.Name].(*types.Func)
			if f == nil || d.Body == nil || c.effects[f] != nil || c.isHandler(d.Body) {
				return
			}
			c.eachInHandler(handler{body: d.Body}, func(n ast.Node) {
				if call, ok := n.(*ast.CallExpr); ok && c.effects[f] == nil && c.effectOf(call) != "" {
					c.effects[f] = call
					changed = true
				}
			})
		})
	}
}

// statement returns the statement around a node.
func (c *code) statement(n ast.Node) ast.Stmt {
	for ; n != nil; n = c.above[n] {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// isWithin reports whether the node inner is inside the node outer.
func isWithin(inner, outer ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}
