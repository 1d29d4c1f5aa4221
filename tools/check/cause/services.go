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
		return "a goroutine uses ctx, and only the handler itself may: restate.RunAsync, RequestFuture and restate.Wait do several things at once"
	}
	return "a panic in a goroutine ends the whole program, and all that it was at; in the handler itself it would end one attempt"
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
		return "the function of a step uses ctx: it has a context of its own, and calls to other handlers stand outside of steps"
	}
	return ""
}

// notServed recognizes that Restate knows no such service or handler, from the first.
func notServed(f *Finding) string {
	switch {
	case !f.HasText("not found"):
	case f.HasAnswerWith(http.StatusNotFound, "service '"):
		return "no service of that name is bound in main.go; a service is called what its Go type is called"
	case f.HasAnswerWith(http.StatusNotFound, "the service '"):
		return "a handler is an exported method, called what the method is called; one of *T is missed where a T is bound"
	case f.HasText("failed precondition: the service handler"):
		return "nothing of that name can be called: a name is Service and Method, letter for letter, of a service that main.go binds"
	}
	return ""
}

// otherTypes recognizes that what was sent, or came back, is not what was expected
// there.
func otherTypes(f *Finding) string {
	switch {
	case f.HasText("could not be decoded into handler input type"):
		return "what Request is given goes to the handler as JSON: its fields must be those of the handler's input"
	case f.HasText("failed to unmarshal call result"):
		return "the type in restate.Service[T] is that of the answer: the handler that is called answers something else"
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
			return "in JSON a field is called what its Go name is, unless a tag says otherwise: `json:\"amount_cents\"`"
		}
	}
	if len(fields) == 0 && !neverBegun(f) {
		return "JSON has exported fields only: their names begin with a capital letter"
	}
	return ""
}

// stepNeverRun recognizes that an attempt is done, and a step of its was announced
// only.
func stepNeverRun(f *Finding) string {
	if f.HasAnswer(http.StatusOK) && neverBegun(f) {
		return "a step that nobody waits for is not run: RunAsync begins nothing, restate.Wait and Result do"
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
		return "what makes no sense will make none on the tenth try: only a terminal error ends the retries"
	}
	switch n := CountRefusals(f); {
	case n > 1:
		return "the answer is no, and stays no: only a terminal error ends the retries, made where the step's own function returns it, and wrapped with %w if at all"
	case n == 1 && slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Panicked }):
		return "the answer is no, and a panic is retried like any other error, whatever is in it: return the error"
	case n == 1:
		return "the error that came back was final, and another was made of it that is not: hand it on as it is, or wrap it with %w"
	}
	return ""
}

// asksAgain recognizes that one attempt called again what had said no for good.
func asksAgain(f *Finding) string {
	again := f.HasOutcome(claim.CallsOnAndOn) || f.Expects(claim.Invocations) && f.Claim.Want.Count.N == 1
	if again && CountRefusals(f) > 1 {
		return "an error that Request returns is final, all retries are over: hand it on, don't ask again"
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
		return "the other end was away for a moment, and the handler took that for a final no: return the error as it is, then it is tried again"
	}
	return ""
}

// emptyNameInRequest recognizes that the outside world was asked for something without
// a name.
func emptyNameInRequest(f *Finding) string {
	if f.HasText("no such path or method") || f.HasText("order_id must match") {
		return "a name in the request is empty: is it filled in, and is its field called in JSON what the caller calls it?"
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
	return "a step of " + f.Where.Function + " itself has failed, so all of it is tried again: leave what may fail to " + f.Claim.Of + ", whose attempts are nobody else's"
}

// otherValueInRequest recognizes that a request was made, and something else stands in
// it.
func otherValueInRequest(f *Finding) string {
	if !f.Expects(claim.Carried) {
		return ""
	}
	return "the " + f.Claim.Want.Field + " of the " + f.Claim.Of + " is not the one that belongs there: look at what goes into the request, and at where that comes from"
}

// fieldLeftEmpty recognizes that a field of the answer is empty, and no replay is to
// blame.
func fieldLeftEmpty(f *Finding) string {
	if f.HasAnswerBody() && emptyField.MatchString(f.Claim.Got.Text) && f.ExpectsBody() && !emptyField.MatchString(f.Claim.Want.JSON) {
		return "a field of the answer was left empty"
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
		return "no " + f.Claim.Of + " was asked for with this order's id: is the request made at all, and is the id in it?"
	case broken:
		return "a request of " + f.Claim.Of + " was broken off before it was done, and nobody asked again: only an answer says that it was done"
	}
	return ""
}

// neverCalled recognizes that a handler that should have been called through Restate
// was not.
func neverCalled(f *Finding) string {
	if !f.Expects(claim.Attempts) && !f.Expects(claim.Invocations) || !f.HasCount(0) {
		return ""
	}
	return "nobody called " + f.Claim.Of + " through Restate: a plain Go call, or the same work done here, makes it part of the caller's own attempts"
}

// askedOnReplay recognizes that an attempt that had every step's result asked once
// more.
func askedOnReplay(f *Finding) string {
	if !f.ExpectsCount(claim.Requests, "", 1) || f.HasCount(0) {
		return ""
	}
	if slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.N > 1 && len(a.Steps) > 0 && a.Replayed == len(a.Steps) }) {
		return f.Claim.Of + " was asked again when every step was replayed: it stands outside of them, so put it into a restate.Run"
	}
	return ""
}

// tooFewSteps recognizes that a step that a fault waits for is never announced.
func tooFewSteps(f *Finding) string {
	if f.Expects(claim.FaultPlace) && f.HasOutcome(claim.NotReached) && f.Claim.Want.Message == proxy.Result.String() {
		return "there are fewer steps than that: each request to the outside, and each query, belongs into a restate.Run of its own"
	}
	return ""
}

// unknownCall recognizes that a one-way call that should have been made is not in any
// table.
func unknownCall(f *Finding) string {
	if f.HasOutcome(claim.NotCalled) {
		return "Restate knows of no such call: a goroutine or a plain Go call is not one, and dies with the program"
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
		return "that is the price of one piece, and the amount is to be that of all of them"
	}
	return ""
}
