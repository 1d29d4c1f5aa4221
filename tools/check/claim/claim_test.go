package claim

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func exactly(n int) Count { return Count{N: n} }

// The words on the right are those that learners read in verdicts.
var expectations = []struct {
	claim Claim
	words string
}{
	{ExpectAttempts("Pricing/Quote", exactly(3)), "3 attempts of Pricing/Quote"},
	{ExpectAttempts("Pricing/Quote", Count{N: 1, AtLeast: true}), "at least 1 attempt of Pricing/Quote"},
	{ExpectAllAttempts(11), "11 attempts"},
	{ExpectInvocations("Pricing/Quote", exactly(1)), "1 invocation of Pricing/Quote"},
	{ExpectInvocations("Payment/Refund", exactly(0)), "0 invocations of Payment/Refund"},
	{ExpectEffects("charge", "o-1", exactly(1)), "1 charge for o-1"},
	{ExpectEffects("refund", "o-1", exactly(0)), "0 refunds for o-1"},
	{ExpectEffects("charge", "o-1", Count{N: 1, AtLeast: true}), "at least 1 charge for o-1"},
	{ExpectRequests("price", "pen-o-1", exactly(1)), "1 request of price for pen-o-1"},
	{ExpectRequests("charge", "o-1", exactly(10)), "10 requests of charge for o-1"},
	{ExpectRequests("mail", "o-1", Count{N: 2, AtLeast: true}), "at least 2 requests of mail for o-1"},
	{ExpectLines("Restate will retry", exactly(2)), `2 lines with "Restate will retry" in it`},
	{ExpectLines("Starting", exactly(1)), `1 line with "Starting" in it`},
	{ExpectRolls(nil), "no roll"},
	{ExpectRolls([]int{12, 38, 82}), "3 rolls: 12 38 82"},
	{ExpectSeveralRequests("charge"), "more than one request of charge"},
	{ExpectSpread("charge", 210*time.Millisecond), "210ms at the least from the first charge to the last"},
	{ExpectAnswer(409, ""), "409"},
	{ExpectAnswer(200, `{"status":"COMPLETED"}`), `200 {"status":"COMPLETED"}`},
	{ExpectAnswers(60), "60 answers of 200"},
	{ExpectRefusal("pay-o-1 {}"), "a 4xx for pay-o-1 {}"},
	{ExpectRefusal(strings.Repeat("é", 81)), "a 4xx for " + strings.Repeat("é", 77) + "…"},
	{ExpectOtherAnswer(), "two answers that differ"},
	{ExpectField("charge_id"), "an answer with charge_id"},
	{ExpectStepNames(), "a name for each step, for people who read the journal"},
	{ExpectCarried("mail", "charge_id", "ch_1"), `a mail with charge_id "ch_1"`},
	{ExpectSilence("tok_"), `no line with "tok_" in it`},
	{ExpectAnswerFrom("Cart/o-1/View"), "an answer from Cart/o-1/View"},
	{ExpectRequestOf("charge"), "a request of charge"},
	{ExpectTurn("Payment/pay-o-1/Refund"), "Payment/pay-o-1/Refund to wait for its turn"},
	{ExpectPromise("Order/o-1/CreateOrder"), "Order/o-1/CreateOrder to wait for a promise"},
	{ExpectFailure("Order/o-1/CreateOrder"), "Order/o-1/CreateOrder to fail, and to be tried again"},
	{ExpectFailureWith("database is locked"), `an attempt that fails with "database is locked", and is tried again`},
	{ExpectDelay("Receipts/Send", 86400), "one Receipts/Send, scheduled 86400 s ahead"},
	{ExpectCompletion("Payment/Refund"), "Payment/Refund to be run and to end well"},
	{ExpectRest(), "nothing that runs on"},
	{ExpectCancelHeard("Payment/ProcessPayment"), "the cancel to reach Payment/ProcessPayment"},
	{ExpectCallEnd("Order/o-1/CreateOrder"), "Order/o-1/CreateOrder to have ended"},
	{ExpectForgotten("Order/o-1/CreateOrder"), "Order/o-1/CreateOrder to be forgotten"},
	{ExpectFaultPlace("Order/o-1/CreateOrder", "result", "the result of step 2 of Order/o-1/CreateOrder", 2),
		"the program to get to the result of step 2 of Order/o-1/CreateOrder"},
	{ExpectCommit(1, "right after it wrote to the database"),
		"the program to get to where it is killed, right after it wrote to the database"},
	{ExpectGathering("price", 3), "3 requests of price under way at once"},
	{ExpectServing(), "a program that serves on the address in LISTEN"},
	{ExpectRegistration(), "services that Restate can register"},
	{ExpectService("Payment"), "a service Payment"},
	{ExpectRetryPolicy("Payment"), "a retry policy in the code of Payment"},
	{ExpectBackOff("Payment/ProcessPayment"), "each failed attempt of Payment/ProcessPayment to say when to try again"},
	{ExpectClosing(), "the program to take nothing new after a SIGTERM"},
	{ExpectProgramEnd(), "the program to end after a SIGTERM"},
	{ExpectProgramWell(), "the program to end well after a SIGTERM"},
	{ExpectLaunchRunning("naive"), "naive to be running when it is killed"},
	{ExpectLaunchEnd("naive"), "naive to end"},
	{ExpectLaunchWell("naive"), "naive to end well"},
	{ExpectWholeNumber("charges"), "a whole number for the charges"},
	{ExpectGuess(), "a guess"},
	{ExpectRightGuess([]string{"2 charges", "1 mail"}), "a guess that agrees with what happened: 2 charges, 1 mail"},
	{ExpectLetter("AnswerReplay"), "an answer to AnswerReplay: one letter"},
	{ExpectRightLetter("AnswerKilled"), "another answer to AnswerKilled"},
	{ExpectRows(`[{"status":"DELIVERED"}]`), `rows [{"status":"DELIVERED"}]`},
	{ExpectTable(`[]`), "what the database has: []"},
	{ExpectDatabase(), "a database in the file that SHOP_DB names"},
	{ExpectRowToChange("UPDATE orders"), "a row to change: UPDATE orders"},
	{ExpectWritable(), "a database that other programs can write to"},
}

