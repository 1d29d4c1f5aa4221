package shop

import (
	"net/http"
	"slices"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/sandbox"
)

// retriedWithoutBound recognizes that every request fails and Restate retries without
// end: either the charge step, or the handler after the limit.
func retriedWithoutBound(f *cause.Finding) string {
	switch {
	case !f.AllFailing || !f.HasOutcome(claim.Retried):
		return ""
	case mostCharges(f) >= claim.MaxRetriesAllFailing:
		return "the charge step has no retry limit. Make the error of the tenth failure terminal: askGateway counts the failures in the database, so the count outlives an attempt"
	case sandbox.Requests(f.Ledger, sandbox.Charge) > 0 && f.EndedInError():
		return notFinalWhy
	}
	return ""
}

// mostCharges returns the number of charge requests for the subject that has the most.
// A script may let several payments fail, each of them up to the limit.
func mostCharges(f *cause.Finding) (most int) {
	of := map[string]int{}
	for _, e := range f.Ledger {
		if e.What == sandbox.Request && e.Kind == sandbox.Charge {
			of[e.Subject]++
			most = max(most, of[e.Subject])
		}
	}
	return most
}

// boundByOutage recognizes that the limit counted attempts that found the program
// down.
func boundByOutage(f *cause.Finding) string {
	if f.Facts[cause.Unreachable] && f.ExpectsBody() && f.HasAnswerBetween(500, 599) {
		return "the retry limit also counted the attempts or the time in which the program could not be reached. Count only failed requests to the gateway, as askGateway does"
	}
	return ""
}

// failureIsNo recognizes that the gateway failed, and that the caller got a refusal.
func failureIsNo(f *cause.Finding) string {
	n := failures(f, sandbox.Charge)
	no := f.HasAnswerBetween(400, 499) || f.HasEarlyAnswerBetween(400, 499)
	charged := sandbox.Effects(f.Ledger, sandbox.Charge) > 0 // and the caller was refused for another reason
	if no && !f.ExpectsNo() && 0 < n && n < 10 && cause.CountRefusals(f) == 0 && !charged {
		return "the gateway answered with a 5xx, and the handler took that for a refusal. The outcome is unknown: return the error unchanged, so that Restate retries"
	}
	return ""
}

// givenBackFirst recognizes that the code refunded a charge whose outcome it had not
// looked up.
func givenBackFirst(f *cause.Finding) string {
	paid := f.ExpectsBody() && f.Last != nil && f.Last.Handler == "ProcessPayment"
	if paid && f.HasAnswer(http.StatusBadGateway) && sandbox.Effects(f.Ledger, sandbox.Refund) > 0 {
		return "the card had been charged, and outside.Refund returned the money. Call outside.Lookup first, with the same key; call outside.Refund only if the lookup finds no charge"
	}
	return ""
}

// boundTooSoon recognizes that the code gave up before the tenth failure.
func boundTooSoon(f *cause.Finding) string {
	n := failures(f, sandbox.Charge)
	early := f.ExpectsOf(claim.RequestOf, "charge") && f.HasEarlyAnswerBetween(500, 509)
	ended := f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusBadGateway) || f.ExpectsCount(claim.Requests, "charge", 10) || early
	if ended && 0 < n && n < 10 {
		return "the handler gave up after " + course.Count(n, "failed request") + ". Give up after ten: at 40 failures in 100 requests, only one order in ten thousand fails ten times in a row"
	}
	return ""
}

// boundTooLate recognizes that the gateway got one request more than the limit.
func boundTooLate(f *cause.Finding) string {
	if f.ExpectsCount(claim.Requests, "charge", 10) && f.Claim.For == f.Subject && f.HasCount(11) {
		return "the gateway got an eleventh charge request. Give up at the tenth failure, which askGateway has already counted when it returns"
	}
	return ""
}

// lookedUpAfterNo recognizes that the gateway refused a charge, and that the code then
// looked up its outcome.
func lookedUpAfterNo(f *cause.Finding) string {
	if !f.ExpectsNo() && !f.ExpectsCount(claim.Requests, "lookup", 0) && !f.ExpectsCount(claim.Effects, "void", 0) {
		return ""
	}
	no, asked := false, false
	for _, e := range f.Ledger {
		no = no || e.Kind == sandbox.Charge && cause.IsRefusal(e)
		asked = asked || no && e.Kind == sandbox.Lookup
	}
	if asked {
		return "the gateway refused the charge, which is final, but your code still sent a lookup. Recognize the refusal by its code: an error from a step loses its Go type"
	}
	return ""
}

// declinedUnheard recognizes that the answer of a decline was lost, and that the
// caller got a 5xx.
func declinedUnheard(f *cause.Finding) string {
	if f.ExpectsAnswer(http.StatusPaymentRequired) && f.HasAnswerBetween(500, 509) && sandbox.Requests(f.Ledger, sandbox.Lookup) > 0 {
		return "the card was declined, and the answer was lost. If Lookup or Refund returns outside.Declined, refuse with code 402"
	}
	return ""
}

// refundLost recognizes that the gateway failed on a refund, and that the code did not
// send the request again.
func refundLost(f *cause.Finding) string {
	if f.ExpectsCount(claim.Effects, "refund", 1) && f.HasCount(0) && failures(f, sandbox.Refund) > 0 {
		return "the refund request failed, but the handler went on as if the money had been returned. Return the error, so that Restate retries the step"
	}
	return ""
}

// gatewaysCode recognizes that a refusal kept the gateway's code.
func gatewaysCode(f *cause.Finding) string {
	no := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.Kind == sandbox.Charge && e.Status == http.StatusConflict && e.Detail != sandbox.AnotherBody
	})
	if no && f.ExpectsAnswer(http.StatusUnprocessableEntity) && f.HasAnswer(http.StatusConflict) {
		return "the refusal has the gateway's own code, 409, which the handler takes for a cancelled call. Refuse with your own code, 422"
	}
	return ""
}

// declineIsRefusal recognizes that a declined card was reported with the code of any
// other refusal.
func declineIsRefusal(f *cause.Finding) string {
	if f.ExpectsAnswer(http.StatusPaymentRequired) && f.HasAnswer(http.StatusUnprocessableEntity) && f.HasText("declined") {
		return "the card was declined, and the caller got the code of another refusal. Test outside.IsDeclined first, because outside.IsRefused is true for a decline too"
	}
	return ""
}

// notVoided recognizes that nothing was charged so far, and that the key can still be
// charged.
func notVoided(f *cause.Finding) string {
	if !f.ExpectsCount(claim.Effects, "void", 1) || !f.HasCount(0) {
		return ""
	}
	if f.Where.Function == "Payment.Refund" && !slices.Contains(sandbox.Keys(f.Ledger, sandbox.Refund), f.Claim.For) {
		return "the gateway got no refund request with the payment's id as its idempotency key. Call outside.Refund with that key: it returns the money, or makes the gateway refuse a late charge"
	}
	return "the card has not been charged so far, but a late request can still charge it. Call outside.Refund with the payment's id: then the gateway refuses a late charge with that key"
}

// failures counts the requests of a kind that got a 5xx.
func failures(f *cause.Finding, kind sandbox.Kind) (n int) {
	for _, e := range f.Ledger {
		if e.What == sandbox.Answer && e.Kind == kind && e.Status >= http.StatusInternalServerError {
			n++
		}
	}
	return n
}
