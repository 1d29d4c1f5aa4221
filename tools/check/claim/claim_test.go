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
	{ExpectAllAttempts(11), "11 attempts, one for each call"},
	{ExpectInvocations("Pricing/Quote", exactly(1)), "1 invocation of Pricing/Quote"},
	{ExpectInvocations("Payment/Refund", exactly(0)), "0 invocations of Payment/Refund"},
	{ExpectEffects("charge", "o-1", exactly(1)), "1 charge for order o-1"},
	{ExpectEffects("refund", "o-1", exactly(0)), "0 refunds for order o-1"},
	{ExpectEffects("charge", "o-1", Count{N: 1, AtLeast: true}), "at least 1 charge for order o-1"},
	{ExpectRequests("price", "pen-o-1", exactly(1)), "1 price request for sku pen-o-1"},
	{ExpectRequests("charge", "o-1", exactly(10)), "10 charge requests for order o-1"},
	{ExpectRequests("mail", "o-1", Count{N: 2, AtLeast: true}), "at least 2 email requests for order o-1"},
	{ExpectLines("Restate will retry", exactly(2)), `2 lines of output with "Restate will retry"`},
	{ExpectLines("Starting", exactly(1)), `1 line of output with "Starting"`},
	{ExpectRolls(nil), "no roll at the gateway"},
	{ExpectRolls([]int{12, 38, 82}), "3 rolls at the gateway: 12 38 82"},
	{ExpectSeveralRequests("charge"), "at least 2 charge requests"},
	{ExpectSpread("charge", 210*time.Millisecond), "at least 210ms from the first charge request to the last"},
	{ExpectAnswer(409, ""), "status 409"},
	{ExpectAnswer(200, `{"status":"COMPLETED"}`), `status 200 and {"status":"COMPLETED"}`},
	{ExpectAnswers(60), "60 answers with status 200"},
	{ExpectRefusal("pay-o-1 {}"), "a 4xx status for object key pay-o-1 with body {}"},
	{ExpectRefusal(strings.Repeat("é", 81)), "a 4xx status for object key " + strings.Repeat("é", 77) + "…"},
	{ExpectOtherAnswer(), "an answer that differs from all earlier answers"},
	{ExpectField("charge_id"), "an answer with the field charge_id"},
	{ExpectSomeField("s13", "s24"), "an answer with one of the fields s13 to s24"},
	{ExpectStepNames(), "a name of its own for each step, because people read the journal"},
	{ExpectCarried("mail", "charge_id", "ch_1"), `charge_id "ch_1" in each email request`},
	{ExpectSilence("tok_"), `no line of output with "tok_"`},
	{ExpectAnswerFrom("Cart/o-1/View"), "an answer from Cart/o-1/View"},
	{ExpectRequestOf("charge"), "a charge request"},
	{ExpectTurn("Payment/pay-o-1/Refund"), "Payment/pay-o-1/Refund to wait until its object key is free"},
	{ExpectPromise("Order/o-1/CreateOrder"), "Order/o-1/CreateOrder to wait for a durable promise"},
	{ExpectFailure("Order/o-1/CreateOrder"), "a failed attempt of Order/o-1/CreateOrder"},
	{ExpectFailureWith("database is locked"), `an attempt that fails with "database is locked"`},
	{ExpectDelay("Receipts/Send", 86400), "one call of Receipts/Send with a delay of 86400 s"},
	{ExpectCompletion("Payment/Refund"), "Payment/Refund to finish without an error"},
	{ExpectRest(), "every invocation to finish"},
	{ExpectCancelHeard("Payment/ProcessPayment"), "the cancel to reach Payment/ProcessPayment"},
	{ExpectCallEnd("Order/o-1/CreateOrder"), "Order/o-1/CreateOrder to finish"},
	{ExpectForgotten("Order/o-1/CreateOrder"), "Restate to forget Order/o-1/CreateOrder"},
	{ExpectFaultPlace("Order/o-1/CreateOrder", "result", "the result of step 2 of Order/o-1/CreateOrder", 2),
		"the program to send the result of step 2 of Order/o-1/CreateOrder"},
	{ExpectCommit(1, "right after it wrote to the database"),
		"the program to reach the point where the check kills it: right after it wrote to the database"},
	{ExpectGathering("price", 3), "3 price requests at the same time"},
	{ExpectServing(), "a program that serves at the address in LISTEN"},
	{ExpectRegistration(), "services that Restate can register"},
	{ExpectService("Payment"), "a registered service with the name Payment"},
	{ExpectRetryPolicy("Payment"), "a retry policy in the code of Payment"},
	{ExpectPause("Payment"), "a retry policy of Payment that pauses an invocation after its last attempt"},
	{ExpectFirstRetry("Payment", time.Second), "a retry policy of Payment whose first wait is at most 1s"},
	{ExpectRetries("Payment", time.Hour), "a retry policy of Payment that retries for at least 1h0m0s"},
	{ExpectLeftBackOff("Payment/ProcessPayment", Count{N: 1, AtLeast: true}), "at least 1 failed attempt of Payment/ProcessPayment that leaves the back-off to Restate"},
	{ExpectBackOff("Payment/ProcessPayment"), "each failed attempt of Payment/ProcessPayment to set its own back-off"},
	{ExpectClosing(), "the program to accept no new connection after a SIGTERM"},
	{ExpectProgramEnd(), "the program to exit after a SIGTERM"},
	{ExpectProgramWell(), "the program to exit with code 0 after a SIGTERM"},
	{ExpectLaunchRunning("naive"), "naive to run until the check kills it"},
	{ExpectLaunchEnd("naive"), "naive to exit"},
	{ExpectLaunchWell("naive"), "naive to exit with code 0"},
	{ExpectTakenAddress(), "a program whose address is taken to exit with another code than 0"},
	{ExpectWaits("charge", 130*time.Millisecond), "waits of at most 130ms between the first charge request and the last"},
	{ExpectLongWait("Order/o-1/CreateOrder", 50*time.Minute), "Order/o-1/CreateOrder to wait for a durable promise, with a timer that has at least 50m0s to go"},
	{ExpectLaunchRefusal("client", "402"), `client to exit with an error that has "402"`},
	{ExpectLaunchRefusal("client", ""), "client to exit with an error"},
	{ExpectPrinted("client", `{"status":"COMPLETED"}`), `client to print {"status":"COMPLETED"}`},
	{ExpectNodeAsked(), "a request to one of the nodes"},
	{ExpectCommitSent(), "a COMMIT of the program"},
	{ExpectDatabaseTried(), "the program to try to reach the database again"},
	{ExpectOrdersOnce(200), "200 orders, each charged once and sent once, and no other order"},
	{ExpectDeployment("second", "current"), "new calls to go to the program second"},
	{ExpectDeployment("first", "old"), "the program first to stay registered, as an old version"},
	{ExpectDeployment("first", "gone"), "the program first to be removed from Restate"},
	{ExpectServed("Order/CreateOrder", "second", exactly(1)), "1 invocation of Order/CreateOrder on the program second"},
	{ExpectAsking("deploy"), "deploy to go on asking Restate, because the old version still has work"},
	{ExpectStored("Cart/ann", `{"items":{}}`, 1), `in the state of Cart/ann: {"items":{}}`},
	{ExpectStored("Cart/c-%d", `{}`, 1000), "in the state of 1000 objects, Cart/c-%d: {}"},
	{ExpectWholeNumber("charges"), "a whole number of charges"},
	{ExpectGuess(), "a guess in place of -1"},
	{ExpectRightGuess([]string{"2 charges", "1 email"}), "what the check counted: 2 charges, 1 email"},
	{ExpectLetter("AnswerReplay"), "one letter in AnswerReplay"},
	{ExpectRightLetter("AnswerKilled"), "another letter in AnswerKilled"},
	{ExpectRows(`[{"status":"DELIVERED"}]`), `rows [{"status":"DELIVERED"}]`},
	{ExpectTable(`[]`), "no rows, as the database has them"},
	{ExpectDatabase(), "a database in the file that SHOP_DB names"},
	{ExpectRowToChange("UPDATE orders"), "a row that matches: UPDATE orders"},
	{ExpectWritable(), "a database that other programs can write to"},
	{ExpectOwnContext(), "steps that do not use the context of the handler"},
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

