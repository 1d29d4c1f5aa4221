package shop

import (
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// badEndAfterCancel recognizes that a cancelled call returned an answer of 200 that
// says FAILED.
func badEndAfterCancel(f *cause.Finding) string {
	if f.Facts[cause.Cancelled] && f.ExpectsAnswer(http.StatusConflict) && f.HasAnswerBody() && answeredFailed(f) {
		return badEnd(f)
	}
	return ""
}

// badEndAfterNo recognizes that the answer should be an error, and is a 200 that says
// FAILED.
func badEndAfterNo(f *cause.Finding) string {
	if f.ExpectsNo() && f.HasAnswerBody() && cause.CountRefusals(f) > 0 && answeredFailed(f) {
		return badEnd(f)
	}
	return ""
}

// idOfNoCall recognizes that the database refuses an id that does not belong to the
// order.
func idOfNoCall(f *cause.Finding) string {
	if f.HasText("constraint failed: payment_is_the_orders") || f.HasText("constraint failed: shipment_is_the_orders") {
		return "the database refused a payment's or shipment's id that no call returned. Check the error of each call, and write the id from its answer"
	}
	return ""
}

// paymentKeyChanges recognizes that a payment's idempotency key changes with each
// attempt.
func paymentKeyChanges(f *cause.Finding) string {
	_, keys, ok := cause.FirstDoubled(f)
	if ok && ofPayment(f) && len(keys) > max(1, cause.InvocationsWithSteps(f)) {
		return cause.OtherKeyWhy + stableKey(f)
	}
	return ""
}

// ofPayment reports whether the script judges a handler of Payment.
func ofPayment(f *cause.Finding) bool { return strings.HasPrefix(f.Where.Function, "Payment.") }

// badEnd returns the words for an answer of 200 that should be an error.
func badEnd(f *cause.Finding) string {
	what := "order"
	if f.Last.Service == "Payment" {
		what = "payment"
	}
	return "the " + what + " failed, but its caller got the answer 200. Return the error, so that the caller gets it"
}

// answeredFailed reports whether the answer is a 200 that says FAILED.
func answeredFailed(f *cause.Finding) bool {
	return f.Last != nil && f.HasText(`"status":"FAILED"`)
}

// stableKey returns what the judged handler can make its key from.
func stableKey(f *cause.Finding) string {
	if ofPayment(f) {
		return "Use the payment's id as the key, because it is the same on every attempt"
	}
	return "Take the key from the order, or from restate.UUID(ctx) before the step"
}

// keyDied recognizes that an effect had another key after the program was killed.
func keyDied(f *cause.Finding) string {
	killed := slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.End == "killed" })
	if !killed || !ofPayment(f) && f.Where.Function != "main" {
		return ""
	}
	if _, keys, ok := cause.FirstDoubled(f); ok && len(keys) > 1 {
		return "the idempotency key changed when the program was killed, because your code made it in the step or kept it in a variable. " + stableKey(f)
	}
	return ""
}

// otherKey recognizes that a charge and its refund have different keys.
func otherKey(f *cause.Finding) string {
	var charged, void string
	for _, e := range f.Ledger {
		switch {
		case e.What == sandbox.Effect && e.Kind == sandbox.Charge:
			charged = e.Key
		case e.What == sandbox.Effect && e.Kind == sandbox.Void:
			void = e.Key
		}
	}
	if f.ExpectsCount(claim.Effects, "refund", 1) && f.Claim.For == f.Subject && void != "" && charged != "" && charged != void {
		return "the charge and the refund have different idempotency keys, so the gateway did not find the charge. Send both with the payment's id as the key"
	}
	return ""
}

// unlikeThePayments recognizes that the charge has a key that is not the payment's id.
func unlikeThePayments(f *cause.Finding) string {
	if f.ExpectsOf(claim.Carried, "charge") && f.Claim.Want.Field == "key" {
		return "the charge request has an idempotency key other than the payment's id. Use that id: later requests find, void or refund the charge with it"
	}
	return ""
}
