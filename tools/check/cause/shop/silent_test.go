package shop

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// silent has, for rules that could be wrong, what a program can show that does not have the
// rule's cause: the finding of the rule, with a change.
var silent = []struct {
	rule, when string
	change     func(*cause.Finding)
}{
	{"paused-soon", "the code panics on every attempt, and nothing fails for a time", func(f *cause.Finding) {
		f.Attempts[4].Panicked, f.Attempts[4].End = true, "error: no such order"
		f.Claim.Got.Text = "no such order"
	}},
	{"requests-in-one-step", "each request has a step, and the second one failed before the first was stored", func(f *cause.Finding) {
		f.Attempts[0].Steps = append(f.Attempts[0].Steps, proxy.StepRun{Name: "price ink", How: "begun"})
		f.Attempts[2].Steps = append(f.Attempts[2].Steps, proxy.StepRun{Name: "price ink", How: "ok"})
	}},
	{"set-before-no", "no call was refused, and another Add has put the item into the cart", func(f *cause.Finding) { f.Calls[4].Status = 200 }},
	{"set-before-no", "the answer lacks an item, and has none too many", func(f *cause.Finding) {
		f.Claim.Got.Text = `{"items":{"book-o-3.1-adds":2}}`
	}},
	{"view-calls-pricing", "View has called nothing, and the call that fails is one of Add", func(f *cause.Finding) { f.Journal = f.Journal[:2] }},
	{"number-as-text", "the text is another number", func(f *cause.Finding) { f.Claim.Got.Text = `{"amount_cents":"7"}` }},
	{"called-by-http", "the program's own request went to the gateway", func(f *cause.Finding) {
		f.Claim.Got.Text = `Post "http://127.0.0.1:9090/gateway/charges": EOF`
	}},
	{"error-of-its-own", "a request had no answer", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Dropped, Kind: sandbox.Mail})
	}},
	{"error-of-its-own", "a step ended in a terminal error", func(f *cause.Finding) { f.Attempts[0].Steps[1].How = "failed for good" }},
	{"json-names", "the first attempt had its answer cut off, and the next one read the steps from the journal", func(f *cause.Finding) {
		f.Attempts[0].Replayed = 1
	}},
	{"room-is-final", "no attempt found the disk full", func(f *cause.Finding) { f.Attempts = f.Attempts[1:] }},
	{"room-is-final", "the gateway failed ten times", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Charge, Status: 503})
	}},
	{"waits-on", "time is over, and the handler may do anything", func(f *cause.Finding) {
		f.Claim.Got = claim.GotNothingWithin(20)
	}},
	{"died-in-goroutine", "the Go runtime ended the program, which no recover prevents", func(f *cause.Finding) {
		f.Trace = "fatal error: concurrent map writes\n" + f.Trace[len("panic: no such order\n"):]
	}},
	{"ends-itself", "the Go runtime ended the program", func(f *cause.Finding) {
		f.Claim.Got = claim.GotProgramEnded(2, "exit status 2", "fatal error: stack overflow")
	}},
	{"never-returns", "two steps of restate.RunAsync were created, and may never have started", func(f *cause.Finding) {
		f.Attempts[0].Steps = append(f.Attempts[0].Steps, proxy.StepRun{Name: "mail", How: "begun"})
	}},
	{"waits-inside-step", "the call that was not repeated comes after the step", func(f *cause.Finding) {
		f.Claim.Got.Text = "The previous execution ran and recorded the following: 'one way call/send' (index '4')"
		f.Unreplayable[0] = append(f.Unreplayable[0], restate.Entry{Type: "Command: OneWayCall"})
	}},
	{"waits-inside-step", "the step is one of restate.RunAsync that still ran, and chance decides about the next", func(f *cause.Finding) {
		f.Claim.Got.Text = "The previous execution ran and recorded the following: 'run' (index '1')"
		f.Unreplayable[0] = entries("Command: Input", "Command: Run", "Command: Run")
	}},
	{"kept-in-memory", "the handler looked in the state", func(f *cause.Finding) {
		f.Journal = entries("Command: Input", "Command: GetEagerState", "Command: Output")
		f.Journal[1].JSON = `{"Command":{"GetEagerState":{"key":"status"}}}`
	}},
	{"kept-in-memory", "the handler looked in the database", func(f *cause.Finding) {
		f.Attempts[1].Steps = []proxy.StepRun{{Name: "look", How: "ok"}}
	}},
	{"key-of-another-request", "the earlier request was one of the same order, with another amount", func(f *cause.Finding) {
		f.Ledger[3].Subject, f.Ledger[4].Subject = f.Ledger[0].Subject, f.Ledger[0].Subject
	}},
	{"went-on-after-no", "the row says FAILED, without a reason", func(f *cause.Finding) {
		f.Claim.Got.Text = "[500 Internal] CHECK constraint failed: failed_for_a_reason"
	}},
	{"panicked-no", "the panic is a mistake in the code that follows", func(f *cause.Finding) {
		f.Claim.Got.Text = "[500 Internal] panic occurred while executing Run: runtime error: index out of range [1] with length 1"
	}},
	{"retries-final", "the database refuses the row after the refusal", func(f *cause.Finding) {
		for i := range f.Attempts {
			f.Attempts[i].Steps = append(f.Attempts[i].Steps, proxy.StepRun{Name: "row", How: "begun"})
			f.Attempts[i].Panicked = false
		}
	}},
	{"asks-again", "two orders were refused, each once", func(f *cause.Finding) {
		f.Ledger = f.Ledger[:4]
		f.Ledger[2].Subject, f.Ledger[3].Subject = "nope-2", "nope-2"
	}},
	{"done-too-soon", "the object has no state", func(f *cause.Finding) { f.State = nil }},
	{"error-swallowed", "the refused request was one of another call", func(f *cause.Finding) {
		f.Ledger[0].Subject, f.Ledger[1].Subject = "another", "another"
	}},
	{"error-swallowed", "a lookup found no charge, which is no refusal", func(f *cause.Finding) {
		f.Ledger[0].Kind, f.Ledger[1].Kind = sandbox.Lookup, sandbox.Lookup
	}},
	{"unknown-is-no", "the next request was answered", func(f *cause.Finding) {
		e := f.Ledger[0]
		e.What, e.Request, e.Status = sandbox.Answer, 4, 200
		f.Ledger = append(f.Ledger, e)
	}},
	{"gave-up-early", "the next request was answered", func(f *cause.Finding) {
		e := f.Ledger[1]
		e.Request, e.Status = 3, 200
		f.Ledger = append(f.Ledger, e)
	}},
	{"too-few-steps", "the handler ended before, with an error", func(f *cause.Finding) {
		f.Calls[0].Status, f.Last.Status = 400, 400
	}},
	{"never-called", "the handler ended before, with an error", func(f *cause.Finding) { f.Last.Status = 404 }},
	{"state-before-row", "the second call failed too", func(f *cause.Finding) { f.Last.Status = 409 }},
	{"state-before-row", "the second call did its work, and wrote no row", func(f *cause.Finding) {
		f.Attempts[3].Steps = []proxy.StepRun{{Name: "row", How: "ok"}}
	}},
	{"state-before-row", "the object has no state", func(f *cause.Finding) { f.State = nil }},
	{"state-ahead", "the object has no state", func(f *cause.Finding) { f.State = nil }},
	{"fails-outside-steps", "the handler waited for a call, which told it of the cancel", func(f *cause.Finding) {
		f.Journal = entries("Command: Input", "Command: Call", "Notification: CallInvocationId", "Notification: Signal")
	}},
	{"fails-outside-steps", "nothing is known of what the handler waited for", func(f *cause.Finding) { f.Journal = nil }},
	{"cancel-made-retryable", "a request in a step was broken off, as Go says it", func(f *cause.Finding) {
		f.Claim.Got.Text = `Post "http://127.0.0.1:9080/charge": context canceled`
	}},
	{"asked-when-replayed", "one step sent two requests, each once", func(f *cause.Finding) { f.Ledger[3].Kind = sandbox.Mail }},
	{"lost-memory", "the other call was for another key", func(f *cause.Finding) { f.Calls[0].Key = "ship-o-2" }},
	{"written-over", "the order did not go on from its row", func(f *cause.Finding) {
		f.Claim.Want.JSON = `[{"status":"PAID"},{"status":"SHIPPED"},{"status":"COMPLETED"}]`
		f.Claim.Got.Text = `[{"status":"PAID"},{"status":"SHIPPED"}]`
	}},
	{"refunded-other-amount", "another column differs", func(f *cause.Finding) {
		f.Claim.Want.JSON = `[{"status":"REFUNDED","charge_id":"ch_1"}]`
		f.Claim.Got.Text = `[{"status":"REFUNDED","charge_id":"ch_2"}]`
	}},
	{"other-reason", "another column differs", func(f *cause.Finding) {
		f.Claim.Want.JSON = `[{"status":"FAILED","code":402,"payment_id":null}]`
		f.Claim.Got.Text = `[{"status":"FAILED","code":402,"payment_id":"pay-o-1"}]`
	}},
	{"not-final", "a query outside of steps fails", func(f *cause.Finding) {
		f.Claim.Got.Text = "[500 Internal] no such column: state"
	}},
	{"ignores-cancel", "every attempt of the cancelled handler panics in a later step", func(f *cause.Finding) {
		f.Claim = claim.ExpectAnswerFrom("").With(claim.GotRetried("Shipping/CreateShipment", 12, "panic occurred"))
		f.Attempts[2].End, f.Attempts[2].Panicked = "error: panic occurred", true
	}},
	{"ignores-cancel", "a workflow is to write down that it was cancelled, and that step fails", func(f *cause.Finding) {
		f.Claim = claim.ExpectAnswerFrom("").With(claim.GotRetried("Order/CreateOrder", 12, "no such column"))
		f.Attempts[2].End = "error: no such column"
		f.Calls[0].Workflow, f.Last.Workflow = true, true
	}},
	{"made-terminal", "the code refused with an empty failure, and no error was there", func(f *cause.Finding) {
		f.Claim.Got.Text = `{"code":0,"message":"","source":"invocation"}`
	}},
	{"denied-ignored", "the order ended before it came to the row that is denied", func(f *cause.Finding) {
		f.Claim.Of = "Order/o-1/CreateOrder"
		f.Attempts = []proxy.Attempt{{Handler: "CreateOrder", N: 1, Steps: []proxy.StepRun{{Name: "pending", How: "ok"}}, End: "done"}}
	}},
	{"too-early-to-tell", "Status was called", func(f *cause.Finding) { f.Last.Handler = "Status" }},
	{"retries-final", "the script has the database refuse the row after the refusal", func(f *cause.Finding) {
		for i := range f.Attempts {
			f.Attempts[i].Panicked = false
		}
		f.Facts = map[string]bool{cause.Denied: true}
	}},
	{"not-repeatable", "two rows have one tracking id", func(f *cause.Finding) {
		f.Claim.Got.Text = "[500 Internal] UNIQUE constraint failed: shipments.tracking_id"
		for i := range f.Attempts {
			f.Attempts[i].End = "error: UNIQUE constraint failed: shipments.tracking_id"
		}
	}},
	{"ended-early", "the request never came", func(f *cause.Finding) { f.Claim.Got.N = 0 }},
	{"bound-by-outage", "the gateway's refusal ended the call", func(f *cause.Finding) { f.Claim.Got.Status = 402 }},
	{"failure-is-no", "a later request charged the card", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Effect, Kind: sandbox.Charge, Status: 200})
	}},
	{"failed-in-defer", "a step was cut, and its second try found the row", func(f *cause.Finding) {
		f.Ledger = nil
		f.Attempts[0].End = "cut"
	}},
	{"effect-doubled", "two orders had one effect each", splitOrders},
	{"key-died", "two orders had one effect each", splitOrders},
	{"payment-key-changes", "two orders had one effect each", splitOrders},
	{"sent-twice", "the two requests were for two orders", splitOrders},
	{"sent-twice", "the second request came after the attempt had ended", func(f *cause.Finding) {
		over := time.Date(2026, 11, 29, 12, 0, 0, 700_000, time.UTC)
		f.Attempts[0].Over = over
		for i, e := range f.Ledger {
			f.Ledger[i].T = over.Add(-5 * time.Millisecond)
			if max(e.N, e.Request) > 3 {
				f.Ledger[i].T = over.Truncate(time.Millisecond) // which the ledger knows no better
			}
		}
	}},
	{"not-asked", "the request was sent for this order too, and was answered", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Request, Kind: sandbox.Kind(f.Claim.Of), Subject: f.Claim.For})
	}},
	{"died-in-goroutine", "the SDK itself started the goroutine", func(f *cause.Finding) {
		f.Trace = strings.ReplaceAll(f.Trace, "created by example.com/workbook/work/01-concepts/checkout", "created by github.com/restatedev/sdk-go/internal/restatecontext")
	}},
	{"empty-key", "the call has a key", func(f *cause.Finding) {
		for i, e := range f.Journal {
			f.Journal[i].JSON = strings.ReplaceAll(e.JSON, `"key":""`, `"key":"ship-o-1"`)
		}
	}},
	{"refused-approved", "the person has refused the order", func(f *cause.Finding) {
		for i, c := range f.Calls {
			f.Calls[i].Body = strings.ReplaceAll(c.Body, `"approved":true`, `"approved":false`)
		}
	}},
	{"refused-approved", "the timer went off first", func(f *cause.Finding) {
		f.Claim.Got.Status = 408
		f.Journal = append(f.Journal, restate.Entry{Type: "Notification: Sleep"})
	}},
	{"other-code", "another condition of the shop has this code", func(f *cause.Finding) { f.Claim.Got.Status = 409 }},
	{"row-overlooked", "nobody has written a row", func(f *cause.Finding) {
		f.Attempts = slices.DeleteFunc(f.Attempts, func(a proxy.Attempt) bool { return a.Handler == "CreateOrder" })
	}},
	{"stored-too-soon", "another program has written the row", func(f *cause.Finding) { f.Facts = map[string]bool{cause.Changed: true} }},
	{"stored-too-soon", "the order called Payment", func(f *cause.Finding) {
		f.Attempts = append(f.Attempts, proxy.Attempt{Service: "Payment", Handler: "ProcessPayment", N: 1, End: "done"})
	}},
	{"refused-at-once", "the order needs an approval", func(f *cause.Finding) {
		f.Last.Body = `{"customer_id":"ann","amount_cents":100000,"token":"tok_ok"}`
	}},
	{"charged-before-approval", "the order was not charged", func(f *cause.Finding) { f.Claim.Got.N = 0 }},
	{"ran-concurrently", "no request is held, so the first handler may have ended", func(f *cause.Finding) { f.Held = "" }},
	{"other-charge-id", "the id may be lost on replay", func(f *cause.Finding) {
		f.Claim.Got = claim.GotRetried("Payment/ProcessPayment", 5, "UNIQUE constraint failed: payments.charge_id")
		f.Ledger = []sandbox.Entry{{What: sandbox.Answer, Kind: sandbox.Charge, Status: 200}}
		f.Replayed = true
	}},
	{"paid-without-charge", "a step was created that nothing waits for", func(f *cause.Finding) {
		f.Attempts[0].Steps = append(f.Attempts[0].Steps, proxy.StepRun{Name: "charge", How: "begun"})
	}},
	{"empty-after-replay", "the caller should get an error, and got nothing", func(f *cause.Finding) {
		f.Claim = claim.ExpectAnswer(502, "").With(f.Claim.Got)
	}},
	{"asked-when-replayed", "a request failed, so its step sent it again", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Charge, Status: 503})
	}},
	{"failure-is-no", "the gateway failed ten times, and the handler may give up", func(f *cause.Finding) {
		for range 10 {
			f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Charge, Status: 503})
		}
	}},
	{"other-charge-id", "the gateway gave no charge, so the row has no id to take", func(f *cause.Finding) {
		f.Claim.Got = claim.GotRetried("Payment/ProcessPayment", 5, "UNIQUE constraint failed: payments.charge_id")
	}},
	{"other-code", "the code is the gateway's own", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Charge, Status: f.Claim.Got.Status})
	}},
	{"taken-for-decline", "the gateway declined the card, and its answer was lost", func(f *cause.Finding) {
		f.Ledger[1].What, f.Ledger[1].Status = sandbox.Dropped, 402
	}},
	{"found-is-failed", "the attempt that found the charge was lost, and a replay ended in another way", func(f *cause.Finding) {
		for i := range f.Attempts[0].Steps {
			f.Attempts[0].Steps[i].How = "replayed"
		}
	}},
	{"found-is-failed", "the money went back after the lookup", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Refund, Key: f.Last.Key, Status: 200})
	}},
	{"accepted-is-no", "an earlier attempt failed, and a replay may have lost a value", func(f *cause.Finding) {
		f.Attempts[0].N = 2
	}},
	{"accepted-is-no", "a request failed", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Charge, Status: 503})
	}},
	{"charged-after-asking", "the eleventh request came before the lookup failed", func(f *cause.Finding) {
		f.Ledger = f.Ledger[:len(f.Ledger)-2]
	}},
	{"charged-after-asking", "the charge step had ended, so the eleventh request was not in it", func(f *cause.Finding) {
		over := f.Ledger[0].T.Add(-time.Second)
		f.Attempts = append(f.Attempts, proxy.Attempt{Handler: "ProcessPayment", Over: over, Steps: []proxy.StepRun{{Name: "charge", How: "failed for good"}}})
	}},
	{"code-left-out", "a limit of retries made the error of a request terminal", func(f *cause.Finding) {
		f.Attempts[0].Steps[0].How = "failed for good"
	}},
	{"code-left-out", "the handler passed on the error of another one", func(f *cause.Finding) {
		f.Attempts = append(f.Attempts, proxy.Attempt{Service: "Pricing", Handler: "Quote", N: 1, End: "done"})
	}},
	{"failed-when-refused", "the order was declined, so its row has to say FAILED", func(f *cause.Finding) { f.Last.Status = 402 }},
	{"asking-given-up", "the gateway refused the request", func(f *cause.Finding) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Answer, Kind: sandbox.Refund, Key: f.Last.Key, Status: 400})
	}},
	{"lowered-twice", "the program printed no number of pieces", func(f *cause.Finding) { f.Claim.Got.Text = `{}` }},
	{"stock-put-back", "a client printed the answer of another order", func(f *cause.Finding) { f.Where.File = "client/client.go" }},
	{"dead-connection-kept", "no connection died, and the program waits for something else", func(f *cause.Finding) { f.Facts = nil }},
	{"never-is-repeated", "the task is not written yet", func(f *cause.Finding) { f.Claim.Got.Text = "TODO 8.3: not written yet" }},
	{"unsold-is-sold", "the program ended with another error", func(f *cause.Finding) { f.Claim.Got.Code = 1 }},
}

// splitOrders makes each request one of another order, together with what followed it.
func splitOrders(f *cause.Finding) {
	for i, e := range f.Ledger {
		n := e.Request
		if e.What == sandbox.Request {
			n = e.N
		}
		f.Ledger[i].Subject = fmt.Sprint("o-", n)
	}
}

// entries returns the entries of a journal.
func entries(types ...string) (all []restate.Entry) {
	for _, t := range types {
		all = append(all, restate.Entry{Type: t})
	}
	return all
}

// A rule says nothing if another cause shows the same.
func TestRulesAreSilentWhenTheyCouldBeWrong(t *testing.T) {
	rules := map[string]func(*cause.Finding) string{}
	for _, rule := range cause.Merge(Causes) {
		rules[rule.ID] = rule.Explain
	}
	for _, s := range silent {
		t.Run(s.rule+": "+s.when, func(t *testing.T) {
			f := readFinding(t, s.rule)
			s.change(f)
			require.Empty(t, rules[s.rule](f))
		})
	}
}
