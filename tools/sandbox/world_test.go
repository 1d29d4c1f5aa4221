package sandbox

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The n-th roll of a key does not depend on the rolls of other keys.
func TestRollsDoNotDependOnOthers(t *testing.T) {
	keys := []string{"a", "b", "c", "d"}
	alone, crowd := start(t, "-seed", "3", "-fail", "100"), start(t, "-seed", "3", "-fail", "100")
	got := make([][]int, len(keys))
	var lanes sync.WaitGroup
	for i, key := range keys {
		lanes.Go(func() {
			for range 10 {
				r, err := crowd.send(crowd.ctx, "POST", "/gateway/charges", key, chargeBody("o-1"))
				if assert.NoError(t, err) {
					got[i] = append(got[i], r.roll())
				}
			}
		})
	}
	lanes.Wait()
	for i, key := range keys {
		for n := range 10 {
			assert.Equal(t, Roll(3, key, n+1), got[i][n])
			assert.Equal(t, got[i][n], alone.charge(key, "o-1").roll())
		}
	}
	assert.Equal(t, Roll(3, "o-9", 1), alone.charge("", "o-9").roll(), "without a key the order counts")
}

func TestScriptedRolls(t *testing.T) {
	l := start(t, "-fail", "40")
	require.NoError(t, l.Rolls(l.ctx, "o-1", 12, 39, 40))
	for _, want := range []reply{
		{503, map[string]any{"status": "unavailable", "reason": "the gateway failed", "roll": 12.0, "fails_below": 40.0}},
		{503, map[string]any{"status": "unavailable", "reason": "the gateway failed", "roll": 39.0, "fails_below": 40.0}},
	} {
		assert.Equal(t, want, l.charge("0123456789", "o-1"))
	}
	yes := l.charge("0123456789", "o-1")
	assert.Equal(t, 40, yes.roll())
	assert.Equal(t, yes, l.charge("0123456789", "o-1"), "a kept answer throws no roll")
	assert.Equal(t, []string{
		"charge o-1 2500 cents, key 0123…789: answered 503 (roll 12)",
		"charge o-1 2500 cents, key 0123…789: answered 503 (roll 39)",
		"charge o-1 2500 cents, key 0123…789: accepted",
		"charge o-1 2500 cents, key 0123…789: first answer repeated",
	}, l.lines("o-1"))
	assert.Equal(t, []int{12, 39, 40}, Rolls(l.entries("o-1")))

	require.NoError(t, l.FailPercent(l.ctx, "o-2", 0))
	require.NoError(t, l.Rolls(l.ctx, "o-2", 0))
	assert.Equal(t, 200, l.charge("", "o-2").status)
}

func TestKeys(t *testing.T) {
	l := start(t)
	a := l.charge("k", "o-1")
	assert.Equal(t, a, l.charge("k", "o-1"))
	assert.Equal(t, 409, l.charge("k", "o-2").status)
	assert.Equal(t, 200, l.post("/carrier/shipments", "k", `{"order_id":"o-1"}`).status, "a key is of one kind")
	b, c := l.charge("", "o-1"), l.charge("", "o-1")
	assert.NotEqual(t, b.body["charge_id"], c.body["charge_id"])
	assert.Equal(t, 3, Effects(l.entries("o-1"), Charge))
	assert.Equal(t, 4, Requests(l.entries("o-1"), Charge))
	assert.Equal(t, []string{"k"}, Keys(l.entries(""), Charge))
	assert.Equal(t, []string{"charge o-2 2500 cents, key k: answered 409, another body"}, l.lines("o-2"))
}

func TestOneKeyAtOnce(t *testing.T) {
	l := start(t)
	const n = 20
	ids := make([]any, n)
	var lanes sync.WaitGroup
	for i := range n {
		lanes.Go(func() {
			r, err := l.send(l.ctx, "POST", "/gateway/charges", "k", chargeBody("o-1"))
			assert.NoError(t, err)
			ids[i] = r.body["charge_id"]
		})
	}
	lanes.Wait()
	for _, id := range ids {
		assert.Equal(t, ids[0], id)
	}
	assert.NotNil(t, ids[0])
	entries := l.entries("o-1")
	assert.Equal(t, 1, Effects(entries, Charge))
	assert.Equal(t, n, Requests(entries, Charge))
}

