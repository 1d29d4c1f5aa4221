package shop

import (
	"net/http"
	"slices"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/sandbox"
)

// retriedWithoutBound recognizes that every request fails, and one step is tried on
// and on, or what came behind its bound is.
func retriedWithoutBound(f *cause.Finding) string {
	switch {
	case f.Failing < claim.MaxRetriesAllFailing-claim.MaxRetries || !f.HasOutcome(claim.Retried):
		return ""
	case sandbox.Requests(f.Ledger, sandbox.Charge) >= claim.MaxRetriesAllFailing:
		return "the step is tried without a bound: make the error of the tenth failure terminal. askGateway counts them, in the database; a variable begins anew with each attempt"
	case f.EndedInError():
		return notFinalWhy
	}
	return ""
}

// boundByOutage recognizes that the program was down for a while, and that was
// counted.
func boundByOutage(f *cause.Finding) string {
	if f.Facts[cause.Unreachable] && f.ExpectsBody() && !f.HasAnswerBody() {
		return "attempts that found the program down were counted, as restate.WithMaxRetryAttempts does: count what the gateway did not answer"
	}
	return ""
}

// failureIsNo recognizes that the gateway failed, and the caller is told no.
func failureIsNo(f *cause.Finding) string {
	no := f.HasAnswerBetween(400, 499) || f.HasEarlyAnswerBetween(400, 499)
	if no && !f.ExpectsNo() && failures(f, sandbox.Charge) > 0 && cause.CountRefusals(f) == 0 {
		return "the gateway failed, and that was taken for a no: a 5xx says that nobody knows. return the error as it is, then it is asked again"
	}
	return ""
}

// givenBackFirst recognizes that nobody knew whether it was charged, and it was given
// back.
func givenBackFirst(f *cause.Finding) string {
	if f.ExpectsBody() && f.HasAnswer(http.StatusBadGateway) && sandbox.Effects(f.Ledger, sandbox.Refund) > 0 {
		return "it was charged, and the money went back: outside.Refund voids a key that was never charged, so ask first whether it was, outside.Lookup"
	}
	return ""
}

// boundTooSoon recognizes that the gateway failed some times, and was asked no more.
func boundTooSoon(f *cause.Finding) string {
	n := failures(f, sandbox.Charge)
	ended := f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusBadGateway) || f.ExpectsCount(claim.Requests, "charge", 10)
	if ended && 0 < n && n < 10 {
		return "given up after " + course.Count(n, "failure") + ": at 40 of 100, ten leave out one honest order in ten thousand"
	}
	return ""
}

// boundTooLate recognizes that the gateway was asked once more than was allowed.
func boundTooLate(f *cause.Finding) string {
	if f.ExpectsCount(claim.Requests, "charge", 10) && f.Claim.For == f.Subject && f.HasCount(11) {
		return "the tenth failure is the last one: askGateway has counted it when it returns"
	}
	return ""
}

// lookedUpAfterNo recognizes that the gateway has said no, and was asked what became
// of it.
func lookedUpAfterNo(f *cause.Finding) string {
	if !f.ExpectsNo() && !f.ExpectsCount(claim.Requests, "lookup", 0) {
		return ""
	}
	no, asked := false, false
	for _, e := range f.Ledger {
		no = no || e.Kind == sandbox.Charge && cause.IsRefusal(e)
		asked = asked || no && e.Kind == sandbox.Lookup
	}
	if asked {
		return "the gateway has said no, and was asked all the same what became of it: a refusal is final. what comes out of a step has its code, and no longer its type"
	}
	return ""
}

// declinedUnheard recognizes that it was declined, which is known by now, and the
// caller is told that nobody knows.
func declinedUnheard(f *cause.Finding) string {
	if f.ExpectsAnswer(http.StatusPaymentRequired) && f.HasAnswerBetween(500, 509) && sandbox.Requests(f.Ledger, sandbox.Lookup) > 0 {
		return "it was declined, and only the answer was lost: Lookup says so, and Refund too, outside.Declined"
	}
	return ""
}

// refundLost recognizes that the gateway failed to give the money back, and nobody
// asked again.
func refundLost(f *cause.Finding) string {
	if f.ExpectsCount(claim.Effects, "refund", 1) && f.HasCount(0) && failures(f, sandbox.Refund) > 0 {
		return "the gateway failed to give it back, and the handler went on as if it had: return the error, then the step is tried again"
	}
	return ""
}

// gatewaysCode recognizes that the gateway's no has gone on with the code that it came
// with.
func gatewaysCode(f *cause.Finding) string {
	no := slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.Kind == sandbox.Charge && e.Status == http.StatusConflict && e.Detail != sandbox.AnotherBody
	})
	if no && f.ExpectsAnswer(http.StatusUnprocessableEntity) && f.HasAnswer(http.StatusConflict) {
		return "the refusal has the gateway's own code, and 409 is how a cancelled call ends here: refuse with a code of yours, 422"
	}
	return ""
}

// declineIsRefusal recognizes that the card was declined, and that went for any
// refusal.
func declineIsRefusal(f *cause.Finding) string {
	if f.ExpectsAnswer(http.StatusPaymentRequired) && f.HasAnswer(http.StatusUnprocessableEntity) && f.HasText("declined") {
		return "a decline is a refusal too: ask outside.IsDeclined first, then outside.IsRefused"
	}
	return ""
}

// notVoided recognizes that nothing was charged so far, and the key can still be
// charged.
func notVoided(f *cause.Finding) string {
	if !f.ExpectsCount(claim.Effects, "void", 1) || !f.HasCount(0) {
		return ""
	}
	if f.Where.Function == "Payment.Refund" && sandbox.Requests(f.Ledger, sandbox.Refund) == 0 {
		return "the row says REFUNDED, and the gateway has not heard of it: outside.Refund gives the money back, or voids the key so that a charge that comes late is refused"
	}
	return "not charged so far is not never: a request may be on its way still. outside.Refund voids the key, so that a late one is refused"
}

// failures counts the times that the outside world has failed to answer a kind of
// request, and has said so.
func failures(f *cause.Finding, kind sandbox.Kind) (n int) {
	for _, e := range f.Ledger {
		if e.What == sandbox.Answer && e.Kind == kind && e.Status >= http.StatusInternalServerError {
			n++
		}
	}
	return n
}
