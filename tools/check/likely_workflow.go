package check

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about workflows: what runs once, what is waited for, and what its row
// and its end have to say.

// purged: Restate was made to forget a call.
const purged = "purged"

// aboutWorkflow is the first of the rules about workflows that fits, where the
// script has called one.
func aboutWorkflow(s *Script) string {
	if !s.calledWorkflow() {
		return ""
	}
	for _, rule := range workflowRules {
		if why := rule(s); why != "" {
			return why
		}
	}
	return ""
}

var workflowRules = []func(*Script) string{
	runsItself,
	refusedByOther,
	rowNotAsked,
	tooMuchSaid,
	otherReason,
	nothingThere,
	keptInMemory,
	tooEarlyToTell,
	toldTwice,
	wentOnWithout,
	failedInSecret,
	nothingToKeep,
	notFinal,
	foundItsOwn,
	shippedUnpaid,
	undoneByDefer,
}

// calledWorkflow says whether one of the script's calls was a workflow's.
func (s *Script) calledWorkflow() bool {
	for _, c := range s.calls {
		if s.world.isWorkflow(c.target.service) {
			return true
		}
	}
	return false
}

// twoRuns: the SDK does not serve a workflow that has two runs.
func twoRuns(s *Script) string {
	if strings.Contains(s.got, "found more than one WorkflowContext argument") {
		return "one handler has a WorkflowContext, the one that is run once; whoever runs beside it has a WorkflowSharedContext"
	}
	return ""
}

// runsItself: nobody but the run itself can have called it a second time.
func runsItself(s *Script) string {
	if s.last == nil || s.timesCalled(s.last.target) > 1 || !strings.HasPrefix(s.got, "409 the workflow method was already invoked") {
		return ""
	}
	return "a workflow's run is taken once for each key, and it has begun: it can't begin itself once more"
}

// timesCalled is how often the script has called a target so far.
func (s *Script) timesCalled(t target) (n int) {
	for _, c := range s.calls {
		if c.target == t {
			n++
		}
	}
	return n
}

// refusedByOther: a handler of another service has refused what it was called
// with.
func refusedByOther(s *Script) string {
	if !strings.HasPrefix(s.got, "400 ") && !strings.HasPrefix(s.got, "it ended with [400]") {
		return ""
	}
	service, _, ok := strings.Cut(s.where.function, ".")
	other := func(a proxy.Attempt) bool { return a.Service != service && a.End == "done" && len(a.Steps) == 0 }
	if !ok || !slices.ContainsFunc(s.tries, other) {
		return ""
	}
	return "the service that was called refuses this, and says why: look at the key it was called with, and at what was sent"
}

// rowNotAsked: Restate does not know the order any more, its row does, and the
// row was not asked.
func rowNotAsked(s *Script) string {
	if !s.saw[purged] && !s.saw[Changed] {
		return ""
	}
	switch {
	case strings.HasPrefix(s.expected, "1 invocation of ") && s.got == "2":
		return "Restate has forgotten the order, its row has not: what begin returns says how far it is, so look at that before anything is done"
	case s.saw[purged] && s.expected == "409" && strings.HasPrefix(s.got, "200 "):
		return "an order with this id is there, for another amount: compare what begin returns with what is asked for"
	case s.saw[Changed] && strings.HasPrefix(s.expected, "4") && strings.HasPrefix(s.got, "200 "):
		return "the row says FAILED, and that is an error for this caller too: refuse, with the code and the reason in known.Failure"
	}
	return ""
}

// progress are an order's statuses, on its way.
var onTheWay = []string{"PENDING", "PAID", "SHIPPED", "COMPLETED"}

// tooMuchSaid: a status is ahead of what has happened, or behind.
func tooMuchSaid(s *Script) string {
	want, got := howFar(s.expected), howFar(s.got)
	switch {
	case want < 0 || got < 0:
		return ""
	case got > want:
		return "that says more than has happened: a status is set after the call that makes it true, not before"
	case got < want:
		return "that says less than has happened: write each status right after the call that makes it true"
	}
	return ""
}

// howFar is the place in progress of the one status that an answer or a row
// has, or -1.
func howFar(text string) int {
	if all := statusesOf(text); len(all) == 1 {
		return slices.Index(onTheWay, all[0])
	}
	body, ok := strings.CutPrefix(text, "200 ")
	var answer struct{ Status string }
	if !ok || json.Unmarshal([]byte(body), &answer) != nil {
		return -1
	}
	return slices.Index(onTheWay, answer.Status)
}

// otherReason: the row is FAILED, as it should be, and says another reason.
func otherReason(s *Script) string {
	failed := func(text string) bool { return slices.Equal(statusesOf(text), []string{"FAILED"}) }
	if aboutRows(s) && failed(s.expected) && failed(s.got) {
		return "who asks the row must be told what the caller was told: failure makes code and reason of the error"
	}
	return ""
}

// nothingThere: an answer about what is not there.
func nothingThere(s *Script) string {
	if s.expected == "404" && strings.HasPrefix(s.got, "200 ") {
		return "what is not there is no error by itself: FindOrder gives nil, Get a zero value. to refuse it, 404, is yours to write"
	}
	return ""
}