func TestRefundGivesBackOnce(t *testing.T) {
	l := start(t)
	id := l.charge("k", "o-1").body["charge_id"]
	want := reply{200, map[string]any{"key": "k", "status": "refunded", "charge_id": id, "amount_cents": 2500.0}}
	assert.Equal(t, want, l.post("/gateway/refunds", "", `{"key":"k"}`))
	assert.Equal(t, want, l.post("/gateway/refunds", "", `{"key":"k"}`))
	assert.Equal(t, want, l.ask("GET", "/gateway/charges/k", "", ""))
	assert.Equal(t, 1, Effects(l.entries("o-1"), Refund))
	assert.Equal(t, 200, l.charge("k", "o-1").status, "the kept answer, as it was")
	assert.Equal(t, []string{
		"charge o-1 2500 cents, key k: accepted",
		"refund o-1 2500 cents, key k: accepted",
		"refund o-1 2500 cents, key k: first answer repeated",
		"lookup o-1, key k: answered",
		"charge o-1 2500 cents, key k: first answer repeated",
	}, l.lines("o-1"))
}

// When the key is voided, the charge is already on its way, and is held.
func TestVoidRefusesALateCharge(t *testing.T) {
	l := start(t)
	assert.Equal(t, 404, l.ask("GET", "/gateway/charges/k", "", "").status)
	require.NoError(t, l.Hold(l.ctx, Charge, "o-1", Before, 1))
	late := l.sendAsync(l.ctx, "POST", "/gateway/charges", "k", chargeBody("o-1"))
	require.NoError(t, l.WaitHeld(l.ctx, Charge, "o-1"))
	void := reply{200, map[string]any{"key": "k", "status": "void"}}
	assert.Equal(t, void, l.post("/gateway/refunds", "", `{"key":"k"}`))
	_, err := l.Release(l.ctx, "", "o-1")
	require.NoError(t, err)
	r := <-late
	assert.Equal(t, 410, r.status)
	assert.Equal(t, "void", r.body["status"])
	assert.Equal(t, void, l.post("/gateway/refunds", "", `{"key":"k"}`))
	assert.Equal(t, void, l.ask("GET", "/gateway/charges/k", "", ""))
	assert.Equal(t, []string{
		"void o-1, key k: accepted",
		"charge o-1 2500 cents, key k: answered 410, void",
		"refund o-1, key k: first answer repeated",
		"lookup o-1, key k: answered",
	}, l.lines("o-1"))
	assert.Equal(t, []string{"lookup k, key k: answered 404, never answered"}, linesOf(Facts(l.entries("k")))[:1])
}

func TestDeclinedIsFinal(t *testing.T) {
	l := start(t)
	require.NoError(t, l.Rolls(l.ctx, "o-1", 60))
	body := `{"order_id":"o-1","amount_cents":100,"token":"tok_declined"}`
	no := reply{402, map[string]any{"status": "declined", "reason": "the card was declined", "roll": 60.0}}
	assert.Equal(t, no, l.post("/gateway/charges", "k", body))
	assert.Equal(t, no, l.post("/gateway/charges", "k", body))
	assert.Equal(t, 409, l.post("/gateway/charges", "k", strings.Replace(body, "declined", "ok", 1)).status)
	assert.Equal(t, "declined", l.post("/gateway/refunds", "", `{"key":"k"}`).body["status"])
	assert.Equal(t, "declined", l.ask("GET", "/gateway/charges/k", "", "").body["status"])
	entries := l.entries("o-1")
	assert.Zero(t, Effects(entries, Charge)+Effects(entries, Refund)+Effects(entries, Void))
	assert.Equal(t, "charge o-1 100 cents, key k: answered 402, declined (roll 60)", l.lines("o-1")[0])
}

func TestFailures(t *testing.T) {
	l := start(t)
	require.NoError(t, l.Fail(l.ctx, Failure{Kind: Charge, Subject: "o-1", Status: 503, Count: 2}))
	assert.Equal(t, 503, l.charge("k", "o-1").status)
	assert.Equal(t, 503, l.charge("k", "o-1").status)
	assert.Equal(t, 200, l.charge("k", "o-1").status)
	assert.Equal(t, []int{Roll(1, "k", 1)}, Rolls(l.entries("o-1")), "a scripted failure throws no roll")

	require.NoError(t, l.Fail(l.ctx, Failure{Kind: Ship, Subject: "o-1", Status: 422, Reason: "no such street"}))
	body := `{"order_id":"o-1"}`
	no := l.post("/carrier/shipments", "k", body)
	assert.Equal(t, reply{422, map[string]any{"status": "refused", "reason": "no such street"}}, no)
	assert.Equal(t, no, l.post("/carrier/shipments", "k", body), "refused for good")
	assert.Equal(t, 200, l.post("/carrier/shipments", "k2", body).status)
	assert.Contains(t, l.lines("o-1"), "ship o-1, key k: answered 422, no such street")
}

func TestTimeoutActsAndIsSilent(t *testing.T) {
	l := start(t)
	require.NoError(t, l.Fail(l.ctx, Failure{Kind: Charge, Subject: "o-1", Timeout: true}))
	ctx, leave := context.WithCancel(l.ctx)
	silent := l.sendAsync(ctx, "POST", "/gateway/charges", "k", chargeBody("o-1"))
	require.NoError(t, l.WaitHeld(l.ctx, Charge, "o-1"))
	leave()
	_, answered := <-silent
	assert.False(t, answered)
	assert.Equal(t, 200, l.charge("k", "o-1").status)
	require.NoError(t, l.WaitIdle(l.ctx, "o-1"))
	assert.Equal(t, 1, Effects(l.entries("o-1"), Charge))
}

