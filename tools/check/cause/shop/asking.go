package shop

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about the outcome of a charge: its id, the lookup, the void, and the refund.

// ofLastKey returns the ledger's entries of some kinds that have the last call's object
// key as their idempotency key.
func ofLastKey(f *cause.Finding, kinds ...sandbox.Kind) (all []sandbox.Entry) {
	for _, e := range f.Ledger {
		if f.Last != nil && e.Key == f.Last.Key && slices.Contains(kinds, e.Kind) {
			all = append(all, e)
		}
	}
	return all
}

// hasFailed reports whether a request ended without a clear answer or with a refusal. A
// lookup with status 404 has found out that there is no charge.
func hasFailed(e sandbox.Entry) bool {
	switch {
	case e.Kind == sandbox.Lookup && e.Status == http.StatusNotFound:
		return false
	case e.What == sandbox.Answer:
		return e.Status >= http.StatusBadRequest
	}
	return e.What == sandbox.Dropped
}

// lookupErrorDropped recognizes that the last lookup of a key failed, and that the code
// then returned the money of the charge.
func lookupErrorDropped(f *cause.Finding) string {
	if !f.ExpectsBody() && !f.ExpectsCount(claim.Effects, "refund", 0) {
		return ""
	}
	failed := false
	for _, e := range ofLastKey(f, sandbox.Lookup, sandbox.Refund) {
		switch {
		case e.Kind == sandbox.Lookup && e.What != sandbox.Request:
			failed = hasFailed(e)
		case e.What == sandbox.Effect && failed:
			return "a lookup failed, and the code took the key for one that was never charged, and returned the money. Return the error of outside.Lookup, so that Restate retries the step"
		}
	}
	return ""
}

// askingGivenUp recognizes that the gateway failed on a lookup or a void, and that the
// call then ended with an error.
func askingGivenUp(f *cause.Finding) string {
	asked := ofLastKey(f, sandbox.Lookup, sandbox.Refund, sandbox.Void)
	asked = slices.DeleteFunc(asked, func(e sandbox.Entry) bool { return e.What == sandbox.Request })
	if len(asked) == 0 || f.Last.Handler != "ProcessPayment" {
		return ""
	}
	if last := asked[len(asked)-1]; !hasFailed(last) || cause.IsRefusal(last) {
		return ""
	}
	ended := f.ExpectsBody() || f.ExpectsAnswer(http.StatusBadGateway)
	if ended && f.HasAnswerBetween(400, 599) && !f.HasAnswer(http.StatusConflict) {
		return "the gateway failed while the code asked it about the key, and the call ended with an error. Give that step no retry limit, and return the gateway's errors unchanged"
	}
	return ""
}

// chargedAfterAsking recognizes that the gateway got another charge request after a lookup or
// a void of the key.
func chargedAfterAsking(f *cause.Finding) string {
	if !f.ExpectsCount(claim.Requests, "charge", 10) || !f.HasOutcome(claim.Counted) || f.Claim.Got.N <= 10 {
		return ""
	}
	asked, failed := false, false
	for _, e := range ofLastKey(f, sandbox.Charge, sandbox.Lookup, sandbox.Refund, sandbox.Void) {
		switch {
		case e.Kind != sandbox.Charge:
			asked, failed = true, failed || hasFailed(e)
		case e.What == sandbox.Request && asked && !failed:
			return "your code looked the key up, and then sent an eleventh charge request. After ten failures send no charge request: look the key up, and void it if there is no charge"
		case e.What == sandbox.Request && failed && hasFailedForGood(f, e.T):
			return "" // the charge step had ended: the request was in no step, or in another one
		case e.What == sandbox.Request && failed:
			return "a lookup or a void failed, and the gateway then got an eleventh charge request. Do both in a step of their own, after the charge step, so that only they are tried again"
		}
	}
	return ""
}

