package mutants

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// operators has the operators that make mutants. They are called with every node of every function.
var operators = []func(*site, ast.Node){
	changeSteps, changeNames, changeOptions, changeKeys, changeValues, changeErrorChecks, changeReturns, changeTerminal, changeCodes,
	changeSequence, changeState, changeCalls, changeSends, changeContexts, changeConditions, changeNumbers, changeSQL, changeStore,
	moveOperations, nestSteps, changeOneKey, changeFutures, changeLoops,
}

// These are declarations that mutants need.
const (
	importRand = `mutantRand "math/rand/v2"`
	importTime = `mutantTime "time"`
	importOS   = `mutantOS "os"`
	importFmt  = `mutantFmt "fmt"`
	importSync = `mutantSync "sync"`
	importJSON = `mutantJSON "encoding/json"`
	importAtom = `mutantAtomic "sync/atomic"`
)

// changeSteps moves the work of a step out of the step, or passes the result on without the journal.
func changeSteps(s *site, n ast.Node) {
	st, ok := s.step(n)
	if !ok {
		return
	}
	ctx, lit := s.text(st.call.Args[0]), s.text(st.lit)
	if st.name == "RunAsync" {
		return
	}
	if st.name == "RunVoid" {
		s.replace("unwrap-step", n, lit+"("+ctx+")")
		s.replace("work-before-step", n, "func() restate.TerminalError { e := "+lit+"("+ctx+"); return "+s.with(st, "func(restate.RunContext) error { return e }")+" }()")
		s.replace("work-after-step", n, "func() error { if e := "+s.with(st, "func(restate.RunContext) error { return nil }")+"; e != nil { return e }; return "+lit+"("+ctx+") }()")
		s.replace("start-without-wait", n, "func() (e restate.TerminalError) { restate.RunAsync("+ctx+", func(rc restate.RunContext) (restate.Void, error) { return restate.Void{}, "+lit+"(rc) }); return }()")
		s.replace("drop-call", n, "func() (e restate.TerminalError) { return }()")
		s.replace("goroutine", n, "func() (e restate.TerminalError) { go "+s.text(n)+"; return }()")
		s.replace("goroutine-in-step", st.lit, "func(rc restate.RunContext) error { go "+lit+"(rc); return nil }")
		s.replace("twice-in-step", st.lit, "func(rc restate.RunContext) error { f := "+lit+"; if e := f(rc); e != nil { return e }; return f(rc) }")
		s.replace("step-twice", n, "func() restate.TerminalError { if e := "+s.text(n)+"; e != nil { return e }; return "+s.text(n)+" }()")
		return
	}
	v := st.value
	s.replace("unwrap-step", n, lit+"("+ctx+")")
	s.replace("work-before-step", n, "func() ("+v+", restate.TerminalError) { v, e := "+lit+"("+ctx+"); return "+s.with(st, "func(restate.RunContext) ("+v+", error) { return v, e }")+" }()")
	s.replace("work-after-step", n, "func() (v "+v+", e error) { if _, e := "+s.with(st, "func(restate.RunContext) (v "+v+", e error) { return }")+"; e != nil { return v, e }; return "+lit+"("+ctx+") }()")
	s.replace("captured-variable", n, "func() ("+v+", restate.TerminalError) { var kept "+v+"; _, e := "+s.with(st, "func(rc restate.RunContext) (v "+v+", e error) { kept, e = "+lit+"(rc); return }")+"; return kept, e }()")
	s.replace("start-without-wait", n, "func() (v "+v+", e restate.TerminalError) { restate.RunAsync("+ctx+", "+lit+"); return }()")
	s.replace("drop-call", n, "func() (v "+v+", e restate.TerminalError) { return }()")
	s.replace("goroutine", n, "func() (v "+v+", e restate.TerminalError) { go "+s.text(n)+"; return }()")
	s.replace("goroutine-in-step", st.lit, "func(rc restate.RunContext) (v "+v+", e error) { go "+lit+"(rc); return }")
	s.replace("twice-in-step", st.lit, "func(rc restate.RunContext) ("+v+", error) { f := "+lit+"; if v, e := f(rc); e != nil { return v, e }; return f(rc) }")
	s.replace("step-twice", n, "func() ("+v+", restate.TerminalError) { if v, e := "+s.text(n)+"; e != nil { return v, e }; return "+s.text(n)+" }()")
}