func TestExpected(t *testing.T) {
	seen := map[Kind]bool{}
	for _, e := range expectations {
		t.Run(e.words, func(t *testing.T) {
			assert.Equal(t, e.words, e.claim.Expected())
			requireRoundTrip(t, e.claim)
		})
		seen[e.claim.Kind] = true
	}
	for kind := range renderExpected {
		assert.True(t, seen[kind], "no text is known of %s", kind)
	}
}

var anHour = time.Hour

var outcomes = []struct {
	got   Got
	words string
}{
	{GotCount(2), "2"},
	{GotTriedAgain(12), "12: some were tried again"},
	{GotRolls([]int{67}), "1 roll: 67"},
	{GotTime(3 * time.Millisecond), "3ms"},
	{GotAnswer(200, []byte(`{"s1":2923}`)), `200 {"s1":2923}`},
	{GotAnswer(200, nil), "200"},
	{GotAnswer(409, []byte(`{"code":409,"message":"refused (409)\nStacktrace:"}`)), "409 refused (409)"},
	{GotAnswer(500, []byte("no JSON\n")), "500 no JSON"},
	{GotAnswer(200, []byte(strings.Repeat("x", 301))), "200 " + strings.Repeat("x", 300) + "…"},
	{GotSameAnswer(200, []byte(`{"s1":2923}`)), `twice 200 {"s1":2923}`},
	{GotEmpty(), "it is empty"},
	{GotValue(""), `""`},
	{GotValue("thank you"), `"thank you"`},
	{GotUnnamed("step 2"), "step 2 has none"},
	{GotNoRequest(), "none"},
	{GotLine("the program", "ProcessPayment tok_ok"), "the program said: ProcessPayment tok_ok"},
	{GotRows(`[]`), "none"},
	{GotRows(`[{"status":"BOOKED"}]`), `[{"status":"BOOKED"}]`},
	{GotTable(`[]`), `[]`},
	{GotNoFile(), "there is no such file"},
	{GotNoRow(), "there is none"},
	{GotLocked(), "it is locked: a transaction of the program's does not end"},
	{GotNotReached(), "it never did, so nothing could be crashed there"},
	{GotNotCommitted(), "it never did: was the row written through the store?"},
	{GotNothingWithin(20 * time.Second), "none within 20s"},
	{GotNothingSeen(20 * time.Second), "nothing of the kind within 20s"},
	{GotAnsweredInstead("Payment/pay-o-1/ProcessPayment", 422, []byte("the gateway failed (503)")),
		"none: Payment/pay-o-1/ProcessPayment answered 422 the gateway failed (503)"},
	{GotAnsweredAtOnce(200, []byte(`{}`)), "it answered 200 {}"},
	{GotProgramEnded(3, "exit status 3", ""), "none: the program ended (exit status 3)"},
	{GotProgramEnded(2, "exit status 2", "panic: no"), "none: the program ended (exit status 2: panic: no)"},
	{GotExited(-1, "signal: terminated", ""), "signal: terminated"},
	{GotExited(1, "exit status 1", "no such order"), "exit status 1: no such order"},
	{GotNotServing(0, "it ended before it listened (exit code 0)", ""), "it ended before it listened (exit code 0)"},
	{GotNotServing(7, "it ended before it listened (exit status 7)", "database is locked"),
		"it ended before it listened (exit status 7); its last words: database is locked"},
	{GotNotReplayable("Checkout/Draw", "executing 'run' (index '2'), name: price s5 != price s2"),
		"Checkout/Draw cannot be replayed (RT0016): executing 'run' (index '2'), name: price s5 != price s2"},
	{GotPaused("Order/CreateOrder", "[500 Internal] no"), "Order/CreateOrder is paused after its last attempt failed: [500 Internal] no"},
	{GotRetried("Order/CreateOrder", 1, "[500 Internal] no"), "Order/CreateOrder failed 1 time and is still retried: [500 Internal] no"},
	{GotRetried("Pricing/Quote", 6, "[500 Internal] no"), "Pricing/Quote failed 6 times and is still retried: [500 Internal] no"},
	{GotWaitsForTurn("Cart/View"), "Cart/View waits for its turn: another handler has the key"},
	{GotWaitsForItself("Cart/Add", "Cart/View"),
		"Cart/Add called Cart/View on its own key; that waits until the key is free, and who has the key waits for it"},
	{GotIdle("Cart/View", "o-1", 5*time.Second), "none within 5s: Cart/View runs, and does nothing that anybody sees"},
	{GotOutsideOfSteps("Payment/ProcessPayment", "charge"),
		"none: Payment/ProcessPayment was cancelled, and stands outside of any step"},
	{GotSleeps("Order/CreateOrder", true, 59*time.Minute+59100*time.Millisecond), "none: Order/CreateOrder sleeps, for 59m59s more"},
	{GotSleepsAgain(), "it sleeps, looks, and sleeps again"},
	{GotWaitsForPromise("Order/Status", false, nil), "none: Order/Status waits for a promise that nobody resolves, and there is no timer"},
	{GotWaitsForPromise("Order/Status", false, &anHour), "none: Order/Status waits for a promise that nobody resolves, and the timer has 1h0m0s to go"},
	{GotNoPromise(), "it waits, and for no promise"},
	{GotCallsOnAndOn("Pricing/Quote", 20, "[404] no such sku (404)"),
		"it calls Pricing/Quote again and again, 20 times so far, and each time the answer is [404] no such sku (404)"},
	{GotRunsApart([]string{"pen-1"}, []string{"ink-1", "pad-1"}, 1), "pen-1 waits for its answer, and nobody asks for ink-1, pad-1 meanwhile"},
	{GotEndedBadly("[400] that is no payment of this key's"), "it ended with [400] that is no payment of this key's"},
	{GotState("completed"), "it is completed"},
	{GotNotCalled(), "nobody has called it"},
	{GotSoMany(2), "2 of them"},
	{GotNotDelayed("running", "Command: Call"), "it was not kept waiting, and is running"},
	{GotDelayed(1440 * time.Hour), "scheduled 1440h0m0s ahead"},
	{GotStillRuns(0), "it still runs"},
	{GotStillRuns(20 * time.Second), "it still runs 20s later"},
	{GotRefused("no such service"), "no such service"},
	{GotServersPolicy(70), "the server's own: 70 attempts"},
	{GotNoFailure(), "none that failed"},
	{GotLeftToServer(true), "one that leaves it to Restate"},
	{GotOtherType(1.5), "1.5"},
	{GotNoGuess(), "-1: none yet"},
	{GotGuesses([]string{"1 charge", "1 mail"}), "1 charge, 1 mail"},
	{GotLetter("b"), "b"},
	{GotNoLetter("?"), `"?"`},
}