// hasFailedForGood reports whether an attempt that was over at that time had a step that ended in a
// terminal error, which the journal keeps.
func hasFailedForGood(f *cause.Finding, before time.Time) bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return !a.Over.IsZero() && a.Over.Before(before) &&
			slices.ContainsFunc(a.Steps, func(s proxy.StepRun) bool { return s.How == "failed for good" })
	})
}

// askedWithBackOff recognizes that the step that voids a key sets its own back-off, as the
// charge step does. The charge step fails nine times before its last try.
func askedWithBackOff(f *cause.Finding) string {
	set := 0
	for _, a := range f.Attempts {
		if a.NextTry != nil {
			set++
		}
	}
	if f.Expects(claim.LeftBackOff) && set > 9 && len(ofLastKey(f, sandbox.Refund)) > 0 {
		return "the step that voids the key has retry options, so Restate tries the step forever and never pauses the call. Give this step a name, and no option of p.backOff()"
	}
	return ""
}

// voidErrorDropped recognizes that the gateway did not void a key, and that the payment
// ended all the same.
func voidErrorDropped(f *cause.Finding) string {
	if !f.ExpectsCount(claim.Effects, "void", 1) || !f.HasCount(0) || f.Last == nil || f.Last.Handler != "ProcessPayment" {
		return ""
	}
	if slices.ContainsFunc(ofLastKey(f, sandbox.Refund), hasFailed) {
		return "the request that voids the key failed, and the payment ended all the same, so a late request can still charge the card. Return the error of outside.Refund"
	}
	return ""
}

// refundedIsPaid recognizes that the card was not charged, or that the money of the charge went
// back, and that the payment counts as paid.
func refundedIsPaid(f *cause.Finding) string {
	wants := f.ExpectsAnswer(http.StatusBadGateway) || f.ExpectsAnswer(http.StatusPaymentRequired)
	switch {
	case !wants || !f.HasAnswerBody() || !f.HasText(`"status":"COMPLETED"`):
	case len(ofLastKey(f, sandbox.Lookup)) > 0 && sandbox.Effects(f.Ledger, sandbox.Charge) == 0:
		return "a lookup found no charge, but the payment says COMPLETED. Only the status outside.Charged means that the card was charged and still is"
	case sandbox.Effects(f.Ledger, sandbox.Refund) > 0:
		return "the money of the charge had gone back, but the payment says COMPLETED. Only the status outside.Charged means that the card was charged and still is"
	}
	return ""
}

// refundRefused recognizes that the gateway refused a refund, and that the row says
// REFUNDED.
func refundRefused(f *cause.Finding) string {
	if f.ExpectsCount(claim.Effects, "refund", 1) && f.HasCount(0) && slices.ContainsFunc(ofLastKey(f, sandbox.Refund), func(e sandbox.Entry) bool { return cause.IsRefusal(e) }) {
		return "the gateway refused the refund, but the row says REFUNDED although no money went back. Return the error of outside.Refund, and write the row only after a success"
	}
	return ""
}

// refundNotedEarly recognizes that the state says REFUNDED after a refund that was
// cancelled before it wrote its row.
func refundNotedEarly(f *cause.Finding) string {
	if f.Facts[cause.Denied] && f.Facts[cause.Cancelled] && f.Where.Function == "Payment.Refund" && f.Last != nil && f.Last.Handler == "ProcessPayment" && f.ExpectsBody() && f.HasAnswer(http.StatusConflict) {
		return "the state says REFUNDED, but the row does not. Write the row before the Set: a Set stays even if its handler ends in an error"
	}
	return ""
}

// countDied recognizes that the number of failures began again after a kill.
func countDied(f *cause.Finding) string {
	if f.Facts[cause.KilledProgram] && f.ExpectsCount(claim.Requests, "charge", 11) && f.HasCount(13) {
		return "the number of failures began again when the program was killed, because it was kept in a variable. Use the second result of askGateway, which counts in the database"
	}
	return ""
}

