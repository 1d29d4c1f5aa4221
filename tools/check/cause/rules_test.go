package cause

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/claim"
)

// paid returns a call of ProcessPayment with an answer.
func paid(body string, status int) Call {
	return Call{Service: "Payment", Key: "pay-o-1", Handler: "ProcessPayment", Body: body, Answered: true, Status: status}
}

// A rule copes with a finding that lacks what the rule reads.
func TestRulesDoWithLess(t *testing.T) {
	last := paid("", 200)
	f := &Finding{
		Claim: claim.ExpectAnswer(409, "").With(claim.GotAnswer(200, []byte("{}"))),
		Last:  &last,
		Calls: []Call{last, paid("", 500)},
	}
	require.Empty(t, doneTooSoon(f), "no attempts")
}
