package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/sandbox"
)

// seen is a script that has seen an answer other than the one expected.
func seen(c *call, expected, got string) *Script {
	s := &Script{record: &record{expected: expected, got: got}, world: &world{}, calls: map[string]*call{"first": c}, saw: map[string]bool{}}
	s.last = c
	return s
}

func paid(body string, status int) *call {
	c := &call{target: target{"Payment", "pay-o-1", "ProcessPayment"}, body: body, key: "o-1/first", status: status, done: make(chan struct{})}
	close(c.done)
	return c
}

// What a rule looks at may be missing.
func TestRulesDoWithLess(t *testing.T) {
	s := seen(paid("", 200), "409", "200 {}")
	s.calls["second"] = paid("", 500)
	require.Empty(t, doneTooSoon(s), "no attempts")

	s = seen(paid("", 200), "1 refund for o-1", "0")
	s.subject = "o-1"
	s.ledger = []sandbox.Entry{{What: sandbox.Effect, Kind: sandbox.Void, Key: "pay-o-1"}}
	require.Empty(t, otherKey(s), "no charge")
	s.ledger = append(s.ledger, sandbox.Entry{What: sandbox.Effect, Kind: sandbox.Charge, Key: "another"})
	require.NotEmpty(t, otherKey(s))
}

func TestOtherAmountIsNotOtherSpaces(t *testing.T) {
	s := seen(paid(`{"amount_cents":2500}`, 200), "409", "200 {}")
	s.calls["second"] = paid(`{ "amount_cents": 2500, "token": "tok_ok" }`, 200)
	require.Empty(t, otherAmount(s))
	s.calls["second"] = paid(`{"amount_cents":2600}`, 200)
	require.NotEmpty(t, otherAmount(s))
}

// A run has no idempotency key to be told by.
func TestOnlyOneCallIsLookedAt(t *testing.T) {
	run := func(key string) *call { return &call{target: target{"Order", key, "CreateOrder"}} }
	s := &Script{record: &record{subject: "o-1"}, calls: map[string]*call{"a": run("o-1-a"), "b": run("o-1-b")}}
	a, b := invocation{Service: "Order", Key: "o-1-a", Handler: "CreateOrder"}, invocation{Service: "Order", Key: "o-1-b", Handler: "CreateOrder"}
	require.True(t, s.called(a) && s.called(b))
	s.only = s.calls["a"]
	require.True(t, s.called(a))
	require.False(t, s.called(b))
}

func TestBackOffInWords(t *testing.T) {
	require.Contains(t, tooClose(17*time.Millisecond, 210*time.Millisecond), "has no length")
	require.Contains(t, tooClose(70*time.Millisecond, 210*time.Millisecond), "shorter than RETRY_FIRST says")
}

// The words of a claim about lines are those that a rule looks for.
func TestLinesUnsaid(t *testing.T) {
	err := compare("2", 0, "line", linesWith("Restate will retry"))
	require.EqualError(t, err, `expected 2 lines with "Restate will retry" in it, got 0`)
	s := seen(paid("", 200), err.(*wrong).expected, "0")
	s.ledger = []sandbox.Entry{{What: sandbox.Request, Kind: sandbox.Charge}}
	require.NotEmpty(t, linesUnsaid(s))
}