// otherChargeID recognizes that an answer or a row has an id of a charge that the gateway
// did not give.
func otherChargeID(f *cause.Finding) string {
	if !ofPayment(f) {
		return ""
	}
	if hasSharedChargeID(f) && hasCharge(f) && !f.Replayed { // a replay may have lost the id
		return "two payments have the same charge_id, perhaps an empty one, but the gateway gave each charge its own. Use the ID of the ChargeState that the step returned"
	}
	want, got := chargeID(f.Claim.Want.JSON), chargeID(f.Claim.Got.Text)
	if want == "" || got == "" || want == got {
		return ""
	}
	return "the payment has a charge_id that the gateway did not give to its charge. Use the ID of the ChargeState that the step returned"
}

// hasSharedChargeID reports whether the table refused a row because another payment has
// the same charge_id.
func hasSharedChargeID(f *cause.Finding) bool {
	return f.HasText("UNIQUE constraint failed: payments.charge_id")
}

// hasCharge reports whether the gateway has answered a charge request with the id of a charge.
func hasCharge(f *cause.Finding) bool {
	return slices.ContainsFunc(f.Ledger, func(e sandbox.Entry) bool {
		return e.Kind == sandbox.Charge && e.What == sandbox.Answer && e.Status == http.StatusOK
	})
}

// refusedInStep reports whether a step of Payment.Refund ended in a terminal error.
func refusedInStep(f *cause.Finding) bool {
	return slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool {
		return a.Handler == "Refund" && slices.ContainsFunc(a.Steps, func(r proxy.StepRun) bool { return r.How == "failed for good" })
	})
}

// refundDoneAlready recognizes that an earlier call has returned the money, and that a
// later refund took that for an error.
func refundDoneAlready(f *cause.Finding) string {
	if f.Last == nil || f.Last.Handler != "Refund" || !f.ExpectsBody() || !f.HasAnswerBetween(400, 499) || cause.CountRefusals(f) > 0 {
		return ""
	}
	if refusedInStep(f) && sandbox.Effects(f.Ledger, sandbox.Refund) > 0 {
		return "an earlier call had already returned the money, and this call took that for an error. Treat a refund that is already done as a success"
	}
	return ""
}

// refundNotSent recognizes that a refund ended in an error before the gateway was asked.
func refundNotSent(f *cause.Finding) string {
	if f.Where.Function == "Payment.Refund" && f.ExpectsOf(claim.RequestOf, "refund") && f.HasEarlyAnswerBetween(400, 499) {
		return "Refund ended in an error, and sent no request to the gateway. A payment that says PROCESSING may have been charged, so send the request for such a payment too"
	}
	absent := f.Last != nil && f.Last.Handler == "Refund" && f.ExpectsAnswer(http.StatusOK) && f.HasAnswer(http.StatusNotFound)
	if absent && len(f.Calls) == 1 && len(f.Ledger) == 0 {
		return "Refund refused a payment that has no row, and sent no request to the gateway. Send the request all the same: the gateway then voids the key, and nobody can charge the card later"
	}
	return ""
}

// chargeID returns the field charge_id of an object, or of the only object of an array,
// or "".
func chargeID(text string) string {
	type object struct {
		ChargeID string `json:"charge_id"`
	}
	var one object
	if json.Unmarshal([]byte(text), &one) == nil {
		return one.ChargeID
	}
	var all []object
	if json.Unmarshal([]byte(text), &all) == nil && len(all) == 1 {
		return all[0].ChargeID
	}
	return ""
}

// deniedIgnored recognizes that the database refused every write, and that the handler
// answered all the same.
func deniedIgnored(f *cause.Finding) string {
	status := f.Claim.Got.Status
	if strings.HasSuffix(f.Claim.Of, "/CreateOrder") && !slices.ContainsFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Handler == "ProcessPayment" }) {
		return "" // the order ended before it came to the row that the database refuses
	}
	if f.Facts[cause.Denied] && f.Expects(claim.Failure) && f.HasOutcome(claim.AnsweredAtOnce) && (status < 500 || status == http.StatusBadGateway) {
		return "the database refused the query, but the handler went on and answered. Return the error of the query from the step's function, so that Restate retries the step"
	}
	return ""
}