func TestBadRequests(t *testing.T) {
	l := start(t)
	card := "4242424242424242"
	big := `{"order_id":"o-1","kind":"receipt","text":"` + strings.Repeat("x", bodyLimit) + `"}`
	for _, c := range []struct {
		method, path, key, body string
		status                  int
		want                    string
	}{
		{"POST", "/gateway/charges", "", `{"order_id":"o-1","amount_cents":0,"token":"tok_ok"}`, 400, "above 0"},
		{"POST", "/gateway/charges", "", `{"order_id":"o-1","amount_cents":1.5,"token":"tok_ok"}`, 400, "not the JSON"},
		{"POST", "/gateway/charges", "", `{"order_id":"o-1","amount_cents":1,"token":"` + card + `"}`, 400, "unknown token"},
		{"POST", "/gateway/charges", "", `{"order_id":"o 1","amount_cents":1,"token":"tok_ok"}`, 400, "order_id"},
		{"POST", "/gateway/charges", "", `{"order_id":"o-1","amount_cents":1,"token":"tok_ok"}{}`, 400, "not the JSON"},
		{"POST", "/gateway/charges", "", `{"card":"` + card + `"}`, 400, "not the JSON"},
		{"POST", "/gateway/charges", strings.Repeat("k", 256), chargeBody("o-1"), 400, "a key is"},
		{"POST", "/gateway/refunds", "", `{}`, 400, "a key is"},
		{"POST", "/warehouse/reservations", "", `{"order_id":"o-1","sku":""}`, 400, "sku"},
		{"POST", "/carrier/shipments", "", ``, 400, "not the JSON"},
		{"POST", "/mail/messages", "", `{"order_id":"o-1","kind":""}`, 400, "kind"},
		{"POST", "/mail/messages", "", `{"order_id":"o-1","kind":"receipt","charge_id":"?"}`, 400, "charge_id"},
		{"POST", "/mail/messages", "", big, 413, "64 KiB"},
		{"GET", "/warehouse/prices/a%20b", "", "", 400, "sku"},
		{"GET", "/gateway/charges", "", "", 404, "no such path"},
	} {
		r := l.ask(c.method, c.path, c.key, c.body)
		assert.Equal(t, c.status, r.status, c.body)
		assert.Contains(t, r.body["error"], c.want)
	}
	for _, e := range l.entries("") {
		assert.Equal(t, Refused, e.What)
	}
	assert.Equal(t, 7, Requests(l.entries(""), Charge))
	assert.Equal(t, "charge o-1, no key: malformed, amount_cents must be above 0", l.lines("o-1")[0])
	data, err := os.ReadFile(l.ledger)
	require.NoError(t, err)
	assert.NotContains(t, string(data), card)
}

func TestPrices(t *testing.T) {
	l := start(t)
	for range 2 {
		r := l.ask("GET", "/warehouse/prices/sku-77", "", "")
		want, _ := PriceOf("sku-77")
		assert.Equal(t, reply{200, map[string]any{"sku": "sku-77", "amount_cents": float64(want)}}, r)
	}
	assert.Equal(t, 404, l.ask("GET", "/warehouse/prices/nope-1", "", "").status)
	assert.Zero(t, Effects(l.entries(""), Price))
	for i := range 1000 {
		cents, ok := PriceOf(fmt.Sprint("sku-", i))
		assert.True(t, ok && 100 <= cents && cents <= 9999)
	}
}

func TestLines(t *testing.T) {
	l := start(t)
	odd := "Checkout/o-1//mail ?%"
	l.post("/warehouse/reservations", "abcdefgh", `{"order_id":"o-1","sku":"book"}`)
	l.post("/mail/messages", odd, `{"order_id":"o-1","kind":"receipt","charge_id":"ch_1"}`)
	l.ask("GET", "/gateway/charges/Checkout%2Fo-1%2F%2Fmail%20%3F%25", "", "")
	entries := l.entries("")
	assert.Equal(t, []string{
		"reserve o-1 book, key abcdefgh: requested",
		"reserve o-1 book, key abcdefgh: accepted",
		"reserve o-1 book, key abcdefgh: answered",
		"email o-1 receipt, key Chec… ?%: requested",
		"email o-1 receipt, key Chec… ?%: accepted",
		"email o-1 receipt, key Chec… ?%: answered",
	}, linesOf(entries[:6]))
	assert.Equal(t, "ch_1", entries[4].ChargeID)
	assert.Equal(t, odd, entries[6].Key)
}