// changeNames drops the name of a step, or gives the step the name of another step.
func changeNames(s *site, n ast.Node) {
	if !s.isFunc(n, sdk, "WithName") {
		return
	}
	arg := n.(*ast.CallExpr).Args[0]
	s.replace("drop-name", arg, `""`)
	ast.Inspect(s.fn, func(other ast.Node) bool {
		if s.isFunc(other, sdk, "WithName") && s.text(other) != s.text(n) {
			s.replace("name-twice", arg, s.text(other.(*ast.CallExpr).Args[0]))
			return false
		}
		return true
	})
}

// changeOptions drops options, or changes their limits.
func changeOptions(s *site, n ast.Node) {
	if lit, ok := n.(*ast.CompositeLit); ok {
		if t, ok := s.typeOf(lit).Underlying().(*types.Slice); ok && isOption(t.Elem()) {
			for i, e := range lit.Elts {
				if !s.isFunc(e, sdk, "WithName") {
					s.dropFromList("drop-option", lit.Elts, i)
				}
			}
		}
	}
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	if s.isFunc(n, sdk, "PauseOnMaxAttempts") {
		s.replace("kill-for-pause", call.Fun, "restate.KillOnMaxAttempts")
	}
	for i, arg := range call.Args {
		if isOption(s.typeOf(arg)) && !call.Ellipsis.IsValid() && !s.isFunc(arg, sdk, "WithName") {
			s.dropFromList("drop-option", call.Args, i)
		}
	}
	if st, ok := s.step(n); ok {
		text := s.source.text(s.file, call.Pos(), st.lit.End())
		if call.Ellipsis.IsValid() {
			last := call.Args[len(call.Args)-1]
			s.replace("give-up-after-one", n, text+", append("+s.text(last)+", restate.WithMaxRetryAttempts(1))...)")
			s.replace("drop-back-off", n, text+")")
		} else {
			s.replace("give-up-after-one", n, s.source.text(s.file, call.Pos(), call.Rparen)+", restate.WithMaxRetryAttempts(1))")
		}
	}
}

func isOption(t types.Type) bool {
	return t != nil && strings.HasPrefix(t.String(), sdk) && strings.Contains(t.String(), ".") && optionType.MatchString(t.String())
}

var optionType = regexp.MustCompile(`(?i)(Option|\.with\w+)$`)

// dropFromList drops one expression from a list that is separated by commas.
func (s *site) dropFromList(operator string, list []ast.Expr, i int) {
	from, to := list[i].Pos(), list[i].End()
	switch {
	case i > 0:
		from = list[i-1].End()
	case len(list) > 1:
		to = list[1].Pos()
	}
	s.emit(operator, change{edits: []edit{{from, to, ""}}})
}

// changeKeys replaces the key of an effect or of a call.
func changeKeys(s *site, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	f := s.callee(call)
	if f == nil || f.Pkg() == nil {
		return
	}
	var keys []ast.Expr
	switch {
	case f.Pkg().Path() == outside:
		params := f.Signature().Params()
		for i := range params.Len() {
			if params.At(i).Name() == "key" {
				keys = append(keys, call.Args[i])
			}
		}
	case s.isFunc(n, sdk, "Object", "ObjectSend", "Workflow", "WorkflowSend"):
		keys = append(keys, call.Args[2])
	case s.isFunc(n, sdk, "WithIdempotencyKey"):
		keys = append(keys, call.Args[0])
	}
	for _, key := range keys {
		s.replace("key-empty", key, `""`)
		s.replace("key-constant", key, `"the-key"`)
		s.replace("key-random", key, "mutantFmt.Sprint(mutantRand.Uint64())", importFmt, importRand)
		s.replace("key-from-clock", key, "mutantTime.Now().Format(mutantTime.TimeOnly)", importTime)
		s.replace("key-from-process", key, "mutantFmt.Sprint(mutantOS.Getpid(), "+s.text(key)+")", importFmt, importOS)
		s.replace("key-longer", key, s.text(key)+`+"-x"`)
	}
}

