package cause

import (
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
)

// Rules about workflows: the run, promises, and the row of an order.

// twoRuns recognizes that the SDK does not serve a workflow with two runs.
func twoRuns(f *Finding) string {
	if f.HasText("found more than one WorkflowContext argument") {
		return "more than one handler of the workflow takes a WorkflowContext, which only its main handler can take. Give every other handler a WorkflowSharedContext"
	}
	return ""
}

// runsItself recognizes that the program itself called a workflow's run a second time.
func runsItself(f *Finding) string {
	if f.Last == nil || f.timesCalled(f.Last.Target()) > 1 || !f.HasAnswerWith(http.StatusConflict, "the workflow method was already invoked") {
		return ""
	}
	return "your code called the workflow's main handler a second time with the same object key, and Restate refused the call with 409. Continue the work in the first call instead"
}

// refusedByOther recognizes that a handler of another service refused its input.
func refusedByOther(f *Finding) string {
	if !f.HasAnswer(http.StatusBadRequest) && !(f.HasOutcome(claim.EndedBadly) && strings.HasPrefix(f.Claim.Got.Text, "[400]")) {
		return ""
	}
	service, _, ok := strings.Cut(f.Where.Function, ".")
	other := func(a proxy.Attempt) bool { return a.Service != service && a.End == "done" && len(a.Steps) == 0 }
	if !ok || !slices.ContainsFunc(f.Attempts, other) {
		return ""
	}
	return "the called service refused its input, and the message says why. Check the object key of the call, and the values that you send"
}

// keptInMemory recognizes that the program was killed, and that an answer from its
// memory is gone.
func keptInMemory(f *Finding) string {
	if f.Facts[KilledProgram] && f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusNotFound) && f.Last != nil && !f.ranSteps(f.Last.Target()) && !f.lookedAtState() {
		return "the handler looked in a variable, which was lost when the program was killed. Read the row or the state that Restate stores"
	}
	return ""
}

// ranSteps reports whether a handler ran a step.
func (f *Finding) ranSteps(t Target) bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return t == Target{a.Service, a.Key, a.Handler} && len(a.Steps) > 0
	})
}

// toldTwice recognizes that a second resolve of a promise was accepted.
func toldTwice(f *Finding) string {
	if f.ExpectsAnswer(http.StatusConflict) && f.HasAnswer(http.StatusOK) && f.Last != nil && !f.Last.Run && f.timesCalled(f.Last.Target()) > 1 {
		return "a second call was accepted, although a promise can be resolved only once. Use one promise for all answers, and return the error of Resolve"
	}
	return ""
}

// EndedInError reports whether an attempt ended in an error of the handler itself,
// after all its steps.
func (f *Finding) EndedInError() bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return strings.HasPrefix(a.End, "error: ") && a.HasStepsDone() && !a.Panicked
	})
}
