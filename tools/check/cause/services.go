package cause

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// Rules about services: their names, their JSON, calls between them, and final errors.

// diedInGoroutine recognizes that the program died in a goroutine that a function of the
// learner started. In the handler itself the SDK recovers a panic, and Restate retries. One
// program runs the scripts of several tasks, so the words name the function.
func diedInGoroutine(f *Finding) string {
	_, panicked, ok := cutLast("\n"+f.Trace, "\npanic: ")
	if !ok || !f.HasOutcome(claim.ProgramEnded) && !f.Where.IsInTrace(f.Trace) {
		return ""
	}
	_, died, _ := strings.Cut(panicked, "[running]:\n")
	died, _, _ = strings.Cut(died, "\n\n") // the first goroutine is the one that panicked
	starter := startedBy.FindStringSubmatch(died)
	if starter == nil {
		return ""
	}
	name := madeByCompiler.ReplaceAllString(starter[1], "")
	if strings.Contains(died, "sdk-go/internal/") {
		return "a goroutine that " + name + " started used ctx, which only the handler itself may use, and the whole program died. Use restate.RunAsync, RequestFuture and restate.Wait for parallel work"
	}
	return "a panic in a goroutine that " + name + " started ended the whole program. Do that work in the handler itself, in which a panic ends only one attempt"
}

var (
	// startedBy finds the function of the lesson that started a goroutine: a function or a
	// method, without its package.
	startedBy = regexp.MustCompile(`created by example\.com/workbook/[^\s]*/\w+\.(\(?\*?\w+\)?(?:\.[A-Za-z]\w*)?)`)
	// madeByCompiler finds the name of a function literal at the end of a function's name.
	madeByCompiler = regexp.MustCompile(`\.(func|gowrap)\d+$`)
)

// cutLast cuts a text around the last occurrence of a separator.
func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}

// onlyOutsideSteps returns what an invocation that cannot be replayed did while its step
// ran, as advice: "" if it did nothing that belongs outside of steps, or if the SDK reports
// another command. On replay the step's function does not run, so the command that the
// function had made is the one that is missing.
func (f *Finding) onlyOutsideSteps() string {
	missing := -1
	if m := commandAt.FindStringSubmatch(f.Claim.Got.Text); m != nil {
		missing, _ = strconv.Atoi(m[1])
	}
	lost := f.HasText("'await' could not be replayed") // the attempt ended in the step
	for _, entries := range f.Unreplayable {
		open, at := 0, -1
		for _, e := range entries {
			kind, isCommand := strings.CutPrefix(e.Type, "Command: ")
			if isCommand {
				at++
			}
			advice := outsideSteps[kind]
			if open > 0 && advice != "" && (lost || at == missing && kind != "Run") {
				return advice
			}
			switch e.Type {
			case "Command: Run":
				open++
			case "Notification: Run":
				open--
			}
		}
	}
	return ""
}

// commandAt finds the index of the command that an attempt did not repeat. The first command
// is the input, with the index 0.
var commandAt = regexp.MustCompile(`recorded the following: '[^']*' \(index '(\d+)'\)`)

// outsideSteps has the advice for each kind of command that belongs outside of steps. A
// handler may begin more than one step with restate.RunAsync, so a step proves nothing
// unless the attempt ended in the step before.
var outsideSteps = map[string]string{
	"Call":          callOutsideSteps,
	"OneWayCall":    callOutsideSteps,
	"Sleep":         callOutsideSteps,
	"SetState":      stateOutsideSteps,
	"ClearState":    stateOutsideSteps,
	"ClearAllState": stateOutsideSteps,
	"Run":           "start no other step there",
}

const (
	callOutsideSteps  = "call other handlers outside of steps"
	stateOutsideSteps = "change the state outside of steps"
)

// waitsInsideStep recognizes that a step's function waits, makes a call, begins a step or
// changes the state with the handler's context.
func waitsInsideStep(f *Finding) string {
	if !f.isNotReplayable() {
		return ""
	}
	advice := f.onlyOutsideSteps()
	if advice == "" {
		return ""
	}
	return "a step's function uses the handler's ctx. Inside the function use only the step's own context, and " + advice
}

