package cause

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// seen is what was found with an answer other than the one expected.
func seen(last Call, expected, got string) *Finding {
	return &Finding{Expected: expected, Got: got, Last: &last, Calls: []Call{last}, Facts: map[string]bool{}}
}

func paid(body string, status int) Call {
	return Call{Service: "Payment", Key: "pay-o-1", Handler: "ProcessPayment", Body: body, Answered: true, Status: status}
}

// What a rule looks at may be missing.
func TestRulesDoWithLess(t *testing.T) {
	f := seen(paid("", 200), "409", "200 {}")
	f.Calls = append(f.Calls, paid("", 500))
	require.Empty(t, doneTooSoon(f), "no attempts")
}
