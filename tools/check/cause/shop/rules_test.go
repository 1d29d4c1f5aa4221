package shop

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
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
