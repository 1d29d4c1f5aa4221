package shop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/sandbox"
)

// shopSeen is what was found with an answer other than the one expected.
func shopSeen(last cause.Call, expected, got string) *cause.Finding {
	return &cause.Finding{Expected: expected, Got: got, Last: &last, Calls: []cause.Call{last}, Facts: map[string]bool{}}
}

func shopPaid(body string, status int) cause.Call {
	return cause.Call{Service: "Payment", Key: "pay-o-1", Handler: "ProcessPayment", Body: body, Answered: true, Status: status}
}

// What a rule looks at may be missing.
func TestShopRulesDoWithLess(t *testing.T) {
	f := shopSeen(shopPaid("", 200), "1 refund for o-1", "0")
	f.Subject = "o-1"
	f.Ledger = []sandbox.Entry{{What: sandbox.Effect, Kind: sandbox.Void, Key: "pay-o-1"}}
	require.Empty(t, otherKey(f), "no charge")
	f.Ledger = append(f.Ledger, sandbox.Entry{What: sandbox.Effect, Kind: sandbox.Charge, Key: "another"})
	require.NotEmpty(t, otherKey(f))
}

func TestOtherAmountIsNotOtherSpaces(t *testing.T) {
	f := shopSeen(shopPaid(`{"amount_cents":2500}`, 200), "409", "200 {}")
	f.Calls = append(f.Calls, shopPaid(`{ "amount_cents": 2500, "token": "tok_ok" }`, 200))
	require.Empty(t, otherAmount(f))
	f.Calls[1] = shopPaid(`{"amount_cents":2600}`, 200)
	require.NotEmpty(t, otherAmount(f))
}

// A rule that stands in front of none would be asked last.
func TestEveryRuleKnowsItsPlace(t *testing.T) {
	require.Len(t, cause.Merge(Causes), len(cause.Rules)+len(Causes))
}

// The words of a claim about lines are those that the rule looks for.
func TestLinesUnsaid(t *testing.T) {
	f := shopSeen(shopPaid("", 200), "2 lines "+cause.LinesWith("Restate will retry"), "0")
	f.Ledger = []sandbox.Entry{{What: sandbox.Request, Kind: sandbox.Charge}}
	require.NotEmpty(t, linesUnsaid(f))
}