// notServed recognizes that Restate never knew a service or handler with this name.
func notServed(f *Finding) string {
	switch {
	case f.HasText("The requested service '"): // the admin API's words
		return "Restate knows no service with this name. Bind the Go type of that name in main.go"
	case !f.HasText("not found"):
	case f.HasAnswerWith(http.StatusNotFound, "service '"):
		return "Restate knows no service with this name. Bind the Go type of that name in main.go"
	case f.HasAnswerWith(http.StatusNotFound, "the service '"):
		return "the service has no handler with this name. Export the method, let its first parameter be a context of Restate, and bind the type of its receiver in main.go"
	case f.HasText("failed precondition: the service handler"):
		return "your code calls a service or handler that does not exist. Use the exact Go names of type and method, and bind the service in main.go"
	}
	return ""
}

// otherTypes recognizes that the input or the answer of a call does not fit the Go
// type.
func otherTypes(f *Finding) string {
	switch {
	case f.HasText("could not be decoded into handler input type") && f.calledAlone():
		return f.Last.Service + "/" + f.Last.Handler + " cannot decode its input. Give the input a Go type that fits the caller's JSON: for an object, a struct with a json tag on each field"
	case f.HasText("could not be decoded into handler input type"):
		return "the handler that you call cannot decode its input. Give Request a value whose JSON has the fields of that handler's input"
	case f.HasText("failed to unmarshal call result"):
		return "the answer of the call does not fit the type in your code, such as T in restate.Service[T]. Use the type that the called handler returns"
	}
	return ""
}

// calledAlone reports whether the last call began no invocation of another handler.
func (f *Finding) calledAlone() bool {
	return f.Last != nil && !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Service != f.Last.Service || a.Handler != f.Last.Handler
	})
}

// jsonNames recognizes that the answer's fields have their Go names in JSON, or are
// missing.
func jsonNames(f *Finding) string {
	var fields, want map[string]any
	if !f.HasAnswer(http.StatusOK) || json.Unmarshal([]byte(f.Claim.Got.Text), &fields) != nil {
		return ""
	}
	if json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil || len(want) == 0 {
		return ""
	}
	for name := range fields {
		if unicode.IsUpper([]rune(name)[0]) && want[name] == nil {
			return "the answer's field is called " + name + ", which is its Go name. Give the field a tag with its JSON name, as in `json:\"amount_cents\"`"
		}
	}
	if len(fields) == 0 && !neverBegun(f) && !f.hasReplayed() {
		return "the answer has no fields, because JSON contains only exported ones. Begin the name of each field with a capital letter"
	}
	return ""
}

// stepNeverRun recognizes that an attempt finished without running a step that it had
// created.
func stepNeverRun(f *Finding) string {
	missing := f.IsAboutRows() && f.HasNoRows() && f.Last != nil && f.Last.Status == http.StatusOK
	if (f.HasAnswer(http.StatusOK) || missing) && !f.Facts[Cancelled] && neverBegun(f) {
		return "a step never ran, because nothing waited for it. restate.RunAsync does not start a step: wait for the step with restate.Wait or Result"
	}
	return ""
}

// neverBegun reports whether a finished attempt created a step that never ran.
func neverBegun(f *Finding) bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.End == "done" && slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How == "begun" })
	})
}

var emptyField = regexp.MustCompile(`:(0|""|null)[,}]`)

// emptyAfterReplay recognizes that a field is empty in an answer that came after a
// replay.
func emptyAfterReplay(f *Finding) string {
	empty := emptyField.MatchString(f.Claim.Got.Text) && !emptyField.MatchString(f.Claim.Want.JSON)
	nothing := f.Claim.Got.Text == "{}" && f.Claim.Want.JSON != "{}"
	if f.ExpectsBody() && f.HasAnswerBody() && (empty || nothing || leavesOut(f.Claim.Got.Text, f.Claim.Want.JSON)) && f.hasReplayed() {
		return capturedWhy
	}
	return ""
}

// numberAsText recognizes that the answer has a number as a JSON string.
func numberAsText(f *Finding) string {
	var has, want map[string]any
	if !f.ExpectsBody() || !f.HasAnswerBody() || json.Unmarshal([]byte(f.Claim.Got.Text), &has) != nil || json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		number, isNumber := want[name].(float64)
		text, isText := has[name].(string)
		if n, err := strconv.ParseFloat(text, 64); isNumber && isText && err == nil && n == number {
			return "the field " + name + " of the answer is a JSON string, but should be a number. Give the field the Go type int64, and no option string in its tag"
		}
	}
	return ""
}