// changeValues replaces a value in a call, in a struct or in an answer.
func changeValues(s *site, n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		if s.isFunc(n, sdk, "WithName") || s.pkg.info.Types[n.Fun].IsType() {
			return
		}
		for _, arg := range n.Args {
			s.otherValue(arg)
		}
	case *ast.CompositeLit:
		if _, ok := s.typeOf(n).Underlying().(*types.Struct); !ok {
			return
		}
		for i, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				s.otherValue(kv.Value)
				s.dropFromList("drop-field", n.Elts, i)
			}
		}
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 || n.Tok != token.ASSIGN {
			return
		}
		if _, ok := n.Lhs[0].(*ast.SelectorExpr); ok {
			s.replace("drop-assignment", n, "_ = "+s.text(n.Rhs[0]))
		}
	}
}

func (s *site) otherValue(e ast.Expr) {
	switch {
	case s.isString(e) && s.constant(e) == nil:
		for _, other := range s.otherValues(e) {
			s.replace("other-value", e, other)
		}
	case s.isInteger(e) && s.constant(e) == nil:
		s.replace("another-number", e, s.text(e)+"+1")
	}
}

// changeErrorChecks drops the check of an error.
func changeErrorChecks(s *site, n ast.Node) {
	if !isErrorCheck(n) {
		return
	}
	check := n.(*ast.IfStmt)
	name := s.text(check.Cond.(*ast.BinaryExpr).X)
	if check.Init != nil {
		s.replace("drop-error-check", check.Body, "{ _ = "+name+" }")
	} else {
		s.replace("drop-error-check", check, "_ = "+name)
	}
}

// changeReturns changes the error that a function returns.
func changeReturns(s *site, n ast.Node) {
	ret, ok := n.(*ast.ReturnStmt)
	results := s.results()
	if !ok || len(ret.Results) == 0 || len(results) == 0 {
		return
	}
	if typ := s.text(results[len(results)-1].Type); typ != "error" {
		return
	}
	last := ret.Results[len(ret.Results)-1]
	inStep := s.inStep() != nil
	_, isCall := last.(*ast.CallExpr)
	if len(ret.Results) == 1 && isCall && (len(results) > 1 || len(results[0].Names) > 1) {
		// This is return f(), where f has more than one result.
		types := make([]string, 0, 2)
		for _, r := range results {
			types = append(types, s.text(r.Type))
		}
		if len(types) != 2 {
			return
		}
		list := "(" + strings.Join(types, ", ") + ")"
		s.replace("swallow-error", last, "func() "+list+" { v, _ := "+s.text(last)+"; return v, nil }()")
		if inStep {
			s.replace("make-terminal", last, "func() "+list+" { v, e := "+s.text(last)+"; return v, mutantTerminal(e) }()")
			(*s.found)[len(*s.found)-1].append = terminalHelper
		}
		s.replace("make-retryable", last, "func() "+list+" { v, e := "+s.text(last)+"; return v, mutantRetryable(e) }()", importFmt)
		(*s.found)[len(*s.found)-1].append = retryableHelper
		return
	}
	if !s.isError(last) {
		return
	}
	text := s.text(last)
	if isCall {
		s.replace("swallow-error", last, "func() error { _ = "+text+"; return nil }()")
	} else {
		s.replace("swallow-error", last, "nil")
	}
	s.replace("wrap-again", last, `mutantFmt.Errorf("again: %w", `+text+")", importFmt)
	s.replace("make-retryable", last, "mutantRetryable("+text+")", importFmt)
	(*s.found)[len(*s.found)-1].append = retryableHelper
	s.replace("make-terminal", last, "mutantTerminal("+text+")")
	(*s.found)[len(*s.found)-1].append = terminalHelper
}

const (
	terminalHelper = `
func mutantTerminal(err error) error {
	if err == nil {
		return nil
	}
	return restate.ToTerminalError(err)
}
`
	retryableHelper = `
func mutantRetryable(err error) error {
	if err == nil {
		return nil
	}
	return mutantFmt.Errorf("%v", err)
}
`
)

