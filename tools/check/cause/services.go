package cause

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about services: how they are bound, named and called, what their types
// look like in JSON, and which errors are final.

// diedInGoroutine recognizes that the program died in a goroutine that the judged
// function began. In the handler itself a panic is recovered, and retried.
func diedInGoroutine(f *Finding) string {
	switch {
	case !f.Where.IsInTrace(f.Trace):
		return ""
	case strings.Contains(f.Trace, "sdk-go/internal/"):
		return "a goroutine used ctx, which only the handler itself may use, and the whole program died. Use restate.RunAsync, RequestFuture and restate.Wait for parallel work"
	}
	return "a panic in a goroutine ended the whole program. Do that work in the handler itself, in which a panic ends only one attempt"
}

// calledInsideStep reports whether an invocation that cannot be replayed has made
// a call while its step was run.
func (f *Finding) calledInsideStep() bool {
	for _, entries := range f.Unreplayable {
		steps := 0
		for _, e := range entries {
			switch e.Type {
			case "Command: Run":
				steps++
			case "Notification: Run":
				steps--
			case "Command: Call", "Command: OneWayCall", "Command: Sleep":
				if steps > 0 {
					return true
				}
			}
		}
	}
	return false
}

// handlerHangs recognizes that a plain service's handler runs, gives no answer, and
// nothing that Restate or the outside world knows of keeps it waiting.
func handlerHangs(f *Finding) string {
	if !f.HasTimedOut() || f.Last != nil && f.Last.Key != "" {
		return ""
	}
	for _, a := range f.Attempts {
		if a.End != "" || a.Key != "" {
			continue
		}
		if len(a.Steps) == 0 || a.Steps[len(a.Steps)-1].IsDone() {
			return hangsWhy
		}
	}
	return ""
}

// waitsInsideStep recognizes that the journal has a wait, or a call, where none can
// be.
func waitsInsideStep(f *Finding) string {
	if f.HasText("'await' could not be replayed") || f.isNotReplayable() && f.calledInsideStep() {
		return "a step's function uses the handler's ctx. Inside the function use only the step's own context, and call other handlers outside of steps"
	}
	return ""
}

// notServed recognizes that Restate knows no such service or handler, from the first.
func notServed(f *Finding) string {
	switch {
	case !f.HasText("not found"):
	case f.HasAnswerWith(http.StatusNotFound, "service '"):
		return "Restate knows no service with this name. Bind the service in main.go; its name is the name of its Go type"
	case f.HasAnswerWith(http.StatusNotFound, "the service '"):
		return "the service has no handler with this name. A handler is an exported method; if you bind a T, Restate does not see the methods of *T"
	case f.HasText("failed precondition: the service handler"):
		return "your code calls a service or handler that does not exist. Use the exact Go names of type and method, and bind the service in main.go"
	}
	return ""
}

// otherTypes recognizes that what was sent, or came back, is not what was expected
// there.
func otherTypes(f *Finding) string {
	switch {
	case f.HasText("could not be decoded into handler input type"):
		return "the handler that you call cannot decode its input. Give Request a value whose JSON has the fields of that handler's input"
	case f.HasText("failed to unmarshal call result"):
		return "the answer of the call does not fit the type in your code, such as T in restate.Service[T]. Use the type that the called handler returns"
	}
	return ""
}

// jsonNames recognizes that the answer's fields are named as Go names them, or not at
// all.
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
	if len(fields) == 0 && !neverBegun(f) {
		return "the answer has no fields, because JSON contains only exported ones. Begin the name of each field with a capital letter"
	}
	return ""
}

// stepNeverRun recognizes that an attempt is done, and a step of its was announced
// only.
func stepNeverRun(f *Finding) string {
	if f.HasAnswer(http.StatusOK) && neverBegun(f) {
		return "a step never ran, because nothing waits for it. restate.RunAsync does not start a step: wait for the step with restate.Wait or Result"
	}
	return ""
}

func neverBegun(f *Finding) bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.End == "done" && slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How == "begun" })
	})
}

var emptyField = regexp.MustCompile(`:(0|""|null)[,}]`)

// emptyAfterReplay recognizes that a field is empty in an answer that a replay gave.
func emptyAfterReplay(f *Finding) string {
	if !f.HasAnswerBody() || !emptyField.MatchString(f.Claim.Got.Text) || emptyField.MatchString(f.Claim.Want.JSON) {
		return ""
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Replayed > 0 }) {
		return capturedWhy
	}
	return ""
}

// CountRefusals counts the times that the outside world has said no for good.
func CountRefusals(f *Finding) (n int) {
	for _, e := range f.Ledger {
		if IsRefusal(e) {
			n++
		}
	}
	return n
}

// IsRefusal reports whether a ledger entry is a no that is final, a status of 4xx.
func IsRefusal(e sandbox.Entry) bool {
	return e.What == sandbox.Answer && 400 <= e.Status && e.Status < 500
}

// retriesFinal recognizes that a no that is final is taken for a failure that may
// pass.
func retriesFinal(f *Finding) string {
	if !f.HasOutcome(claim.Retried) {
		return ""
	}
	if f.Expects(claim.Refusal) {
		return "an invalid request is retried, although it stays invalid. Return a terminal error, because only a terminal error ends the retries"
	}
	switch n := CountRefusals(f); {
	case n > 1:
		return "the request was refused (4xx) and then sent again, although a refusal is final. Make the error terminal inside the step's function, and wrap it only with %w"
	case n == 1 && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Panicked }):
		return "the request was refused, but the code panicked, and Restate retries every panic. Return the error instead"
	case n == 1:
		return "your code turned a terminal error into a retryable one. Return the original error, or wrap it with %w"
	}
	return ""
}