func TestGot(t *testing.T) {
	seen := map[Outcome]bool{}
	for _, o := range outcomes {
		t.Run(o.words, func(t *testing.T) {
			assert.Equal(t, o.words, o.got.String())
			requireRoundTrip(t, Claim{Got: o.got})
		})
		seen[o.got.Outcome] = true
	}
	for outcome := range renderGot {
		assert.True(t, seen[outcome], "no text is known of %s", outcome)
	}
}

// requireRoundTrip holds a claim against itself after it was written as JSON.
func requireRoundTrip(t *testing.T, c Claim) {
	t.Helper()
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var read Claim
	require.NoError(t, json.Unmarshal(b, &read))
	require.Equal(t, c, read)
}

func TestString(t *testing.T) {
	c := ExpectRequests("charge", "o-1", exactly(1)).With(GotCount(2))
	require.Equal(t, "expected 1 request of charge for o-1, got 2", c.String())
	require.Empty(t, Claim{}.Expected(), "a failure that is no claim")
	require.Empty(t, Got{}.String())
}

func TestCount(t *testing.T) {
	for _, tc := range []struct {
		text  string
		holds []int
		fails []int
	}{
		{"2", []int{2}, []int{1, 3}},
		{">=2", []int{2, 3}, []int{1}},
	} {
		t.Run(tc.text, func(t *testing.T) {
			c, err := ParseCount(tc.text)
			require.NoError(t, err)
			for _, n := range tc.holds {
				assert.True(t, c.Holds(n), n)
			}
			for _, n := range tc.fails {
				assert.False(t, c.Holds(n), n)
			}
		})
	}
	_, err := ParseCount("some")
	require.EqualError(t, err, `"some" is neither n nor >=n`)
}
