package shop

import (
	"encoding/json"
	"net/http"
	"slices"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about the answer of a payment: whether it agrees with what the gateway has answered.

// takenForDecline recognizes that the caller got the code of a decline, and that the gateway
// has not declined the card.
func takenForDecline(f *cause.Finding) string {
	wants := f.ExpectsAnswer(http.StatusUnprocessableEntity) || f.ExpectsAnswer(http.StatusBadGateway)
	declined := func(e sandbox.Entry) bool { return e.Kind == sandbox.Charge && e.Status == http.StatusPaymentRequired }
	if !ofPayment(f) || !wants || !f.HasAnswer(http.StatusPaymentRequired) || slices.ContainsFunc(f.Ledger, declined) {
		return ""
	}
	return "the caller got a 402, but the gateway has not declined the card. Refuse with a 402 only for a decline, and with the code of the task for everything else"
}

// foundIsFailed recognizes that a lookup of the last attempt found a charge that still is,
// and that the caller got an error.
func foundIsFailed(f *cause.Finding) string {
	if !f.ExpectsBody() || !f.HasAnswerBetween(400, 509) || f.Last == nil || f.Last.Handler != "ProcessPayment" || f.Facts[cause.Cancelled] {
		return ""
	}
	asked := ofLastKey(f, sandbox.Lookup, sandbox.Refund, sandbox.Void)
	charged := slices.ContainsFunc(ofLastKey(f, sandbox.Charge), func(e sandbox.Entry) bool { return e.What == sandbox.Effect })
	if !charged || len(asked) == 0 || !hasRunStepAtLast(f) {
		return ""
	}
	if last := asked[len(asked)-1]; last.Kind != sandbox.Lookup || last.What != sandbox.Answer || last.Status != http.StatusOK {
		return ""
	}
	return "a lookup found the charge, but the caller got an error. If the status is outside.Charged, the payment is COMPLETED, with the ID that the lookup returned"
}

// hasRunStepAtLast reports whether the last attempt of the last call ran a step, and did not
// only replay the steps of an earlier attempt.
func hasRunStepAtLast(f *cause.Finding) bool {
	for _, a := range slices.Backward(f.Attempts) {
		if a.Handler == f.Last.Handler && a.Key == f.Last.Key {
			return slices.ContainsFunc(a.Steps, proxy.StepRun.IsDone)
		}
	}
	return false
}

// acceptedIsNo recognizes that the first attempt of a payment sent requests, that each of
// them was accepted, and that the caller got an error.
func acceptedIsNo(f *cause.Finding) string {
	if !ofPayment(f) || len(f.Facts) > 0 || f.TriedAgain() || len(f.Calls) > 1 || f.Last == nil || f.Last.Handler != "ProcessPayment" {
		return ""
	}
	refused := f.ExpectsAnswer(http.StatusOK) && f.HasAnswerBetween(400, 509) || f.Expects(claim.RequestOf) && f.HasEarlyAnswerBetween(400, 509)
	failed := func(e sandbox.Entry) bool { return e.What == sandbox.Dropped || e.Status >= http.StatusBadRequest }
	if !refused || !hasCharge(f) || slices.ContainsFunc(f.Ledger, failed) {
		return ""
	}
	return "the gateway accepted the charge, but the caller got an error. Find the condition in your code that is true without an error of askGateway"
}

// paidWithoutCharge recognizes that the code was about to call a payment COMPLETED, with no
// charge of the gateway: the table refuses a second payment without the id of a charge.
func paidWithoutCharge(f *cause.Finding) string {
	if !ofPayment(f) || !hasSharedChargeID(f) || hasCharge(f) || sandbox.Requests(f.Ledger, sandbox.Lookup) > 0 {
		return ""
	}
	switch {
	case sandbox.Requests(f.Ledger, sandbox.Charge) > 0:
		return "no charge request got the answer 200, but your code was about to call the payment COMPLETED. Find the error that your code ignores, and return it"
	case len(f.Attempts) == 0 || countBegun(f.Attempts[0]) > 1:
		return "" // a step was created that nothing waits for
	}
	return "your code was about to call the payment COMPLETED, but the gateway got no charge request. Send the request in a step, and use what the step returns"
}

// countBegun counts the steps of an attempt that have no result.
func countBegun(a proxy.Attempt) (n int) {
	for _, step := range a.Steps {
		if step.How == "begun" {
			n++
		}
	}
	return n
}

// refusedWhenNew recognizes that a payment's first call was refused after its first step,
// and before a request was sent.
func refusedWhenNew(f *cause.Finding) string {
	if !ofPayment(f) || !f.ExpectsAnswer(http.StatusOK) || !f.HasAnswer(http.StatusConflict) || len(f.Calls) != 1 || f.Calls[0].Handler != "ProcessPayment" {
		return ""
	}
	ran := func(a proxy.Attempt) bool { return len(a.Steps) == 1 && a.Steps[0].How == "ok" }
	if len(f.Facts) > 0 || len(f.Ledger) > 0 || f.TriedAgain() || !slices.ContainsFunc(f.Attempts, ran) {
		return ""
	}
	return "a new payment was refused before the charge. Check the row that known() returns: BeginPayment gives a new payment the status PROCESSING and the amount of the request"
}

// emptyWithoutError recognizes that the caller got an empty answer where it should get an
// error.
func emptyWithoutError(f *cause.Finding) string {
	var fields map[string]any
	if !ofPayment(f) || !f.Expects(claim.Answer) || f.Claim.Want.Status < http.StatusBadRequest || !f.HasAnswer(http.StatusOK) || json.Unmarshal([]byte(f.Claim.Got.Text), &fields) != nil {
		return ""
	}
	for _, v := range fields {
		if v != nil && v != "" && v != 0.0 && v != false {
			return ""
		}
	}
	return "the caller got an empty answer, where the task asks for an error. Where your code has nothing to answer, return the error, and not nil"
}