// changeTerminal turns a terminal error that the code creates into an error that Restate retries.
func changeTerminal(s *site, n ast.Node) {
	if s.isFunc(n, sdk, "ToTerminalError") {
		s.replace("not-terminal", n, s.text(n.(*ast.CallExpr).Args[0]))
	}
}

// changeCodes changes the code of an error.
func changeCodes(s *site, n ast.Node) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok || !strings.HasPrefix(sel.Sel.Name, "Status") {
		return
	}
	if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "http" {
		return
	}
	s.replace("another-code", sel.Sel, "StatusTeapot")
}

// group is a statement together with the check of its error.
type group struct{ from, to token.Pos }

func groups(list []ast.Stmt) (all []group) {
	for i := 0; i < len(list); i++ {
		g := group{list[i].Pos(), list[i].End()}
		if i+1 < len(list) && isErrorCheck(list[i+1]) && list[i+1].(*ast.IfStmt).Init == nil && !isErrorCheck(list[i]) {
			i++
			g.to = list[i].End()
		}
		all = append(all, g)
	}
	return all
}

// changeSequence swaps two neighboring statements, or moves the work of a step into the next step.
func changeSequence(s *site, n ast.Node) {
	block, ok := n.(*ast.BlockStmt)
	if !ok {
		return
	}
	all := groups(block.List)
	for i := 0; i+1 < len(all); i++ {
		a, b := all[i], all[i+1]
		first, second := s.source.text(s.file, a.from, a.to), s.source.text(s.file, b.from, b.to)
		if strings.HasPrefix(second, "return") && strings.HasPrefix(first, "return") {
			continue
		}
		s.emit("swap", change{edits: []edit{{a.from, a.to, second}, {b.from, b.to, first}}})
	}
	for i, stmt := range block.List {
		if _, ok := stmt.(*ast.ExprStmt); ok {
			text := s.text(stmt)
			s.replace("drop-statement", stmt, "")
			s.replace("defer", stmt, "defer "+text)
			s.replace("statement-twice", stmt, text+"\n"+text)
		}
		s.join(block.List, i)
	}
}

// join puts the work of a step into the next step.
func (s *site) join(list []ast.Stmt, i int) {
	if i+2 >= len(list) || !isErrorCheck(list[i+1]) {
		return
	}
	first, ok := list[i].(*ast.AssignStmt)
	second, ok2 := list[i+2].(*ast.AssignStmt)
	if !ok || !ok2 || len(first.Rhs) != 1 || len(second.Rhs) != 1 {
		return
	}
	a, ok := s.step(first.Rhs[0])
	b, ok2 := s.step(second.Rhs[0])
	if !ok || !ok2 || a.name == "RunAsync" || b.name == "RunAsync" {
		return
	}
	fail := "return e"
	if b.value != "" {
		fail = "return *new(" + b.value + "), e"
	}
	declare, call := "", "e := "+s.text(a.lit)+"(rc)"
	if a.value != "" {
		v := s.text(first.Lhs[0])
		if v == "_" {
			call = "_, e := " + s.text(a.lit) + "(rc)"
		} else {
			declare = "var " + v + " " + a.value
			call = "var e error; " + v + ", e = " + s.text(a.lit) + "(rc)"
		}
	}
	s.emit("join-steps", change{edits: []edit{
		{first.Pos(), list[i+1].End(), declare + "\nvar err error; _ = err"},
		{b.lit.Body.Lbrace + 1, b.lit.Body.Lbrace + 1, "\n" + call + "; if e != nil { " + fail + " }\n"},
	}})
}

// changeState renames a key of the state, or a promise, at only one of the places that use it.
func changeState(s *site, n ast.Node) {
	if !s.isFunc(n, sdk, "Get", "Set", "Clear", "Promise") {
		return
	}
	call := n.(*ast.CallExpr)
	if v := s.constant(call.Args[1]); v != nil && v.Kind() == constant.String {
		s.replace("rename", call.Args[1], fmt.Sprintf("%q", constant.StringVal(v)+"2"))
	}
}