var (
	wantQuotes  = ExpectInvocations("Pricing/Quote", exactly(1))
	wantCharges = ExpectEffects("charge", "o-1", exactly(1))
	wantAnswer  = ExpectAnswer(200, "")
	wantView    = ExpectAnswerFrom("Cart/o-1/View")
	wantRequest = ExpectRequestOf("charge")
	wantMail    = ExpectCarried("mail", "charge_id", "ch_1")
	wantReceipt = ExpectDelay("Receipts/Send", 86400)
	wantTurn    = ExpectTurn("Payment/pay-o-1/Refund")
	wantPrices  = ExpectGathering("price", 3)
	wantNaive   = ExpectLaunchWell("naive")
)

var outcomes = []struct {
	claim Claim
	words string
}{
	{wantCharges.With(GotCount(2)), "2 charges"},
	{wantQuotes.With(GotCount(0)), "0 invocations"},
	{ExpectEffects("ship", "o-1", exactly(1)).With(GotCount(0)), "0 shipments"},
	{ExpectEffects("void", "o-1", exactly(1)).With(GotCount(0)), "0 voided keys"},
	{ExpectRequests("mail", "o-1", exactly(1)).With(GotCount(2)), "2 email requests"},
	{ExpectSeveralRequests("charge").With(GotCount(1)), "1 charge request"},
	{ExpectLines("Starting", exactly(1)).With(GotCount(0)), "0 lines"},
	{ExpectAllAttempts(11).With(GotTriedAgain(12)), "12 attempts: Restate retried some of the calls"},
	{ExpectRolls(nil).With(GotRolls([]int{67})), "1 roll at the gateway: 67"},
	{ExpectSpread("charge", time.Second).With(GotTime(3 * time.Millisecond)), "3ms from the first to the last"},
	{wantAnswer.With(GotAnswer(200, []byte(`{"s1":2923}`))), `status 200 and {"s1":2923}`},
	{wantAnswer.With(GotAnswer(200, nil)), "status 200"},
	{wantAnswer.With(GotAnswer(409, []byte(`{"code":409,"message":"refused (409)\nStacktrace:"}`))), "status 409: refused (409)"},
	{wantAnswer.With(GotAnswer(500, []byte("no JSON\n"))), "status 500: no JSON"},
	{wantAnswer.With(GotAnswer(200, []byte(strings.Repeat("x", 301)))), "status 200 and " + strings.Repeat("x", 300) + "…"},
	{ExpectOtherAnswer().With(GotSameAnswer(200, []byte(`{"s1":2923}`))), `the same answer twice: status 200 and {"s1":2923}`},
	{ExpectField("charge_id").With(GotEmpty()), "an empty field charge_id"},
	{wantMail.With(GotValue("")), "an email request with no charge_id"},
	{wantMail.With(GotValue("ch_2")), `an email request with charge_id "ch_2"`},
	{ExpectCarried("charge", "key", "k").With(GotValue("")), "a charge request with no idempotency key"},
	{ExpectStepNames().With(GotUnnamed("step 2")), "step 2 has no name"},
	{ExpectStepNames().With(GotSameName("mail")), `two steps with the name "mail"`},
	{wantRequest.With(GotNoRequest()), "no charge request"},
	{ExpectSilence("tok_").With(GotLine("the program", "ProcessPayment tok_ok")), "the program printed: ProcessPayment tok_ok"},
	{ExpectRows("").With(GotRows(`[]`)), "no rows"},
	{ExpectRows("").With(GotRows(`[{"status":"BOOKED"}]`)), `rows [{"status":"BOOKED"}]`},
	{ExpectTable("").With(GotTable(`[]`)), "no rows"},
	{ExpectDatabase().With(GotNoFile()), "no such file"},
	{ExpectRowToChange("").With(GotNoRow()), "no such row"},
	{ExpectWritable().With(GotLocked()), "a locked database: a transaction of the program stays open"},
	{ExpectFaultPlace("", "", "", 1).With(GotNotReached()), "the program never sent that message"},
	{ExpectCommit(1, "").With(GotNotCommitted()), "no write through the package store"},
	{wantView.With(GotNothingWithin(20 * time.Second)), "no answer within 20s"},
	{wantRequest.With(GotNothingWithin(20 * time.Second)), "no charge request within 20s"},
	{wantTurn.With(GotNothingSeen(20 * time.Second)), "not seen within 20s"},
	{wantRequest.With(GotAnsweredInstead("Payment/pay-o-1/ProcessPayment", 422, []byte("the gateway failed (503)"))),
		"no charge request: Payment/pay-o-1/ProcessPayment answered with status 422: the gateway failed (503)"},
	{ExpectFailure("Order/o-1/CreateOrder").With(GotAnsweredAtOnce(200, []byte(`{}`))), "Order/o-1/CreateOrder answered with status 200 and {}"},
	{wantView.With(GotProgramEnded(3, "exit status 3", "")), "no answer: the program ended (exit status 3)"},
	{wantView.With(GotProgramEnded(2, "exit status 2", "panic: no")), "no answer: the program ended (exit status 2: panic: no)"},
	{wantNaive.With(GotExited(-1, "signal: terminated", "")), "naive ended (signal: terminated)"},
	{wantNaive.With(GotExited(1, "exit status 1", "no such order")), "naive ended (exit status 1: no such order)"},
	{ExpectServing().With(GotNotServing(0, "the process ended before it listened (exit code 0)", "")), "the process ended before it listened (exit code 0)"},
	{ExpectServing().With(GotNotServing(7, "the process ended before it listened (exit status 7)", "database is locked")),
		"the process ended before it listened (exit status 7); the program's last line: database is locked"},
	{wantView.With(GotNotReplayable("Checkout/Draw", "executing 'run' (index '2'), name: price s5 != price s2")),
		"Restate cannot replay Checkout/Draw (RT0016): executing 'run' (index '2'), name: price s5 != price s2"},
	{wantView.With(GotPaused("Pricing/Quote", "", "[500 Internal] no")), "Restate paused Pricing/Quote after its last attempt failed: [500 Internal] no"},
	{wantView.With(GotPaused("Order/CreateOrder", "o-1", "[500 Internal] no")),
		"Restate paused Order/CreateOrder after its last attempt failed: [500 Internal] no. The invocation holds the object key o-1 until somebody resumes or kills it"},
	{wantView.With(GotPaused("Order/CreateOrder", "o-1", "")), "Restate paused Order/CreateOrder after its last attempt failed. The invocation holds the object key o-1 until somebody resumes or kills it"},
	{wantView.With(GotRetried("Order/CreateOrder", 1, "[500 Internal] no")), "Order/CreateOrder failed 1 time, and Restate still retries it: [500 Internal] no"},
	{wantView.With(GotRetried("Pricing/Quote", 6, "[500 Internal] no")), "Pricing/Quote failed 6 times, and Restate still retries it: [500 Internal] no"},
	{wantView.With(GotWaitsForTurn("Cart/View")), "Cart/View waits: another handler holds its object key"},
	{wantView.With(GotWaitsForItself("Cart/Add", "Cart/View")), "Cart/Add called Cart/View on its own object key: each waits for the other"},
	{wantView.With(GotIdle("Cart/View", "o-1", 5*time.Second)), "no answer: Cart/View has run for 5s without a new call, request or step"},
	{wantView.With(GotOutsideOfSteps("Payment/ProcessPayment", "charge")),
		"no answer: Payment/ProcessPayment was cancelled while it ran code outside every step"},
	{wantView.With(GotSleeps("Order/CreateOrder", true, 59*time.Minute+59100*time.Millisecond)), "no answer: Order/CreateOrder sleeps for 59m59s more"},
	{wantView.With(GotSleepsAgain()), "a loop: the handler sleeps, looks, and sleeps again"},
	{wantView.With(GotWaitsForPromise("Order/Status", false, nil)), "no answer: Order/Status waits for a promise that nobody resolves, and there is no timer"},
	{wantView.With(GotWaitsForPromise("Order/Status", false, &anHour)), "no answer: Order/Status waits for a promise that nobody resolves, and the timer has 1h0m0s to go"},
	{wantView.With(GotWaitsForPromise("Order/CreateOrder", true, new(time.Duration))), "no answer: Order/CreateOrder waits for a promise that nobody resolves, and the timer went off"},
	{ExpectPromise("Order/o-1/CreateOrder").With(GotNoPromise()), "Order/o-1/CreateOrder waits for something else"},
	{wantView.With(GotCallsOnAndOn("Pricing/Quote", 20, "[404] no such sku (404)")),
		"one invocation called Pricing/Quote 20 times, and each call failed with [404] no such sku (404)"},
	{wantPrices.With(GotRunsApart([]string{"pen-1"}, []string{"ink-1", "pad-1"}, 1)),
		"1 price request for pen-1, and in the meantime no request for ink-1, pad-1"},
	{ExpectCompletion("Payment/Refund").With(GotEndedBadly("[400] that is no payment of this key's")), "Payment/Refund ended with [400] that is no payment of this key's"},
	{ExpectOwnContext().With(GotPlace("work/01-concepts/checkout/draw.go:27")), "the context of the handler, in work/01-concepts/checkout/draw.go:27"},
	{wantTurn.With(GotState("completed")), "Payment/pay-o-1/Refund is completed"},
	{wantReceipt.With(GotNotCalled()), "no call of Receipts/Send"},
	{wantReceipt.With(GotSoMany(2)), "2 calls"},
	{wantReceipt.With(GotNotDelayed("running", "Command: Call")), "a call without a delay, with the status running"},
	{wantReceipt.With(GotDelayed(1440 * time.Hour)), "a call with a delay of 1440h0m0s"},
	{wantNaive.With(GotStillRuns(0)), "naive still runs"},
	{ExpectProgramEnd().With(GotStillRuns(20 * time.Second)), "the program still runs 20s later"},
	{ExpectRegistration().With(GotRefused("no such service")), "the server answered: no such service"},
	{ExpectRetryPolicy("Payment").With(GotServersPolicy(70)), "the default policy of the server: 70 attempts"},
	{ExpectPause("Payment").With(GotKilledAtLast(8640)), "a policy that kills an invocation after 8640 attempts"},
	{ExpectFirstRetry("Payment", time.Second).With(GotTime(10 * time.Second)), "a first wait of 10s"},
	{ExpectRetries("Payment", time.Hour).With(GotPausesAfter(70, 10*time.Minute)), "70 attempts, which take about 10m0s"},
	{ExpectWaits("charge", 130*time.Millisecond).With(GotTime(3 * time.Second)), "waits of 3s"},
	{ExpectLongWait("Order/o-1/CreateOrder", 50*time.Minute).With(GotTime(5 * time.Second)), "a timer that has 5s to go"},
	{ExpectTakenAddress().With(GotExited(0, "exit status 0", "")), "the program ended (exit status 0)"},
	{ExpectLeftBackOff("Payment/ProcessPayment", exactly(2)).With(GotCount(1)), "1 failed attempt"},
	{ExpectBackOff("Payment/ProcessPayment").With(GotNoFailure()), "no failed attempt"},
	{ExpectBackOff("Payment/ProcessPayment").With(GotFewFailures(1)), "1 failed attempt, and more failed requests"},
	{ExpectBackOff("Payment/ProcessPayment").With(GotLeftToServer(true)), "a failed attempt that leaves the back-off to Restate"},
	{ExpectDeployment("first", "old").With(GotDeployment("gone")), "Restate does not know the program first"},
	{ExpectDeployment("first", "gone").With(GotDeployment("old")), "new calls go to another program, and first is still registered"},
	{ExpectDeployment("first", "old").With(GotDeployment("current")), "new calls go to the program first"},
	{ExpectServed("Order/CreateOrder", "second", exactly(1)).With(GotCount(2)), "2 invocations"},
	{ExpectAsking("deploy").With(GotExited(0, "exit status 0", "")), "deploy ended (exit status 0)"},
	{ExpectStored("Cart/ann", "{}", 1).With(GotStored(0, "nothing")), "nothing"},
	{ExpectStored("Cart/c-%d", "{}", 1000).With(GotStored(999, "[]")), "the value in 999 objects, and in another one: []"},
	{ExpectWholeNumber("charges").With(GotOtherType(1.5)), "1.5"},
	{ExpectGuess().With(GotNoGuess()), "-1, which stands for no guess"},
	{ExpectOrdersOnce(200).With(GotUnequal([]string{"o-3"}, []string{"o-5", "o-7", "o-8", "o-9"})), "1 order not charged and sent (o-3), 4 orders charged or sent too often (o-5, o-7, o-8, …)"},
	{ExpectRightGuess(nil).With(GotGuesses([]string{"1 charge", "1 email"})), "your guess: 1 charge, 1 email"},
	{ExpectRightLetter("AnswerKilled").With(GotLetter("b")), "the letter b"},
	{ExpectLetter("AnswerReplay").With(GotNoLetter("?")), `"?"`},
}

func TestGot(t *testing.T) {
	seen := map[Outcome]bool{}
	for _, o := range outcomes {
		t.Run(o.words, func(t *testing.T) {
			assert.Equal(t, o.words, o.claim.GotText())
			requireRoundTrip(t, o.claim)
		})
		seen[o.claim.Got.Outcome] = true
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
	require.Equal(t, "expected 1 charge request for order o-1, got 2 charge requests", c.String())
	require.Empty(t, Claim{}.Expected(), "a failure that is no claim")
	require.Empty(t, Claim{}.GotText())
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