// ownRequest is how Go's HTTP client begins an error, with the path of a handler. Package
// outside leaves the address out of its errors.
var ownRequest = regexp.MustCompile(`(Get|Post|Put) "https?://[^/"]+(/restate/(call|send))?/[A-Z]\w*/`)

// calledByHTTP recognizes that the program calls a handler with an HTTP request of its own.
func calledByHTTP(f *Finding) string {
	if ownRequest.MatchString(f.Claim.Got.Text) {
		return "your code calls a handler with an HTTP request of its own, and that request failed. Call the handler through ctx, as with restate.Service, so that the journal has the call"
	}
	return ""
}

// errorOfItsOwn recognizes that every step and every request succeeded, and that the code
// ended the call with an error all the same.
func errorOfItsOwn(f *Finding) string {
	if len(f.Facts) > 0 || len(f.Calls) != 1 || f.TriedAgain() || len(f.Ledger) == 0 || !f.ExpectsAnswer(http.StatusOK) || !f.HasAnswerBetween(400, 509) {
		return ""
	}
	failed := func(e sandbox.Entry) bool { return e.What == sandbox.Dropped || e.Status >= http.StatusBadRequest }
	unfinished := func(a proxy.Attempt) bool {
		return a.End != "done" || slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How != "ok" && r.How != "replayed" })
	}
	if slices.ContainsFunc(f.Ledger, failed) || slices.ContainsFunc(f.Attempts, unfinished) {
		return ""
	}
	return "every request was accepted, but your code ended the call with an error of its own. Find the condition before that error, and compare it with what the step returned"
}

// CountRefusals counts the requests that the outside world refused for good.
func CountRefusals(f *Finding) (n int) {
	for _, e := range f.Ledger {
		if IsRefusal(e) {
			n++
		}
	}
	return n
}

// IsRefusal reports whether a ledger entry is a final refusal, a status of 4xx. A lookup with
// status 404 has found out that there is no charge.
func IsRefusal(e sandbox.Entry) bool {
	found := e.Kind == sandbox.Lookup && e.Status == http.StatusNotFound
	return e.What == sandbox.Answer && 400 <= e.Status && e.Status < 500 && !found
}

// mostRefusals returns how often the request was refused that was refused most often.
func mostRefusals(f *Finding) (most int) {
	of := map[[2]string]int{}
	for _, e := range f.Ledger {
		if IsRefusal(e) {
			what := [2]string{string(e.Kind), e.Subject}
			of[what]++
			most = max(most, of[what])
		}
	}
	return most
}

// retriesFinal recognizes that the program treats a final error as a temporary one.
func retriesFinal(f *Finding) string {
	if f.ExpectsNo() && f.HasAnswerBody() && f.hasSentAgainAfterNo() {
		return refusedAgainWhy
	}
	if !f.HasOutcome(claim.Retried) {
		return ""
	}
	if f.Expects(claim.Refusal) {
		return "a call with invalid input is retried, although the input stays invalid. Return a terminal error, because only a terminal error ends the retries"
	}
	switch n := mostRefusals(f); {
	case n > 1:
		return refusedAgainWhy
	case n == 1 && f.hasPanicked():
		return "the request was refused, but the code panicked, and Restate retries every panic. Return the error instead"
	case n == 1 && f.EndedInError() && !f.Facts[Denied]: // else the database may have failed
		return "your code turned a terminal error into a retryable one. Return the original error, or wrap it with %w"
	}
	return ""
}

const refusedAgainWhy = "the request was refused (4xx) and then sent again, although a refusal is final. Make the error terminal inside the step's function, and wrap it only with %w"

// hasSentAgainAfterNo reports whether the only call of a handler was tried again, and then sent a
// request again that had been refused.
func (f *Finding) hasSentAgainAfterNo() bool {
	if f.Last == nil || f.timesCalled(f.Last.Target()) > 1 || !f.TriedAgain() {
		return false
	}
	for i, e := range f.Ledger {
		again := func(b sandbox.Entry) bool {
			return b.What == sandbox.Request && b.Kind == e.Kind && b.Subject == e.Subject && b.Key == e.Key
		}
		if IsRefusal(e) && f.isOfLast(e) && slices.ContainsFunc(f.Ledger[i:], again) {
			return true
		}
	}
	return false
}

