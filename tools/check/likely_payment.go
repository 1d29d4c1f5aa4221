package check

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Rules about payments and orders: what an error means, and what is undone.

// unknownIsNo: there was no answer, and the caller is told no.
func unknownIsNo(s *Script) string {
	if !strings.HasPrefix(s.expected, "200 ") || !strings.HasPrefix(s.got, "4") && !strings.HasPrefix(s.got, "50") {
		return ""
	}
	acted := map[int]bool{}
	for _, e := range s.ledger {
		if e.What == sandbox.Effect {
			acted[e.Request] = true
		}
		if e.What != sandbox.Dropped || !acted[e.Request] && !e.Again {
			continue
		}
		if sandbox.Requests(s.ledger, e.Kind) > 1 {
			return "no answer came, ten times, and that was taken for a no: it was done all the same. ask what became of it, by the key"
		}
		return "no answer came, and that was taken for a no: it was done all the same. return the error as it is, then it is asked again, with the same key"
	}
	return ""
}

// notVoided: nothing was charged so far, and the key can still be charged.
func notVoided(s *Script) string {
	if strings.HasPrefix(s.expected, "1 void") && s.got == "0" {
		return "not charged so far is not never: a request may be on its way still. outside.Refund voids the key, so that a late one is refused"
	}
	return ""
}

// unbounded: every request fails, and one step is tried on and on.
func unbounded(s *Script) string {
	if s.failing >= atAll-tooMany && strings.Contains(s.got, "is still retried") {
		return "the step is tried without a bound: count the failures, and make the error of the last one terminal"
	}
	return ""
}

// boundByOutage: the program was down for a while, and that was counted.
func boundByOutage(s *Script) string {
	if s.saw[unreachable] && strings.HasPrefix(s.expected, "200 ") && !strings.HasPrefix(s.got, "200 ") {
		return "attempts that found the program down were counted, as restate.WithMaxRetryAttempts does: count what the gateway did not answer"
	}
	return ""
}

// refusedByTable: the database does not take the row, now or ever.
func refusedByTable(s *Script) string {
	if strings.Contains(s.got, "constraint failed: payment_is_the_orders") || strings.Contains(s.got, "constraint failed: shipment_is_the_orders") {
		return "the id that goes into the row is not one that the call has answered: was the call's error looked at?"
	}
	if strings.Contains(s.got, "CHECK constraint failed") || strings.Contains(s.got, "NOT NULL constraint failed") {
		return "the database refuses such a row, now and ever: look at what came in before anything is written"
	}
	return ""
}

// statusesOf is the column status of rows in JSON.
func statusesOf(text string) (all []string) {
	var rows []struct{ Status string }
	if json.Unmarshal([]byte(strings.TrimPrefix(text, "rows ")), &rows) != nil {
		return nil
	}
	for _, r := range rows {
		all = append(all, r.Status)
	}
	return all
}

// wentBack: a row has had a status twice.
func wentBack(s *Script) string {
	if !aboutRows(s) {
		return ""
	}
	got := statusesOf(s.got)
	slices.Sort(got)
	if len(got) > len(statusesOf(s.expected)) && len(slices.Compact(got)) < len(statusesOf(s.got)) {
		return "the row had moved on, and was written over: a row that is there must stay as it is"
	}
	return ""
}

// stateAhead: asked again, the handler has done nothing, and the row is behind.
func stateAhead(s *Script) string {
	if !s.saw[cancelled] || !aboutRows(s) || s.last == nil || s.last.status != http.StatusOK || len(s.tries) == 0 {
		return ""
	}
	if last := s.tries[len(s.tries)-1]; last.End == "done" && len(last.Steps) == 0 && last.N == 1 {
		return "the state says that it is done, and the row does not: a Set stays when its handler ends in an error, so write the row first"
	}
	return ""
}

// otherKey: what was charged with one key is to be given back by another.
func otherKey(s *Script) string {
	var charged, void string
	for _, e := range s.ledger {
		switch {
		case e.What == sandbox.Effect && e.Kind == sandbox.Charge:
			charged = e.Key
		case e.What == sandbox.Effect && e.Kind == sandbox.Void:
			void = e.Key
		}
	}
	if s.expected == "1 refund for "+s.subject && void != "" && charged != void {
		return "the charge was made with another key than the payment's own, so Refund could not find it: is the key made anew in the step?"
	}
	return ""
}

// endedEarly: asked to end, the program did so while an attempt ran.
func endedEarly(s *Script) string {
	if s.saw[terminated] && strings.HasPrefix(s.expected, "1 request of ") {
		return "the program ended while the step ran, and its answer was lost: serve.Until lets it finish, Start of the SDK's server returns at once"
	}
	return ""
}

// notUndone: the order has failed, and what was done before stands.
func notUndone(s *Script) string {
	if strings.HasPrefix(s.expected, "Payment/Refund ") && s.got == nobodyCalled {
		return "the order has failed, and Payment may have charged the card: Payment/Refund, on the same key, gives it back or voids it"
	}
	return ""
}

// undoneForNothing: a refund was asked for where nothing was asked before.
func undoneForNothing(s *Script) string {
	if s.expected == "0 invocations of Payment/Refund" && s.got != "0" {
		return "Payment was asked to refund, and had never been asked to charge: that is only for what comes after ProcessPayment, and only when it fails"
	}
	return ""
}

// notFailed: an order has ended in an error, and its row does not say so.
func notFailed(s *Script) string {
	if !aboutRows(s) || !slices.Contains(statusesOf(s.expected), "FAILED") || slices.Contains(statusesOf(s.got), "FAILED") {
		return ""
	}
	return "the handler ended in an error, and the row says nothing of it: write FAILED before the error is returned"
}

// fellThrough: an error of one step, and the next step was run all the same.
func fellThrough(s *Script) string {
	if strings.HasPrefix(s.expected, "0 requests of ") && s.got != "0" && finalNo(s) > 0 {
		return "a no came back, and the handler went on as if it were none: is an error dropped?"
	}
	return ""
}

// cancelledIsFailed: a payment was cancelled, and is called FAILED.
func cancelledIsFailed(s *Script) string {
	if s.saw[cancelled] && aboutRows(s) && slices.Contains(statusesOf(s.expected), "PROCESSING") && slices.Contains(statusesOf(s.got), "FAILED") {
		return "cancelled is not declined: the request is on its way, and nobody knows yet whether it was charged. return the error, and leave the row as it is"
	}
	return ""
}

// deferred: an order has failed whose handler was taken off, and went on later.
func deferred(s *Script) string {
	again := slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.N > 1 })
	if again && aboutRows(s) && slices.Contains(statusesOf(s.got), "FAILED") && !slices.Contains(statusesOf(s.expected), "FAILED") {
		return "a defer runs each time that an attempt ends, and when the handler is taken off to wait: undo things where the error is"
	}
	return ""
}
