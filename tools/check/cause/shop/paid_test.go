package shop

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// The words after a payment that ended in another way than the gateway's answers say.
func TestPaymentEndsInAnotherWay(t *testing.T) {
	const completed = `{"status":"COMPLETED"}`
	wanted := claim.ExpectAnswer(http.StatusOK, completed)
	charge := func(what string, status int) sandbox.Entry {
		return sandbox.Entry{What: what, Kind: sandbox.Charge, Subject: "o-1", Key: "pay-o-1", Status: status}
	}
	asked, unavailable := charge(sandbox.Request, 0), charge(sandbox.Answer, 503)
	lookup := func(what string, status int) sandbox.Entry {
		return sandbox.Entry{What: what, Kind: sandbox.Lookup, Subject: "o-1", Key: "pay-o-1", Status: status}
	}
	for _, tc := range []struct {
		name, cause string
		claim       claim.Claim
		ledger      []sandbox.Entry
		attempts    int
	}{
		{"gives up before the second request", "bound-too-soon",
			claim.ExpectRequestOf("charge").With(claim.GotAnsweredInstead("pay", 502, []byte(`{}`))),
			[]sandbox.Entry{asked, unavailable}, 1},
		{"goes on before the second request", "failure-ignored",
			claim.ExpectRequestOf("charge").With(claim.GotAnsweredInstead("pay", 200, []byte(completed))),
			[]sandbox.Entry{asked, unavailable}, 1},
		{"goes on at the limit", "failure-ignored",
			claim.ExpectAnswer(502, "").With(claim.GotAnswer(200, []byte(completed))),
			[]sandbox.Entry{asked, unavailable}, 2},
		{"tries a refusal again", "retries-final",
			claim.ExpectAnswer(422, "").With(claim.GotAnswer(200, []byte(completed))),
			[]sandbox.Entry{asked, charge(sandbox.Answer, 409), asked, charge(sandbox.Effect, 200), charge(sandbox.Answer, 200)}, 2},
		{"ignores a refusal", "error-swallowed",
			claim.ExpectAnswer(422, "").With(claim.GotAnswer(200, []byte(completed))),
			[]sandbox.Entry{asked, charge(sandbox.Answer, 409)}, 1},
		{"gives up asking without an answer", "asking-given-up",
			wanted.With(claim.GotAnswer(500, []byte(`{"code":500,"message":"no answer: EOF"}`))),
			[]sandbox.Entry{asked, charge(sandbox.Effect, 200), charge(sandbox.Dropped, 200), lookup(sandbox.Request, 0), lookup(sandbox.Dropped, 200)}, 1},
		{"is completed although a lookup found nothing", "refunded-is-paid",
			claim.ExpectAnswer(502, "").With(claim.GotAnswer(200, []byte(completed))),
			[]sandbox.Entry{asked, unavailable, lookup(sandbox.Request, 0), lookup(sandbox.Answer, 404)}, 1},
		{"refuses before it does anything", "refused-good",
			wanted.With(claim.GotAnswer(409, []byte(`{"code":409,"message":"payment pay-o-1 is for another amount"}`))),
			nil, 1},
		{"asks with an empty key", "empty-name-in-request",
			claim.ExpectAnswerFrom("Payment/pay-o-1/Refund").With(claim.GotRetried("Payment/Refund", 5, "a key is 1 to 255 printable characters (400)")),
			nil, 2},
		{"sends a refund twice for a key that is void", "sent-twice",
			claim.ExpectRequests("refund", "pay-o-1", claim.Count{N: 1}).With(claim.GotCount(2)),
			[]sandbox.Entry{
				{N: 1, What: sandbox.Request, Kind: sandbox.Refund, Subject: "pay-o-1"},
				{N: 2, What: sandbox.Effect, Kind: sandbox.Void, Subject: "pay-o-1", Request: 1, Status: 200},
				{N: 3, What: sandbox.Request, Kind: sandbox.Refund, Subject: "pay-o-1"},
			}, 1},
		{"asks before it looks at the input", "written-for-nothing",
			claim.ExpectRequests("refund", "o-1", claim.Count{}).With(claim.GotCount(1)),
			[]sandbox.Entry{{N: 1, What: sandbox.Request, Kind: sandbox.Refund, Subject: "o-1"}}, 1},
		{"refunds another amount", "refunded-other-amount",
			claim.ExpectRows(`[{"status":"REFUNDED","amount_cents":2500}]`).With(claim.GotRows(`[{"status":"REFUNDED","amount_cents":2501}]`)),
			nil, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			last := paid(`{"order_id":"o-1"}`)
			if s := tc.claim.Got.Status; s != 0 {
				last.Status = s
			}
			f := &cause.Finding{Claim: tc.claim, Subject: "o-1", Where: record.Place{Function: "Payment.ProcessPayment"},
				Calls: []cause.Call{last}, Last: &last, Ledger: tc.ledger}
			if tc.cause == "written-for-nothing" {
				f.Calls[0].Status = http.StatusBadRequest // the handler refused the input, but too late
			}
			for n := range tc.attempts {
				end := "done"
				if n+1 < tc.attempts {
					end = "error: (503)"
				}
				f.Attempts = append(f.Attempts, proxy.Attempt{Invocation: "inv", Service: "Payment", Handler: "ProcessPayment", Key: "pay-o-1", N: n + 1, End: end})
			}
			id, why := cause.Likely(f, cause.Merge(Causes))
			require.Equal(t, tc.cause, id, why)
		})
	}
}