// asksAgain recognizes that one attempt repeated a call that had ended in a final
// error.
func asksAgain(f *Finding) string {
	again := f.HasOutcome(claim.CallsOnAndOn) || f.Expects(claim.Invocations) && f.Claim.Want.Count.N == 1
	if again && mostRefusals(f) > 1 {
		return "your code repeated a call after Request had returned an error. Request returns only terminal errors, so return that error instead"
	}
	return ""
}

// errorSwallowed recognizes that the answer should be an error and is not.
func errorSwallowed(f *Finding) string {
	own := func(e sandbox.Entry) bool { return IsRefusal(e) && f.isOfLast(e) }
	if !f.ExpectsNo() || !f.HasAnswerBody() || !slices.ContainsFunc(f.Ledger, own) {
		return ""
	}
	return droppedWhy
}

// isOfLast reports whether a ledger entry is about the subject of the last call: its object
// key, or a part of its body.
func (f *Finding) isOfLast(e sandbox.Entry) bool {
	return f.Last != nil && e.Subject != "" && (f.Last.Key != "" && (strings.HasSuffix(f.Last.Key, e.Subject) || strings.HasSuffix(e.Subject, f.Last.Key)) || strings.Contains(f.Last.Body, `"`+e.Subject+`"`))
}

// failureIgnored recognizes that a request failed or got no answer, that nothing sent it
// again or asked for its outcome, and that the handler answered as if it had succeeded.
func failureIgnored(f *Finding) string {
	early := f.Expects(claim.RequestOf) && f.HasEarlyAnswer(http.StatusOK)
	if !early && (f.Last == nil || f.Last.Status != http.StatusOK) || !f.EndedWell() || f.Facts[KilledProgram] {
		return ""
	}
	tooFew := (f.Expects(claim.Effects) || f.Expects(claim.Requests)) && f.HasOutcome(claim.Counted) && f.Claim.Got.N < f.Claim.Want.Count.N
	failure := f.Expects(claim.Answer) && f.Claim.Want.Status >= http.StatusInternalServerError
	if !tooFew && !early && !((f.ExpectsBody() || failure) && f.HasAnswerBody()) && !(f.Expects(claim.Failure) && f.HasEarlyAnswer(http.StatusOK)) {
		return ""
	}
	failed := map[[2]string]int{}
	for _, e := range f.Ledger {
		what := [2]string{string(e.Kind), e.Subject}
		switch {
		case e.Kind == sandbox.Lookup || e.Kind == sandbox.Refund:
			return "" // the code asked for the outcome, or made the request undone
		case e.What == sandbox.Request:
			failed[what] = 0
		case e.What == sandbox.Dropped || e.What == sandbox.Answer && e.Status >= http.StatusInternalServerError:
			failed[what] = e.Status
			if failed[what] == 0 {
				failed[what] = -1
			}
		}
	}
	for _, e := range f.Ledger {
		if failed[[2]string{string(e.Kind), e.Subject}] == 0 || tooFew && e.Kind != f.claimedKind() {
			continue
		}
		why := "the " + claim.RequestNoun(string(e.Kind)) + " failed, but the handler went on as if it had succeeded. Find the error that your code ignores, and return it"
		if failure {
			return why
		}
		return why + ", so that Restate retries"
	}
	return ""
}

// EndedWell reports whether the last attempt of each invocation has ended without an error.
func (f *Finding) EndedWell() bool {
	last := map[string]string{}
	for _, a := range f.Attempts {
		last[a.Invocation] = a.End
	}
	for _, end := range last {
		if end != "done" {
			return false
		}
	}
	return len(last) > 0
}

// leftARequest recognizes that a handler answered although a request of it was open, so that
// a cancel came too late.
func leftARequest(f *Finding) string {
	if f.Facts[AnsweredBefore] && f.HasAnswer(http.StatusOK) {
		return "the handler answered while a request to the outside world was still open, so nobody learns how that request ends. Send the request in the step's own function, without a goroutine"
	}
	return ""
}

// sentTwice recognizes that one attempt sent a request again which had been accepted.
func sentTwice(f *Finding) string {
	if !f.Expects(claim.Requests) || !f.HasOutcome(claim.Counted) || f.Claim.Got.N <= f.Claim.Want.Count.N || InvocationsWithSteps(f) > 1 {
		return ""
	}
	var from time.Time
	for _, a := range f.Attempts {
		if a.Service+"."+a.Handler != f.Where.Function {
			continue
		}
		if a.Over.IsZero() && f.TriedAgain() {
			return "" // it is not known which attempt sent what
		}
		if f.sentAgainWithin(from, a.Over) {
			return "one attempt sent the " + claim.RequestNoun(f.Claim.Of) + " again, although the first one had been accepted. Send each request once"
		}
		from = a.Over
	}
	return ""
}