// requestOf returns the two calls that make up a request: the call of Service, Object or Workflow,
// and the call of Request or Send on its result.
func (s *site) requestOf(n ast.Node, method string) (client, request *ast.CallExpr, ok bool) {
	request, ok = n.(*ast.CallExpr)
	if !ok {
		return nil, nil, false
	}
	sel, ok := request.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != method {
		return nil, nil, false
	}
	client, ok = sel.X.(*ast.CallExpr)
	if !ok {
		return nil, nil, false
	}
	return client, request, s.isFunc(client, sdk, "Service", "Object", "Workflow", "ServiceSend", "ObjectSend", "WorkflowSend")
}

// changeCalls turns a call into a one-way call, or drops the call.
func changeCalls(s *site, n ast.Node) {
	client, request, ok := s.requestOf(n, "Request")
	if !ok {
		return
	}
	index, ok := client.Fun.(*ast.IndexExpr)
	if !ok {
		return
	}
	v := s.text(index.Index)
	args := s.source.text(s.file, client.Lparen, client.End())
	input := s.source.text(s.file, request.Lparen, request.End())
	result := "func() (v " + v + ", e restate.TerminalError) { "
	s.replace("send-for-request", n, result+s.text(index.X)+"Send"+args+".Send"+input+"; return }()")
	s.replace("drop-call", n, result+"return }()")
	s.replace("call-twice", n, "func() ("+v+", restate.TerminalError) { if v, e := "+s.text(n)+"; e != nil { return v, e }; return "+s.text(n)+" }()")
	s.replace("goroutine", n, result+"go "+s.text(n)+"; return }()")
	s.replace("result-after-error", n, "func() (v "+v+", e restate.TerminalError) { v, _ = "+s.text(n)+"; return v, nil }()")
}

// changeSends waits for the answer of a one-way call, or changes when the call is sent.
func changeSends(s *site, n ast.Node) {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return
	}
	client, request, ok := s.requestOf(stmt.X, "Send")
	if !ok {
		return
	}
	name := strings.TrimSuffix(s.text(client.Fun), "Send")
	args := s.source.text(s.file, client.Lparen, client.End())
	call := name + "[restate.Void]" + args + ".Request(" + s.text(request.Args[0]) + ")"
	s.replace("request-for-send", n, call)
	s.replace("goroutine", n, "go "+s.text(n))
	s.replace("panic-on-request", n, "if _, e := "+call+"; e != nil { panic(e) }")
	if results := s.results(); len(results) == 2 && s.text(results[1].Type) == "error" {
		s.replace("return-on-request", n, "if _, e := "+call+"; e != nil { return *new("+s.text(results[0].Type)+"), e }")
	}
}

// changeContexts makes a step use the handler's context.
func changeContexts(s *site, n ast.Node) {
	lit := s.inStep()
	id, ok := n.(*ast.Ident)
	if lit == nil || !ok || len(lit.Type.Params.List[0].Names) == 0 {
		return
	}
	own := lit.Type.Params.List[0].Names[0]
	name, _ := s.context()
	if id == own || id.Name != own.Name || name == "" || name == own.Name {
		return
	}
	s.replace("handler-context-in-step", id, name)
}

// changeConditions changes a condition.
func changeConditions(s *site, n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		if isErrorCheck(n) {
			return
		}
		cond := s.text(n.Cond)
		s.replace("negate", n.Cond, "!("+cond+")")
		s.replace("never", n.Cond, "false && ("+cond+")")
		s.replace("always", n.Cond, "true || ("+cond+")")
		s.everyOther(n.Cond)
	case *ast.BinaryExpr:
		switch n.Op {
		case token.LAND, token.LOR:
			s.replace("drop-left", n, s.text(n.Y))
			s.replace("drop-right", n, s.text(n.X))
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			other := map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}[n.Op]
			s.emit("boundary", change{edits: []edit{{n.OpPos, n.OpPos + token.Pos(len(n.Op.String())), other}}})
		case token.EQL, token.NEQ:
			if !s.isError(n.X) {
				other := map[token.Token]string{token.EQL: "!=", token.NEQ: "=="}[n.Op]
				s.emit("equal", change{edits: []edit{{n.OpPos, n.OpPos + 2, other}}})
			}
		}
	case *ast.CaseClause:
		s.replace("drop-case", n, "")
		if _, ok := s.above[len(s.above)-1].(*ast.BlockStmt); ok && len(n.List) == 1 && types.Identical(s.typeOf(n.List[0]), types.Typ[types.Bool]) {
			s.replace("always", n.List[0], "true || ("+s.text(n.List[0])+")")
		}
		if len(n.List) > 1 {
			for i := range n.List {
				s.dropFromList("drop-from-case", n.List, i)
			}
		}
	case *ast.BranchStmt:
		if n.Tok == token.CONTINUE {
			s.replace("break", n, "break")
		}
	}
}