// asksAgain recognizes that one attempt called again what had said no for good.
func asksAgain(f *Finding) string {
	again := f.HasOutcome(claim.CallsOnAndOn) || f.Expects(claim.Invocations) && f.Claim.Want.Count.N == 1
	if again && CountRefusals(f) > 1 {
		return "your code repeated a call after Request had returned an error. Such an error is final, because the retries are over: return it"
	}
	return ""
}

// errorSwallowed recognizes that the answer should be an error and is none.
func errorSwallowed(f *Finding) string {
	if !f.ExpectsNo() || !f.HasAnswerBody() || CountRefusals(f) == 0 {
		return ""
	}
	return droppedWhy
}

// gaveUpEarly recognizes that a failure that may pass was taken for final.
func gaveUpEarly(f *Finding) string {
	failed := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Status >= http.StatusInternalServerError })
	if f.ExpectsAnswer(http.StatusOK) && f.HasAnswerBetween(500, 509) && failed {
		return "a request failed with a 5xx, and the handler treated that temporary failure as final. Return the error unchanged, so that Restate retries"
	}
	return ""
}

// emptyNameInRequest recognizes that the outside world was asked for something without
// a name.
func emptyNameInRequest(f *Finding) string {
	if f.HasText("no such path or method") || f.HasText("order_id must match") {
		return "an id or a name in the request is empty. Check that your code sets it, and that its field has the JSON name that the caller uses"
	}
	return ""
}

// triedByCaller recognizes that the judged handler was tried again where the one that
// it calls should have been.
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
	return "a step of " + f.Where.Function + " failed, so Restate ran that whole handler again. Leave the request that can fail to " + f.Claim.Of + ", which has attempts of its own"
}

// otherValueInRequest recognizes that a request was made, and something else stands in
// it.
func otherValueInRequest(f *Finding) string {
	if !f.Expects(claim.Carried) {
		return ""
	}
	return "the " + f.Claim.Of + " request has the wrong " + f.Claim.Want.Field + ". Check what your code puts into the request, and where that value comes from"
}

// fieldLeftEmpty recognizes that a field of the answer is empty, and no replay is to
// blame.
func fieldLeftEmpty(f *Finding) string {
	if f.HasAnswerBody() && emptyField.MatchString(f.Claim.Got.Text) && f.ExpectsBody() && !emptyField.MatchString(f.Claim.Want.JSON) {
		return "a field of the answer is empty. Fill in every field before you return the answer"
	}
	return ""
}

// notAsked recognizes that something should have been asked for, and was not, or not
// again when the request was broken off.
func notAsked(f *Finding) string {
	kind := f.claimedKind()
	if !f.hasNoRequest() || !slices.Contains(EffectKinds, kind) {
		return ""
	}
	broken := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return e.Kind == kind && e.What == sandbox.Dropped })
	switch {
	case sandbox.Requests(f.Ledger, kind) == 0:
		return "the outside world got no " + f.Claim.Of + " request with this order's id. Check that your code sends the request, and that the id is in it"
	case broken:
		return "the " + f.Claim.Of + " request got no answer, and your code did not send it again. Return the error, so that Restate retries: only an answer proves the effect"
	}
	return ""
}

// neverCalled recognizes that a handler that should have been called through Restate
// was not.
func neverCalled(f *Finding) string {
	if !f.Expects(claim.Attempts) && !f.Expects(claim.Invocations) || !f.HasCount(0) {
		return ""
	}
	return f.Claim.Of + " was not called through Restate: a plain Go call, or the same work in the caller, gets no attempts of its own. Call the handler with Request or Send"
}

// askedOnReplay recognizes that an attempt that had every step's result asked once
// more.
func askedOnReplay(f *Finding) string {
	if !f.ExpectsCount(claim.Requests, "", 1) || f.HasCount(0) {
		return ""
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.N > 1 && len(a.Steps) > 0 && a.Replayed == len(a.Steps) }) {
		return "the " + f.Claim.Of + " request was sent again although every step was replayed, so it is in no step. Put the request into a restate.Run"
	}
	return ""
}

// tooFewSteps recognizes that a step that a fault waits for is never announced.
func tooFewSteps(f *Finding) string {
	if f.Expects(claim.FaultPlace) && f.HasOutcome(claim.NotReached) && f.Claim.Want.Message == proxy.Result.String() {
		return "the program ran fewer steps than the check needs. Put each request to the outside world, and each query, into a restate.Run of its own"
	}
	return ""
}

// unknownCall recognizes that a one-way call that should have been made is not in any
// table.
func unknownCall(f *Finding) string {
	if f.HasOutcome(claim.NotCalled) {
		return "Restate got no call of " + f.Claim.Of + ". Send the call through Restate: a goroutine or a plain Go call is lost when the program dies"
	}
	return ""
}

// outsideOfSteps recognizes that the handler that is judged has no step at all, and
// the world was asked for more than the steps of others account for.
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

// priceOfOne recognizes that an amount is that of one piece.
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