// sentAgainWithin reports whether the claim's request was accepted and then sent again, after
// one time and before another; a zero time is no limit. The ledger has no fractions of a
// millisecond, so what happened in the same millisecond does not count.
func (f *Finding) sentAgainWithin(from, to time.Time) bool {
	accepted, asked := false, map[int]bool{}
	for _, e := range f.Ledger {
		if e.What == sandbox.Request && e.Kind == f.claimedKind() {
			asked[e.N] = true
		}
		late := !to.IsZero() && !e.T.Before(to.Truncate(time.Millisecond))
		switch {
		case e.Kind != f.claimedKind() && !asked[e.Request] || e.Subject != f.Claim.For || !from.IsZero() && !e.T.After(from) || late:
		case e.What == sandbox.Effect || e.What == sandbox.Answer && e.Status == http.StatusOK:
			accepted = true
		case asked[e.N] && accepted:
			return true
		}
	}
	return false
}

// stoppedEarly recognizes that a draw never comes to the last items.
func stoppedEarly(f *Finding) string {
	if f.Expects(claim.SomeField) {
		return "none of the last items has won, so a loop ends too early, or an item hardly ever wins. Toss a coin for each item"
	}
	return ""
}

// otherValueInAnswer recognizes that a field of the answer has a wrong value. The text of a
// long answer is cut, so the field's value is looked up in the text.
func otherValueInAnswer(f *Finding) string {
	var want map[string]any
	if !f.ExpectsBody() || !f.HasAnswerBody() || json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value := regexp.MustCompile(regexp.QuoteMeta(`"`+name+`":`) + `("[^"]*"|[\w.-]+)[,}]`).FindStringSubmatch(f.Claim.Got.Text)
		if value == nil || strings.Trim(value[1], `"`) == fmt.Sprint(want[name]) {
			continue
		}
		field := "the field " + name
		if strings.Contains(name, f.Subject) {
			field = "a field"
		}
		return field + " of the answer has a wrong value. Check what your code puts into the answer, and where that value comes from"
	}
	return ""
}

// gaveUpEarly recognizes that a temporary failure was taken for a final error.
func gaveUpEarly(f *Finding) string {
	failed := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return (e.Status >= http.StatusInternalServerError || f.Expects(claim.Completion) && e.What == sandbox.Dropped) && !f.succeededAfter(e)
	})
	ended := f.ExpectsAnswer(http.StatusOK) && f.HasAnswerBetween(500, 509)
	if (ended || f.Expects(claim.Completion) && f.HasOutcome(claim.EndedBadly)) && failed && CountRefusals(f) == 0 {
		return "a request failed with a 5xx or got no answer, and the handler turned that temporary failure into a terminal error. Return the error unchanged, without a retry limit, so that Restate retries"
	}
	return ""
}

// succeededAfter reports whether a later request of the same kind about the same subject got
// an answer of 2xx.
func (f *Finding) succeededAfter(failed sandbox.Entry) bool {
	return slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.What == sandbox.Answer && e.Kind == failed.Kind && e.Subject == failed.Subject && e.Request > failed.Request && isBetween(e.Status, 200, 299)
	})
}

// emptyNameInRequest recognizes that a request to the outside world lacks a name or an
// id, or has one that cannot be one.
func emptyNameInRequest(f *Finding) string {
	if f.HasText("no such path or method") || f.HasText("order_id must match") || f.HasText("a key is 1 to 255 printable characters") {
		return "an id or a name in the request is empty, or has characters that it cannot have. Check where it comes from, and that its field has the JSON name that the caller uses"
	}
	return ""
}

// triedByCaller recognizes that Restate retried the judged handler and not the handler
// that it calls.
func triedByCaller(f *Finding) string {
	if !f.Expects(claim.Attempts) || f.Claim.Want.Count.N == 1 || strings.Replace(f.Where.Function, ".", "/", 1) == f.Claim.Of {
		return ""
	}
	failed := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Service+"."+a.Handler == f.Where.Function && strings.HasPrefix(a.End, "error") && len(a.Steps) > 0
	})
	if !failed {
		return ""
	}
	return "a step of " + strings.Replace(f.Where.Function, ".", "/", 1) + " failed, so Restate ran that whole handler again. Let " + f.Claim.Of + " send the request that can fail, because a called handler has attempts of its own"
}

