package shop

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// paid returns a call of ProcessPayment with an answer.
func paid(body string) cause.Call {
	return cause.Call{Service: "Payment", Key: "pay-o-1", Handler: "ProcessPayment", Body: body, Answered: true, Status: 200}
}

// A rule copes with a finding that lacks what the rule reads.
func TestShopRulesDoWithLess(t *testing.T) {
	f := &cause.Finding{
		Claim:   claim.ExpectEffects("refund", "o-1", claim.Count{N: 1}).With(claim.GotCount(0)),
		Subject: "o-1",
		Ledger:  []sandbox.Entry{{What: sandbox.Effect, Kind: sandbox.Void, Key: "pay-o-1"}},
	}
	require.Empty(t, otherKey(f), "no charge")
	f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Effect, Kind: sandbox.Charge, Key: "another"})
	require.NotEmpty(t, otherKey(f))
}

func TestOtherAmountIsNotOtherSpaces(t *testing.T) {
	last := paid(`{"amount_cents":2500}`)
	f := &cause.Finding{Claim: claim.ExpectAnswer(409, "").With(claim.GotAnswer(200, []byte("{}"))), Last: &last}
	f.Calls = []cause.Call{last, paid(`{ "amount_cents": 2500, "token": "tok_ok" }`)}
	require.Empty(t, otherAmount(f))
	f.Calls[1] = paid(`{"amount_cents":2600}`)
	require.NotEmpty(t, otherAmount(f))
}

// A script that lets two payments fail has twice the requests, and each of them stopped at
// the limit. The rule needs one payment without a limit, and a gateway that always fails.
func TestLimitIsOfOnePayment(t *testing.T) {
	f := &cause.Finding{AllFailing: true,
		Claim: claim.ExpectAnswer(502, "").With(claim.GotRetried("Payment/ProcessPayment", 26, "503"))}
	ask := func(subject string) {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Request, Kind: sandbox.Charge, Subject: subject})
	}
	for range 10 {
		ask("o-1")
		ask("o-1-2")
	}
	require.Empty(t, retriedWithoutBound(f))
	for range 4 {
		ask("o-1")
	}
	require.Contains(t, retriedWithoutBound(f), "no retry limit")
	f.AllFailing, f.Failing = false, 21
	require.Empty(t, retriedWithoutBound(f), "some requests fail, and later ones would not")
}

func TestBackOffInWords(t *testing.T) {
	want := claim.ExpectSpread("charge", 210*time.Millisecond)
	require.Contains(t, askedTooClose(&cause.Finding{Claim: want.With(claim.GotTime(17 * time.Millisecond))}), "without a back-off")
	require.Contains(t, askedTooClose(&cause.Finding{Claim: want.With(claim.GotTime(70 * time.Millisecond))}), "shorter than RETRY_FIRST says")
}

// A status is old because Status did not look at the row, or because nobody wrote the row.
func TestOldStatusIsOfACopyOrOfTheRow(t *testing.T) {
	last := cause.Call{Service: "Order", Key: "o-1", Handler: "Status", Workflow: true, Answered: true, Status: 200}
	f := &cause.Finding{
		Claim:    claim.ExpectAnswer(200, `{"status":"COMPLETED"}`).With(claim.GotAnswer(200, []byte(`{"status":"PENDING"}`))),
		Last:     &last,
		Calls:    []cause.Call{last},
		Attempts: []proxy.Attempt{{Service: "Order", Handler: "Status", Key: "o-1", N: 1, End: "done"}},
	}
	require.Contains(t, readFromState(f), "ran no step")
	f.Attempts[0].Steps = []proxy.StepRun{{Name: "look", How: "ok"}}
	require.Empty(t, readFromState(f))
	require.Contains(t, tooMuchSaid(f), "still says PENDING")
	f.Attempts = nil
	require.Empty(t, readFromState(f), "nothing is known of the call")
}

// The last request is missing from a report only if each payment has one request too few, or
// as few as a plain count of a left join has.
func TestReportMissesTheLastRequest(t *testing.T) {
	want := claim.ExpectTable(`[{"attempts":1,"payments":39},{"attempts":3,"payments":4},{"attempts":12,"payments":1}]`)
	likely := func(rows string) string {
		return reportedOtherRows(&cause.Finding{Claim: want.With(claim.GotTable(rows))})
	}
	require.Contains(t, likely(`[{"attempts":0,"payments":39},{"attempts":2,"payments":4},{"attempts":11,"payments":1}]`), "Count the last request")
	require.Contains(t, likely(`[{"attempts":1,"payments":39},{"attempts":2,"payments":4},{"attempts":11,"payments":1}]`), "Count the last request")
	require.Contains(t, likely(`[{"attempts":1,"payments":40},{"attempts":3,"payments":4}]`), "count its rows in payment_failures")
}

// A handler that sends the second request by itself hides the failure from Restate.
func TestRepeatedByItself(t *testing.T) {
	f := &cause.Finding{Claim: claim.ExpectBackOff("Payment/ProcessPayment").With(claim.GotNoFailure())}
	require.Empty(t, failedWithoutBackOff(f), "the gateway got no request")
	for range 2 {
		f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Request, Kind: sandbox.Charge})
	}
	require.Contains(t, failedWithoutBackOff(f), "repeats a failed request by itself")
	f.Claim = f.Claim.With(claim.GotFewFailures(1))
	require.Contains(t, failedWithoutBackOff(f), "repeats a failed request by itself")
}

// A row that is missing is no reason to send no refund.
func TestRefundWithoutARow(t *testing.T) {
	last := cause.Call{Service: "Payment", Key: "pay-o-1", Handler: "Refund", Answered: true, Status: 404}
	f := &cause.Finding{Claim: claim.ExpectAnswer(200, "{}").With(claim.GotAnswer(404, []byte(`{"message":"no payment"}`))), Last: &last, Calls: []cause.Call{last}}
	require.Contains(t, refundNotSent(f), "has no row")
	f.Ledger = []sandbox.Entry{{What: sandbox.Request, Kind: sandbox.Refund}}
	require.Empty(t, refundNotSent(f))
}