// everyOther makes a branch depend on a counter in the memory of the process.
func (s *site) everyOther(cond ast.Expr) {
	if s.inStep() != nil {
		return
	}
	s.replace("memory-decides", cond, "mutantCount.Add(1)%2 == 0 && ("+s.text(cond)+")", importAtom)
	(*s.found)[len(*s.found)-1].append = "\nvar mutantCount mutantAtomic.Int64\n"
}

// changeNumbers changes a number.
func changeNumbers(s *site, n ast.Node) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.INT {
		return
	}
	s.replace("another-limit", lit, "("+lit.Value+"+1)")
	s.replace("ten-times", lit, "("+lit.Value+"*10)")
}

var (
	sqlWhere    = regexp.MustCompile(`(?s)WHERE .*?( GROUP BY|\n|$)`)
	sqlWords    = regexp.MustCompile(`\b(SELECT|INSERT|UPDATE)\b`)
	sqlReplaced = [][2]string{
		{"LEFT JOIN", "JOIN"}, {"count(f.n)", "count(*)"}, {"1 + ", ""}, {"ON CONFLICT DO NOTHING", ""}, {"INSERT OR IGNORE", "INSERT"},
		{"INSERT OR IGNORE", "INSERT OR REPLACE"}, {"'COMPLETED'", "'FAILED'"}, {"count(*)", "sum(attempts)"},
	}
)

// changeSQL drops a condition of a query, or changes what the query counts.
func changeSQL(s *site, n ast.Node) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING || !sqlWords.MatchString(lit.Value) {
		return
	}
	if m := sqlWhere.FindStringSubmatchIndex(lit.Value); m != nil {
		s.replace("drop-where", lit, lit.Value[:m[0]]+lit.Value[m[2]:])
	}
	for _, r := range sqlReplaced {
		if strings.Contains(lit.Value, r[0]) {
			s.replace("another-query", lit, strings.Replace(lit.Value, r[0], r[1], 1))
		}
	}
}

// changeStore calls another function of the store with the same parameters and results.
func changeStore(s *site, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	f := s.callee(call)
	sel, isSelector := call.Fun.(*ast.SelectorExpr)
	if f == nil || !isSelector || f.Pkg() == nil || !strings.HasPrefix(f.Pkg().Path(), shop) {
		return
	}
	if recv := f.Signature().Recv(); recv != nil {
		for m := range types.NewMethodSet(recv.Type()).Methods() {
			if other := m.Obj().(*types.Func); other.Exported() && other != f && sameSignature(f, other) {
				s.replace("other-function", sel.Sel, other.Name())
			}
		}
		return
	}
	names := f.Pkg().Scope().Names()
	for _, name := range names {
		if other, ok := f.Pkg().Scope().Lookup(name).(*types.Func); ok && other.Exported() && other != f && sameSignature(f, other) {
			s.replace("other-function", sel.Sel, name)
		}
	}
}

func sameSignature(a, b *types.Func) bool {
	return types.Identical(a.Signature().Params(), b.Signature().Params()) && types.Identical(a.Signature().Results(), b.Signature().Results())
}