// otherValueInRequest recognizes that a request contains a wrong value.
func otherValueInRequest(f *Finding) string {
	if !f.Expects(claim.Carried) {
		return ""
	}
	return "the " + claim.RequestNoun(f.Claim.Of) + " has the wrong " + claim.FieldNoun(f.Claim.Want.Field) + ". Check what your code puts into the request, and where that value comes from"
}

// fieldLeftEmpty recognizes that a field of the answer is empty without a replay.
func fieldLeftEmpty(f *Finding) string {
	empty := emptyField.MatchString(f.Claim.Got.Text) && !emptyField.MatchString(f.Claim.Want.JSON)
	if f.HasAnswerBody() && f.ExpectsBody() && (empty || leavesOut(f.Claim.Got.Text, f.Claim.Want.JSON)) {
		return "a field of the answer is empty. Fill in every field before you return the answer"
	}
	return ""
}

// leavesOut reports whether an object lacks fields of the wanted one, and differs in nothing
// else: JSON leaves out an empty field that has omitempty.
func leavesOut(got, want string) bool {
	var has, wanted map[string]any
	if json.Unmarshal([]byte(got), &has) != nil || json.Unmarshal([]byte(want), &wanted) != nil || len(has) == 0 || len(has) >= len(wanted) {
		return false
	}
	for name, value := range has {
		if !reflect.DeepEqual(value, wanted[name]) {
			return false
		}
	}
	return true
}

// notAsked recognizes that an expected request was not sent, or not sent again after
// its connection broke.
func notAsked(f *Finding) string {
	kind := f.claimedKind()
	if !f.hasNoRequest() || !slices.Contains(EffectKinds, kind) {
		return ""
	}
	broken := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Kind == kind && e.What == sandbox.Dropped })
	switch {
	case !slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Kind == kind && (f.Claim.For == "" || e.Subject == f.Claim.For) }):
		return "the outside world got no " + claim.RequestNoun(f.Claim.Of) + " with this order's id. Check that your code sends the request, and that the id is in it"
	case broken:
		return "the " + claim.RequestNoun(f.Claim.Of) + " got no answer, and your code did not send it again. Return the error, so that Restate retries: only an answer proves the effect"
	}
	return ""
}

// neverCalled recognizes that a handler was not called through Restate.
func neverCalled(f *Finding) string {
	if !f.Expects(claim.Attempts) && !f.Expects(claim.Invocations) || !f.HasCount(0) || f.Last != nil && f.Last.Status >= http.StatusBadRequest {
		return ""
	}
	return f.Claim.Of + " was not called through Restate. A handler has attempts of its own only if Restate calls the handler: use Request or Send, and no plain Go call"
}

// emptyKey recognizes that a handler waits for a call without an object key, which Restate
// accepts and never runs.
func emptyKey(f *Finding) string {
	calls := f.journaledCalls()
	if !f.Expects(claim.AnswerFrom) || !f.HasTimedOut() || len(calls) == 0 {
		return ""
	}
	last := calls[len(calls)-1]
	object := slices.ContainsFunc(f.Journal, func(e restate.Entry) bool {
		return e.Type == "Command: Call" && strings.Contains(e.JSON, `"VirtualObject":{"name":"`+last.Service+`","key":""`)
	})
	if last.Key != "" || !object {
		return ""
	}
	return "your code called " + last.Service + "/" + last.Handler + " with an empty object key, and waits for an answer that never comes. Give the call the key of its object"
}

// calledUnasked recognizes a call that the input does not ask for.
func calledUnasked(f *Finding) string {
	if f.ExpectsCount(claim.Invocations, "", 1) && f.Claim.Got.N > 1 && CountRefusals(f) == 0 && (!f.TriedAgain() || f.callsInJournal(f.Claim.Of) > 1) {
		return f.Claim.Of + " was called more than once, although its first call did not fail. One call is enough: use its answer"
	}
	if !f.ExpectsCount(claim.Invocations, "", 0) || !f.HasOutcome(claim.Counted) || f.Facts[Cancelled] || f.Last == nil || f.Last.Status != http.StatusOK {
		return ""
	}
	return f.Claim.Of + " was called, although the input of the call does not ask for that. Check the condition before the call"
}

