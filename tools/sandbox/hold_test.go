package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The caller is a real process, and the test really kills it.
func TestCallerKilledWhileHeld(t *testing.T) {
	for _, c := range []struct {
		mode    Mode
		effects int
		line    string
	}{
		{Before, 0, "charge o-1 2500 cents, no key: connection lost before it acted"},
		{After, 1, "charge o-1 2500 cents, no key: accepted, answer lost"},
	} {
		t.Run(string(c.mode), func(t *testing.T) {
			l := start(t)
			require.NoError(t, l.Hold(l.ctx, Charge, "o-1", c.mode, 1))
			caller := selfCommand("caller", l.base+"/gateway/charges", chargeBody("o-1"))
			require.NoError(t, caller.Start())
			require.NoError(t, l.WaitHeld(l.ctx, Charge, "o-1"))
			assert.Equal(t, c.effects, Effects(l.entries("o-1"), Charge), "while it is held")
			require.NoError(t, caller.Process.Kill())
			caller.Wait()
			require.NoError(t, l.WaitIdle(l.ctx, "o-1"))
			assert.Equal(t, c.effects, Effects(l.entries("o-1"), Charge))
			assert.Contains(t, l.lines("o-1"), c.line)
			assert.Equal(t, 200, l.charge("", "o-1").status, "the hold is spent")
		})
	}
}

func TestReleaseLetsOneOrAllGo(t *testing.T) {
	l := start(t)
	require.NoError(t, l.Hold(l.ctx, "", "o-1", Before, -1))
	first := l.sendAsync(l.ctx, "POST", "/gateway/charges", "a", chargeBody("o-1"))
	require.NoError(t, l.WaitRequests(l.ctx, Charge, "o-1", 1))
	second := l.sendAsync(l.ctx, "POST", "/carrier/shipments", "b", `{"order_id":"o-1"}`)
	require.NoError(t, l.WaitHeld(l.ctx, Ship, "b"))
	open, err := l.Open(l.ctx, "o-1")
	require.NoError(t, err)
	assert.Equal(t, []OpenRequest{
		{N: 1, Kind: Charge, Subject: "o-1", Key: "a", Held: Before},
		{N: 2, Kind: Ship, Subject: "o-1", Key: "b", Held: Before},
	}, open)

	n, err := l.ReleaseOne(l.ctx, "", "o-1")
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.Equal(t, 200, (<-first).status)
	n, err = l.Clear(l.ctx, "o-1")
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.Equal(t, 200, (<-second).status)
	assert.Equal(t, 200, l.charge("c", "o-1").status, "cleared")
}

func TestBarrier(t *testing.T) {
	l := start(t)
	require.NoError(t, l.Barrier(l.ctx, Price, "book", "mug", "pen"))
	get := func(ctx context.Context, sku string) <-chan reply {
		return l.sendAsync(ctx, "GET", "/warehouse/prices/"+sku, "", "")
	}
	ctx, leave := context.WithCancel(l.ctx)
	gone := get(ctx, "book")
	require.NoError(t, l.WaitHeld(l.ctx, Price, "book"))
	leave()
	<-gone
	require.NoError(t, l.WaitIdle(l.ctx, "book"))

	mug, pen := get(l.ctx, "mug"), get(l.ctx, "pen")
	require.NoError(t, l.WaitHeld(l.ctx, Price, "mug"))
	require.NoError(t, l.WaitHeld(l.ctx, Price, "pen"))
	assert.Empty(t, ends(l.entries("mug"))+ends(l.entries("pen")), "who left is missed again")
	book := get(l.ctx, "book")
	assert.Equal(t, 2500.0, (<-book).body["amount_cents"])
	assert.Equal(t, 1200.0, (<-mug).body["amount_cents"])
	assert.Equal(t, 300.0, (<-pen).body["amount_cents"])
}

func TestLatency(t *testing.T) {
	l := start(t, "-latency", "1h")
	ctx, leave := context.WithCancel(l.ctx)
	slow := l.sendAsync(ctx, "POST", "/gateway/charges", "", chargeBody("o-1"))
	require.NoError(t, l.WaitRequests(l.ctx, Charge, "o-1", 1))
	leave()
	<-slow
	require.NoError(t, l.WaitIdle(l.ctx, ""))
	assert.Equal(t, []string{"charge o-1 2500 cents, no key: connection lost before it acted"}, l.lines("o-1"))

	require.NoError(t, l.Latency(l.ctx, Charge, "", 50*time.Millisecond))
	require.NoError(t, l.Latency(l.ctx, Charge, "quick", 0))
	begin := time.Now()
	assert.Equal(t, 200, l.charge("", "o-1").status)
	assert.GreaterOrEqual(t, time.Since(begin), 50*time.Millisecond)
	assert.Equal(t, 200, l.charge("", "quick").status)
}

func TestEndsWhileHeld(t *testing.T) {
	l := start(t)
	require.NoError(t, l.Hold(l.ctx, Mail, "o-1", Before, 1))
	held := l.sendAsync(l.ctx, "POST", "/mail/messages", "", `{"order_id":"o-1","kind":"receipt"}`)
	require.NoError(t, l.WaitHeld(l.ctx, Mail, ""))
	l.stopProcess()
	_, answered := <-held
	assert.False(t, answered)
	l = l.restart()
	assert.Equal(t, []string{"email o-1 receipt, no key: connection lost before it acted"}, l.lines("o-1"))
}

func TestControlRefusesNonsense(t *testing.T) {
	l := start(t)
	assert.ErrorContains(t, l.Hold(l.ctx, "bribe", "o-1", Before, 1), "kind is reserve")
	assert.ErrorContains(t, l.Hold(l.ctx, Charge, "o-1", "during", 1), "before, after or lost")
	assert.ErrorContains(t, l.Barrier(l.ctx, Price), "needs subjects")
	assert.ErrorContains(t, l.Fail(l.ctx, Failure{Status: 200}), "400 to 599")
	assert.ErrorContains(t, l.Rolls(l.ctx, "", 1), "one subject")
	assert.ErrorContains(t, l.Rolls(l.ctx, "o-1", 100), "0 to 99")
	assert.ErrorContains(t, l.FailPercent(l.ctx, "", 101), "0 to 100")
	assert.ErrorContains(t, l.Latency(l.ctx, "", "", -1), "below 0")
	assert.ErrorContains(t, l.WaitHeld(l.ctx, "bribe", ""), "kind is")
	_, err := l.Release(l.ctx, "bribe", "")
	assert.ErrorContains(t, err, "kind is")
	assert.Empty(t, l.entries(""))
}

func TestWaitEndsWithItsContext(t *testing.T) {
	l := start(t)
	ctx, cancel := context.WithTimeout(l.ctx, 20*time.Millisecond)
	defer cancel()
	assert.ErrorIs(t, l.WaitHeld(ctx, "", ""), context.DeadlineExceeded)
}
