package check

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
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
		if n := sandbox.Requests(s.ledger, e.Kind); n > 1 {
			return "no answer came, " + course.Count(n, "time") + ", and that was taken for a no: it was done all the same. ask what became of it, by the key"
		}
		return "no answer came, and that was taken for a no: it was done all the same. return the error as it is, then it is asked again, with the same key"
	}
	return ""
}

// notVoided: nothing was charged so far, and the key can still be charged.
func notVoided(s *Script) string {
	if !strings.HasPrefix(s.expected, "1 void") || s.got != "0" {
		return ""
	}
	if s.where.function == "Payment.Refund" && sandbox.Requests(s.ledger, sandbox.Refund) == 0 {
		return "the row says REFUNDED, and the gateway has not heard of it: outside.Refund gives the money back, or voids the key so that a charge that comes late is refused"
	}
	return "not charged so far is not never: a request may be on its way still. outside.Refund voids the key, so that a late one is refused"
}

// unbounded: every request fails, and one step is tried on and on, or what came
// behind its bound is.
func unbounded(s *Script) string {
	switch {
	case s.failing < atAll-failsAlike || !strings.Contains(s.got, stillRetried):
		return ""
	case sandbox.Requests(s.ledger, sandbox.Charge) >= atAll:
		return "the step is tried without a bound: make the error of the tenth failure terminal. askGateway counts them, in the database; a variable begins anew with each attempt"
	case s.endedInError():
		return notFinalWhy
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
		return writtenOverWhy
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
	if s.expected == "1 refund for "+s.subject && void != "" && charged != "" && charged != void {
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
		return "the order has failed after Payment was asked: ask Payment/Refund, on the same key, however that ended; it gives the money back, or sees to it that none is taken"
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

// fellThrough: somebody has said no, and what was to follow a yes was asked for,
// after that or before.
func fellThrough(s *Script) string {
	of, ok := strings.CutPrefix(s.expected, "0 requests of ")
	if !ok || s.got == "0" || finalNo(s) == 0 {
		return ""
	}
	word, _, _ := strings.Cut(of, " ")
	kind := sandbox.Kind(word)
	early := !s.askedAfterNo(kind)
	switch {
	case kind == sandbox.Mail && (early || s.sentBeforeACall()):
		return "mail was asked for before all was done that can say no: the receipt comes last"
	case early:
		return word + " was asked for before all was done that can say no"
	}
	return droppedWhy
}

// askedAfterNo says whether a request of the kind stands behind the first no.
func (s *Script) askedAfterNo(kind sandbox.Kind) bool {
	no := slices.IndexFunc(s.ledger, isNo)
	return no >= 0 && sandbox.Requests(s.ledger[no:], kind) > 0
}

// sentBeforeACall says whether the last call's handler has sent something, one
// way, and then called somebody: what was sent may be done before or after that.
func (s *Script) sentBeforeACall() bool {
	sent := false
	for _, e := range s.lastJournal() {
		sent = sent || e.Type == "Command: OneWayCall"
		if sent && e.Type == "Command: Call" {
			return true
		}
	}
	return false
}

// cancelledIsFailed: a payment was cancelled, and is called FAILED.
func cancelledIsFailed(s *Script) string {
	open := []string{"PROCESSING", "REFUNDED"}
	wanted := slices.ContainsFunc(statusesOf(s.expected), func(status string) bool { return slices.Contains(open, status) })
	if s.saw[cancelled] && aboutRows(s) && wanted && slices.Contains(statusesOf(s.got), "FAILED") {
		return "cancelled is not declined: the request is on its way, and nobody knows yet whether it was charged. return the error, and leave the row as it is"
	}
	return ""
}

// cancelledAsking: the call was cancelled in a step, and the caller is told another
// end than that.
func cancelledAsking(s *Script) string {
	if s.saw[cancelled] && strings.HasPrefix(s.expected, "409") && strings.HasPrefix(s.got, "502") {
		return "the call was cancelled while it asked: each step can end with that 409, not the charge alone. return what comes out of the step"
	}
	return ""
}

// gatewaysCode: the gateway's no has gone on with the code that it came with.
func gatewaysCode(s *Script) string {
	no := slices.ContainsFunc(s.ledger, func(e sandbox.Entry) bool {
		return e.Kind == sandbox.Charge && e.Status == http.StatusConflict && e.Detail != sandbox.AnotherBody
	})
	if no && strings.HasPrefix(s.expected, "422") && strings.HasPrefix(s.got, "409") {
		return "the refusal has the gateway's own code, and 409 is how a cancelled call ends here: refuse with a code of yours, 422"
	}
	return ""
}

// declineIsRefusal: the card was declined, and that went for any refusal.
func declineIsRefusal(s *Script) string {
	if strings.HasPrefix(s.expected, "402") && strings.HasPrefix(s.got, "422") && strings.Contains(s.got, "declined") {
		return "a decline is a refusal too: ask outside.IsDeclined first, then outside.IsRefused"
	}
	return ""
}

// rowFirst: the row has it that the money is back, and the gateway is still asked.
func rowFirst(s *Script) string {
	if aboutRows(s) && s.held != "" && slices.Contains(statusesOf(s.expected), "COMPLETED") && slices.Contains(statusesOf(s.got), "REFUNDED") {
		return "the row says that the money is back before the gateway has said so: ask it first, then write the row"
	}
	return ""
}

// deferred: a row says FAILED, and its handler was to go on.
func deferred(s *Script) string {
	if !s.triedAgain() || !aboutRows(s) || !slices.Contains(statusesOf(s.got), "FAILED") || slices.Contains(statusesOf(s.expected), "FAILED") {
		return ""
	}
	unheard := slices.ContainsFunc(s.ledger, func(e sandbox.Entry) bool { return e.Kind == sandbox.Charge && e.What == sandbox.Dropped })
	if unheard || failures(s, sandbox.Charge) > 0 {
		return "FAILED was written for a failure that is asked again: only a no is FAILED"
	}
	return deferredWhy
}

const deferredWhy = "a defer runs each time that an attempt ends, and when the handler is taken off to wait: undo things where the error is"

// takenAsGood: what makes no sense got a yes.
func takenAsGood(s *Script) string {
	if strings.HasPrefix(s.expected, "a 4xx for ") && strings.HasPrefix(s.got, "200") {
		return "what makes no sense got a yes: look at what came in before all else, and refuse it"
	}
	return ""
}

// writtenForNothing: what makes no sense was refused, and has a row.
func writtenForNothing(s *Script) string {
	if s.expected == "rows []" && s.got != "none" {
		return "what makes no sense has a row: look at what came in before anything is written, or anybody asked"
	}
	return ""
}

// refusedGood: a request that is in order was refused before anything was done
// for it.
func refusedGood(s *Script) string {
	if s.last == nil || !strings.HasPrefix(s.expected, "200") || !strings.HasPrefix(s.got, "400 ") {
		return ""
	}
	key := s.last.target.key
	begun := slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.Key == key && len(a.Steps) > 0 })
	asked := slices.ContainsFunc(s.ledger, func(e sandbox.Entry) bool { return key == "" || strings.HasSuffix(key, e.Subject) })
	if begun || asked {
		return ""
	}
	return "what is in order was refused: the rules are those of package lessons/shop/input, its limits included"
}

// panickedNo: the gateway said no, and that became a panic.
func panickedNo(s *Script) string {
	if strings.Contains(s.got, stillRetried) && strings.Contains(s.got, "panic occurred") && finalNo(s) > 0 {
		return "the answer is no, and a panic is retried like any other error, whatever is in it: return the terminal error"
	}
	return ""
}

// otherAmount: the same was asked for with another body, and the answer is that
// to the first.
func otherAmount(s *Script) string {
	if !strings.HasPrefix(s.expected, "409") || !strings.HasPrefix(s.got, "200") || s.last == nil {
		return ""
	}
	for _, c := range s.calls {
		if c.target == s.last.target && c.amount() != s.last.amount() {
			return "the same id with another amount is another request, and it got the answer to the first: compare the amount before what is known is answered"
		}
	}
	return ""
}

// amount is that of the call's body, 0 where it has none.
func (c *call) amount() int64 {
	var body struct {
		AmountCents int64 `json:"amount_cents"`
	}
	_ = json.Unmarshal([]byte(c.body), &body)
	return body.AmountCents
}

// stillCompleted: what was given back is answered as if it were paid.
func stillCompleted(s *Script) string {
	undone := sandbox.Effects(s.ledger, sandbox.Refund)+sandbox.Effects(s.ledger, sandbox.Void) > 0
	switch {
	case !strings.HasPrefix(s.expected, "409") || !undone:
		return ""
	case strings.HasPrefix(s.got, "200"):
		return "the money was given back, and the object still says COMPLETED: set its state to what the row says then"
	case strings.Contains(s.got, "the key was voided"):
		return "it was refunded, the object does not know, and the gateway was asked to charge: set the state to what the row says then"
	}
	return ""
}

// requestForRow: the state was lost, and what was asked for was taken for what the
// row says.
func requestForRow(s *Script) string {
	if s.where.function != "Payment.known" || !strings.HasPrefix(s.expected, "409") || s.last == nil {
		return ""
	}
	for _, c := range s.calls {
		if c.target == s.last.target && c.amount() != s.last.amount() {
			return "known has answered with what it was asked for, and not with the row that is there: BeginPayment returns that row"
		}
	}
	return ""
}

// boundTooLate: the gateway was asked once more than was allowed.
func boundTooLate(s *Script) string {
	if s.expected == "10 requests of charge for "+s.subject && s.got == "11" {
		return "the tenth failure is the last one: askGateway has counted it when it returns"
	}
	return ""
}

// unlikeThePayments: the gateway knows the charge by another key.
func unlikeThePayments(s *Script) string {
	if strings.HasPrefix(s.expected, "a charge with key ") {
		return "the charge has another key than the payment's id: by that it is looked up later, voided, and refunded"
	}
	return ""
}

// failures are the times that the outside world has failed to answer a kind of
// request, and has said so.
func failures(s *Script, kind sandbox.Kind) (n int) {
	for _, e := range s.ledger {
		if e.What == sandbox.Answer && e.Kind == kind && e.Status >= http.StatusInternalServerError {
			n++
		}
	}
	return n
}

// failureIsNo: the gateway failed, and the caller is told no.
func failureIsNo(s *Script) string {
	no := strings.HasPrefix(s.got, "4") || strings.Contains(s.got, " answered 4")
	if no && !strings.HasPrefix(s.expected, "4") && failures(s, sandbox.Charge) > 0 && finalNo(s) == 0 {
		return "the gateway failed, and that was taken for a no: a 5xx says that nobody knows. return the error as it is, then it is asked again"
	}
	return ""
}

// boundTooSoon: the gateway failed some times, and was asked no more.
func boundTooSoon(s *Script) string {
	n := failures(s, sandbox.Charge)
	if strings.HasPrefix(s.expected, "200") && strings.HasPrefix(s.got, "502") && 0 < n && n < 10 {
		return "given up after " + course.Count(n, "failure") + ": at 40 of 100, ten leave out one honest order in ten thousand"
	}
	return ""
}

// givenBackFirst: nobody knew whether it was charged, and it was given back.
func givenBackFirst(s *Script) string {
	if strings.HasPrefix(s.expected, "200 ") && strings.HasPrefix(s.got, "502 ") && sandbox.Effects(s.ledger, sandbox.Refund) > 0 {
		return "it was charged, and the money went back: outside.Refund voids a key that was never charged, so ask first whether it was, outside.Lookup"
	}
	return ""
}

// keyDied: an effect had another key once the program was another one.
func keyDied(s *Script) string {
	killed := slices.ContainsFunc(s.tries, func(a proxy.Attempt) bool { return a.End == "killed" })
	if !killed || !strings.HasPrefix(s.where.function, "Payment.") && s.where.function != "main" {
		return ""
	}
	for _, kind := range effectKinds {
		if sandbox.Effects(s.ledger, kind) > 1 && len(sandbox.Keys(s.ledger, kind)) > 1 {
			return "after the kill the key is another one: what is made in the step, or kept in a variable, dies with the program. " + s.stableKey()
		}
	}
	return ""
}

// lookedUp: the gateway has said no, and was asked what became of it.
func lookedUp(s *Script) string {
	if !strings.HasPrefix(s.expected, "4") && !strings.HasPrefix(s.expected, "0 requests of lookup") {
		return ""
	}
	no, asked := false, false
	for _, e := range s.ledger {
		no = no || e.Kind == sandbox.Charge && isNo(e)
		asked = asked || no && e.Kind == sandbox.Lookup
	}
	if asked {
		return "the gateway has said no, and was asked all the same what became of it: a refusal is final. what comes out of a step has its code, and no longer its type"
	}
	return ""
}

// declinedUnheard: it was declined, which is known by now, and the caller is
// told that nobody knows.
func declinedUnheard(s *Script) string {
	if strings.HasPrefix(s.expected, "402") && strings.HasPrefix(s.got, "50") && sandbox.Requests(s.ledger, sandbox.Lookup) > 0 {
		return "it was declined, and only the answer was lost: Lookup says so, and Refund too, outside.Declined"
	}
	return ""
}

// refundLost: the gateway failed to give the money back, and nobody asked again.
func refundLost(s *Script) string {
	if strings.HasPrefix(s.expected, "1 refund ") && s.got == "0" && failures(s, sandbox.Refund) > 0 {
		return "the gateway failed to give it back, and the handler went on as if it had: return the error, then the step is tried again"
	}
	return ""
}

// payersAnswer: who asked for a refund is told what a payer would be.
func payersAnswer(s *Script) string {
	if s.last == nil || s.last.target.handler != "Refund" || !strings.HasPrefix(s.expected, "200") {
		return ""
	}
	if strings.HasPrefix(s.got, "409") && sandbox.Requests(s.ledger, sandbox.Refund) > 0 {
		return "it was refunded, which is what the caller wanted: answer() is for whoever wants to pay"
	}
	return ""
}

// statusMadeUp: the answer has another status than the row.
func statusMadeUp(s *Script) string {
	if strings.Contains(s.expected, `"status":"FAILED"`) && strings.Contains(s.got, `"status":"REFUNDED"`) {
		return "there was nothing to give back, so the row is left FAILED: take the status from the row that RefundPayment returns"
	}
	return ""
}

// beside: two handlers of one key ran at the same time.
func beside(s *Script) string {
	if strings.HasSuffix(s.expected, " to wait for its turn") && strings.HasPrefix(s.got, "it is ") {
		return "it did not wait: a handler with an ObjectSharedContext runs beside the others of its key, one with an ObjectContext alone"
	}
	return ""
}

// ownDoing: a step had done its work when its result was lost, and then found
// it done.
func ownDoing(s *Script) string {
	if !strings.HasPrefix(s.expected, "200") || !strings.HasPrefix(s.got, "4") || finalNo(s) > 0 {
		return ""
	}
	lost := map[string]string{} // the step that an attempt of the invocation ended in
	for _, a := range s.tries {
		if len(a.Steps) == 0 {
			continue
		}
		last := a.Steps[len(a.Steps)-1]
		if last.How == "failed for good" && lost[a.Invocation] == last.Name {
			return "the step had done its work, and its result was lost; run again, it took that for an error. what is done already is fine"
		}
		lost[a.Invocation] = ""
		if last.How == "begun" {
			lost[a.Invocation] = last.Name
		}
	}
	return ""
}
