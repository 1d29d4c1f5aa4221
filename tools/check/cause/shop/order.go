package shop

import (
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// Rules about the conditions in an order: which order is refused, and which one goes on.

// refusedApproved recognizes that a person has approved an order, and that the order then
// ended as one that nobody had approved.
func refusedApproved(f *cause.Finding) string {
	late := slices.ContainsFunc(f.Journal, func(e restate.Entry) bool { return e.Type == "Notification: Sleep" })
	refused := f.HasAnswer(http.StatusForbidden) || f.HasAnswer(http.StatusRequestTimeout) && len(f.Journal) > 0 && !late
	if f.ExpectsBody() && f.Last != nil && f.Last.Run && refused && isApproved(f) {
		return "Approve was called with approved true, and the order was refused all the same. In approve(), check what each condition tests, and what WaitFirst returns"
	}
	return ""
}

// isApproved reports whether a person has approved the order of the last call.
func isApproved(f *cause.Finding) bool {
	return slices.ContainsFunc(f.Calls, func(c cause.Call) bool {
		return c.Handler == "Approve" && c.Key == f.Last.Key && c.Status == http.StatusOK && strings.Contains(c.Body, `"approved":true`)
	})
}

// usedCodes are the codes with which a handler of the shop refuses.
var usedCodes = []int{400, 402, 403, 404, 408, 409, 422, 500, 502, 504}

// otherCode recognizes that a handler refused what it had to refuse, with a code that the
// shop does not have. Any other code may come from another condition.
func otherCode(f *cause.Finding) string {
	got := f.Claim.Got.Status
	passedOn := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool { return cause.IsRefusal(e) && e.Status == got })
	refuses := ofPayment(f) || slices.ContainsFunc(f.Calls, func(c cause.Call) bool { return c.Workflow })
	no := refuses && f.Expects(claim.Answer) && f.Claim.Want.Status >= http.StatusBadRequest
	if no && f.HasAnswerBetween(400, 599) && !slices.Contains(usedCodes, got) && !passedOn && !f.Facts[cause.Cancelled] {
		return "the call was refused with a code that no caller knows. Give refuse() the code that the task asks for"
	}
	return ""
}

// rowOverlooked recognizes that Status answered 404 although the order's row was there:
// CreateOrder has run its first step, or another program has inserted the row.
func rowOverlooked(f *cause.Finding) string {
	if f.Last == nil || f.Last.Handler != "Status" || !f.ExpectsBody() || !f.HasAnswer(http.StatusNotFound) || f.Facts[cause.KilledProgram] {
		return ""
	}
	begun := f.Facts[cause.Changed] || slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Handler == "CreateOrder" && a.Key == f.Last.Key && len(a.Steps) > 0 && a.Steps[0].How == "ok"
	})
	if !begun {
		return ""
	}
	for _, a := range f.Attempts {
		if a.Handler == "Status" && len(a.Steps) > 0 {
			return "Status answered 404, although the order has a row. Check what its step returns, and that it refuses only if there is no row"
		}
	}
	return "Status answered 404 without a step, although the order has a row. Look the row up in a step, with FindOrder"
}

// isNew reports whether the last call is the run of an order that was new, and that came no
// further than to its first step, which writes the row.
func isNew(f *cause.Finding) bool {
	if f.Last == nil || !f.Last.Run || f.Facts[cause.Changed] || f.Facts[cause.Purged] || f.Facts[cause.Cancelled] {
		return false
	}
	own := 0
	for _, a := range f.Attempts {
		if a.Key != f.Last.Key || a.Handler != f.Last.Handler || len(a.Steps) != 1 || !a.HasStepsDone() || a.Steps[0].How == "failed for good" {
			return false
		}
		own++
	}
	return own > 0
}

// storedTooSoon recognizes that a new order got the answer PENDING, without a stage.
func storedTooSoon(f *cause.Finding) string {
	if f.ExpectsBody() && f.HasAnswerBody() && isNew(f) && slices.Equal(answerStatus(f.Claim.Got.Text), []string{"PENDING"}) {
		return "CreateOrder answered PENDING, and called neither Payment nor Shipping. If it took the row of begin() for a finished order: only COMPLETED and FAILED mean that"
	}
	return ""
}

// refusedAtOnce recognizes that a new order was refused after its row was written and before
// Payment was called. An order that needs an approval may have been refused by approve.
func refusedAtOnce(f *cause.Finding) string {
	odd := f.HasAnswer(http.StatusInternalServerError) && f.HasText(`"code":0`)
	if f.ExpectsBody() && (odd || f.HasAnswerBetween(400, 499)) && isNew(f) && amount(*f.Last) < 100_000 {
		return "CreateOrder wrote the row of a new order, and refused the order before it called Payment. Check the conditions between the two: which one is true for a new order?"
	}
	return ""
}

// chargedBeforeApproval recognizes that a large order was charged before a person had
// approved it.
func chargedBeforeApproval(f *cause.Finding) string {
	if f.Where.Function == "Order.approve" && f.ExpectsCount(claim.Requests, "charge", 0) && f.Claim.Got.N > 0 {
		return "the order was charged although nobody had approved it. In CreateOrder, call approve() first, and fulfil() only if approve() returned no error"
	}
	return ""
}