// keptInMemory: the program was killed, and what was there is not.
func keptInMemory(s *Script) string {
	killed := slices.ContainsFunc(s.did, func(did string) bool { return strings.HasPrefix(did, "killed the program") })
	if killed && strings.HasPrefix(s.expected, "200") && strings.HasPrefix(s.got, "404 ") {
		return "a variable dies with its process: what is to be known later comes from the row, or from Restate's state"
	}
	return ""
}

// tooEarlyToTell: a handler beside the run has refused, since the run was not
// begun.
func tooEarlyToTell(s *Script) string {
	begun := slices.ContainsFunc(sortedKeys(s.calls), func(name string) bool { return s.calls[name].key == "" })
	if !begun && strings.HasPrefix(s.expected, "200") && strings.HasPrefix(s.got, "4") {
		return "what is told before the order is placed must be kept until it is: a promise can be resolved before anybody waits for it"
	}
	return ""
}

// toldTwice: a second word was taken.
func toldTwice(s *Script) string {
	if s.expected == "409" && strings.HasPrefix(s.got, "200") && s.last != nil && s.last.key != "" && s.timesCalled(s.last.target) > 1 {
		return "a promise is resolved once, and what Resolve returns the second time is an error: hand it on, and have one promise for both words"
	}
	return ""
}

// wentOnWithout: nobody has said yes, and the order was paid for all the same.
func wentOnWithout(s *Script) string {
	if !strings.HasPrefix(s.got, "200 ") || !s.askedToPay() {
		return ""
	}
	switch s.expected {
	case "403":
		return "a no resolves the promise just as a yes does: look at what was said, and at whether approve's error is returned"
	case "408":
		return "time was up, and that was taken for a yes: look at which of the two WaitFirst returns, promise or timer, and at whether approve's error is returned"
	}
	return ""
}

// askedToPay says whether Payment was called for the order that was answered
// last.
func (s *Script) askedToPay() bool {
	return s.last != nil && slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool {
		return a.Handler == "ProcessPayment" && a.Key == "pay-"+s.last.target.key
	})
}

// failedInSecret: the run has not gone on after an error, and its caller hears
// of none.
func failedInSecret(s *Script) string {
	if s.last == nil || s.last.key != "" || s.saw[cancelled] || s.askedToPay() {
		return ""
	}
	if strings.HasPrefix(s.expected, "4") && strings.HasPrefix(s.got, "200 ") {
		return s.badEnd()
	}
	return ""
}

// badEnd is said where an answer of 200 should have been an error.
func (s *Script) badEnd() string {
	what := "order"
	if s.last.target.service == "Payment" {
		what = "payment"
	}
	return "the " + what + " has come to a bad end, and its caller is told that all is well: return the error"
}

// nothingToKeep: the reason was to be written down of an error that is not
// terminal, and failure found none in it.
func nothingToKeep(s *Script) string {
	nothing := strings.HasPrefix(s.got, "Order/CreateOrder ") && strings.Contains(s.got, "panic occurred while executing Run: runtime error: invalid memory address")
	if nothing && strings.Contains(s.got, stillRetried) {
		return "failure takes a terminal error apart, and was given one that is not: hand on what came back as it is, or wrap it with %w"
	}
	return ""
}

// notFinal: every attempt has come to its end, and that was an error, with
// every step done and nobody else to blame.
func notFinal(s *Script) string {
	if !strings.Contains(s.got, stillRetried) || s.saw[cancelled] || s.failing > 0 || strings.Contains(s.got, "constraint failed") {
		return ""
	}
	blamed := slices.ContainsFunc(s.ledger, func(e sandbox.Entry) bool { return e.Status >= http.StatusBadRequest })
	if !blamed && s.endedInError() {
		return notFinalWhy
	}
	return ""
}

const notFinalWhy = "the handler returns an error that is not terminal, and so is run again and again: refuse makes one that is, and %w keeps it so"

// endedInError says whether an attempt has ended in an error that was none of a
// step's.
func (s *Script) endedInError() bool {
	return slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool {
		return strings.HasPrefix(a.End, "error: ") && finished(a) && !a.Panicked
	})
}

// foundItsOwn: a step ran twice, and what should have followed did not.
func foundItsOwn(s *Script) string {
	if !strings.HasPrefix(s.expected, "Payment/Refund ") || s.got != nobodyCalled {
		return ""
	}
	for _, a := range s.tries {
		if a.End == "cut" && !finished(a) {
			return "a step's result was lost, so the step ran twice, and found what it had written itself: what comes next must not depend on who wrote it"
		}
	}
	return ""
}

// shippedUnpaid: Shipping was called before Payment has answered.
func shippedUnpaid(s *Script) string {
	if s.expected == "0 invocations of Shipping/CreateShipment" && s.got != "0" {
		return "the carrier was asked, and the payment is not done yet: each call needs the answer of the one before it"
	}
	return ""
}

// undoneByDefer: an attempt ended before its time, and something was undone; or
// Payment was asked to.
func undoneByDefer(s *Script) string {
	if !strings.HasPrefix(s.expected, "0 refunds ") || s.got == "0" {
		return ""
	}
	switch {
	case slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.Handler == "Refund" }):
		return "nothing had failed, and Payment was asked to refund"
	case s.triedAgain():
		return deferredWhy
	}
	return ""
}
