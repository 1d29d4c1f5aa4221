package cause

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/claim"
)

// paid returns a call of ProcessPayment that was answered.
func paid(body string, status int) Call {
	return Call{Service: "Payment", Key: "pay-o-1", Handler: "ProcessPayment", Body: body, Answered: true, Status: status}
}

// What a rule looks at may be missing.
func TestRulesDoWithLess(t *testing.T) {
	last := paid("", 200)
	f := &Finding{
		Claim: claim.ExpectAnswer(409, "").With(claim.GotAnswer(200, []byte("{}"))),
		Last:  &last,
		Calls: []Call{last, paid("", 500)},
	}
	require.Empty(t, doneTooSoon(f), "no attempts")
}