// changeFunction makes changes that concern a whole handler.
func (s *site) changeFunction() {
	name, kind := s.context()
	if name == "" || !s.isHandler() {
		return
	}
	for _, field := range s.fn.Type.Params.List {
		if sel, ok := field.Type.(*ast.SelectorExpr); ok && strings.HasSuffix(sel.Sel.Name, kind) {
			for _, pair := range [][2]string{{"ObjectContext", "ObjectSharedContext"}, {"WorkflowContext", "WorkflowSharedContext"}} {
				if i := slices.Index(pair[:], kind); i >= 0 {
					s.replace("shared-for-exclusive", sel.Sel, pair[1-i])
				}
			}
		}
	}
	s.emit("lock", change{
		edits:   []edit{{s.fn.Body.Lbrace + 1, s.fn.Body.Lbrace + 1, "\nmutantLock.Lock(); defer mutantLock.Unlock()\n"}},
		imports: []string{importSync}, append: "\nvar mutantLock mutantSync.Mutex\n",
	})
	s.remember(name, kind)
	s.keepStateInMemory()
}

// remember makes a handler keep its answers in the memory of the process.
func (s *site) remember(ctx, kind string) {
	results := s.fn.Type.Results
	if results == nil || len(results.List) != 2 {
		return
	}
	key := `"` + s.fn.Name.Name + `"`
	if kind != "Context" {
		key += ", restate.Key(" + ctx + ")"
	}
	for _, field := range s.fn.Type.Params.List {
		for _, id := range field.Names {
			if id.Name != ctx {
				key += ", " + id.Name
			}
		}
	}
	typ := s.text(results.List[0].Type)
	body := s.text(s.fn.Body)
	list := s.source.text(s.file, results.Pos(), results.End())
	s.replace("remember-answer", s.fn.Body, "{\nmutantKey := mutantFmt.Sprint("+key+")\nif v, ok := mutantMemory.Load(mutantKey); ok { return v.("+typ+"), nil }\n"+
		"v, e := func() "+list+" "+body+"()\nif e == nil { mutantMemory.Store(mutantKey, v) }\nreturn v, e\n}", importFmt, importSync)
	(*s.found)[len(*s.found)-1].append = "\nvar mutantMemory mutantSync.Map\n"
}

const memoryHelpers = `
var mutantState mutantSync.Map

func mutantSet[T any](ctx restate.ObjectContext, key string, v T) {
	b, _ := mutantJSON.Marshal(v)
	mutantState.Store(restate.Key(ctx)+"/"+key, b)
	%s
}

func mutantGet[T any](ctx restate.ObjectSharedContext, key string) (v T, e restate.TerminalError) {
	if b, ok := mutantState.Load(restate.Key(ctx) + "/" + key); ok {
		_ = mutantJSON.Unmarshal(b.([]byte), &v)
		return v, nil
	}
	%s
}
`

// keepStateInMemory makes the objects of the package read their state from the memory of the
// process first, and then from Restate. A second mutant uses only the memory.
func (s *site) keepStateInMemory() {
	own, others := []edit{}, map[*file][]edit{}
	for _, f := range s.pkg.files {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if !s.isFunc(n, sdk, "Get", "Set") {
				return true
			}
			fun := n.(*ast.CallExpr).Fun
			if x, ok := fun.(*ast.IndexExpr); ok {
				fun = x.X
			}
			e := edit{fun.Pos(), fun.End(), "mutant" + fun.(*ast.SelectorExpr).Sel.Name}
			if f == s.file {
				own = append(own, e)
			} else {
				others[f] = append(others[f], e)
			}
			return true
		})
	}
	if len(own) == 0 || s.fn != firstHandler(s.file) {
		return
	}
	imports := []string{importSync, importJSON}
	s.emit("memory-before-state", change{edits: own, others: others, imports: imports,
		append: fmt.Sprintf(memoryHelpers, "restate.Set(ctx, key, v)", "return restate.Get[T](ctx, key)")})
	s.emit("memory-for-state", change{edits: own, others: others, imports: imports, append: fmt.Sprintf(memoryHelpers, "", "return v, nil")})
}

// firstHandler returns the first method of the file that has a body.
func firstHandler(f *file) *ast.FuncDecl {
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.IsExported() && fn.Body != nil {
			return fn
		}
	}
	return nil
}