// journaledCalls returns the calls that the journal has, in sequence. Their keys are empty if
// a service without keys was called.
func (f *Finding) journaledCalls() (all []Target) {
	for _, e := range f.Journal {
		var entry struct {
			Command map[string]struct {
				Target map[string]struct{ Name, Key, Handler string } `json:"invocation_target"`
			}
		}
		if json.Unmarshal([]byte(e.JSON), &entry) != nil {
			continue
		}
		for _, of := range entry.Command {
			for _, t := range of.Target {
				all = append(all, Target{t.Name, t.Key, t.Handler})
			}
		}
	}
	return all
}

// callsInJournal counts the calls of a handler, Service/Handler, in the journal.
func (f *Finding) callsInJournal(handler string) (n int) {
	for _, c := range f.journaledCalls() {
		if c.Service+"/"+c.Handler == handler {
			n++
		}
	}
	return n
}

// askedOnReplay recognizes that an attempt sent a request again although each of its
// steps was replayed.
func askedOnReplay(f *Finding) string {
	if !f.ExpectsCount(claim.Requests, "", 1) || f.HasCount(0) {
		return ""
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.N > 1 && len(a.Steps) > 0 && a.Replayed == len(a.Steps) && f.askedSinceBefore(a)
	}) {
		return "the " + claim.RequestNoun(f.Claim.Of) + " was sent again although every step was replayed, so it is in no step. Put the request into a restate.Run"
	}
	return ""
}

// askedSinceBefore reports whether a request of the claim's kind came after the end of the
// attempt before this one. If that time is not known, the answer is yes.
func (f *Finding) askedSinceBefore(a proxy.Attempt) bool {
	i := slices.IndexFunc(f.Attempts, func(b proxy.Attempt) bool { return b.Invocation == a.Invocation && b.N == a.N-1 })
	if i < 0 || f.Attempts[i].Over.IsZero() {
		return true
	}
	return slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.What == sandbox.Request && e.Kind == f.claimedKind() && e.T.After(f.Attempts[i].Over.Truncate(time.Millisecond))
	})
}

// tooFewSteps recognizes that the program never creates the step that a fault waits
// for.
func tooFewSteps(f *Finding) string {
	finished := f.Last == nil || f.Last.Status == http.StatusOK || CountRefusals(f) > 0 // and was not ended by another mistake
	if finished && f.Expects(claim.FaultPlace) && f.HasOutcome(claim.NotReached) && f.Claim.Want.Message == proxy.Result.String() {
		return "the program ran fewer steps than the check needs. Put each request to the outside world, and each query, into a restate.Run of its own"
	}
	return ""
}

// unknownCall recognizes that Restate has no trace of a one-way call.
func unknownCall(f *Finding) string {
	if f.HasOutcome(claim.NotCalled) {
		return "Restate got no call of " + f.Claim.Of + ". Send the call through Restate: a goroutine or a plain Go call is lost when the program dies"
	}
	return ""
}

// outsideOfSteps recognizes that the judged handler runs no step, and that the outside
// world got more requests than the steps of other handlers sent.
func outsideOfSteps(f *Finding) string {
	service, handler, ok := strings.Cut(f.Where.Function, ".")
	ran, own, asked := 0, 0, 0
	for _, a := range f.Attempts {
		for _, step := range a.Steps {
			if step.How != "replayed" {
				ran++
			}
		}
		if a.Service == service && a.Handler == handler {
			own++
			ok = ok && len(a.Steps) == 0
		}
	}
	for _, kind := range append([]sandbox.Kind{sandbox.Price}, EffectKinds...) {
		asked += sandbox.Requests(f.Ledger, kind)
	}
	if ok && own > 0 && asked > ran {
		return askedOutsideWhy
	}
	return ""
}

// priceOfOne recognizes that an amount is the price of one piece.
func priceOfOne(f *Finding) string {
	var want, got struct {
		Amount int64 `json:"amount_cents"`
	}
	var asked struct{ Quantity int64 }
	if f.Last == nil || !f.HasAnswerBody() || json.Unmarshal([]byte(f.Last.Body), &asked) != nil || asked.Quantity < 2 {
		return ""
	}
	if json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil || json.Unmarshal([]byte(f.Claim.Got.Text), &got) != nil {
		return ""
	}
	if want.Amount > 0 && want.Amount == asked.Quantity*got.Amount {
		return "the amount is the price of one piece. Return the amount for the whole quantity"
	}
	return ""
}
