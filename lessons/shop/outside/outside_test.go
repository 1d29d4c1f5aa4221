package outside_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/tools/sandbox"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serve starts the outside world, and points the clients at it.
func serve(t *testing.T, failPercent int) *sandbox.Client {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	c := sandbox.Config{
		Listen:      "127.0.0.1:0",
		Ledger:      filepath.Join(t.TempDir(), "ledger"),
		FailPercent: failPercent,
		Ready:       func(url string) { ready <- url },
	}
	go func() { ended <- sandbox.Serve(ctx, c) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	select {
	case url := <-ready:
		t.Setenv("SANDBOX_URL", url)
		return sandbox.NewClient(url)
	case err := <-ended:
		ended <- err
		require.NoError(t, err)
		return nil
	}
}

var purchase = outside.Purchase{OrderID: "o-1", AmountCents: 2500, Token: "tok_ok"}

func TestAnOrder(t *testing.T) {
	world, ctx := serve(t, 0), t.Context()
	price, err := outside.Price(ctx, "book")
	require.NoError(t, err)
	assert.Equal(t, int64(2500), price)
	reservation, err := outside.Reserve(ctx, "k", "o-1", "book")
	require.NoError(t, err)
	assert.NotEmpty(t, reservation)
	charge, err := outside.Charge(ctx, "k", purchase)
	require.NoError(t, err)
	assert.Equal(t, outside.Charged, charge.Status)
	tracking, err := outside.Ship(ctx, "", "o-1")
	require.NoError(t, err)
	assert.NotEmpty(t, tracking)
	message, err := outside.Mail(ctx, "k", outside.Message{OrderID: "o-1", Kind: "receipt", ChargeID: charge.ID})
	require.NoError(t, err)
	assert.NotEmpty(t, message)

	entries, err := world.Ledger(ctx, "o-1")
	require.NoError(t, err)
	var lines []string
	for _, e := range sandbox.Facts(entries) {
		lines = append(lines, e.Line())
	}
	assert.Equal(t, []string{
		"reserve o-1 book, key k: accepted",
		"charge o-1 2500 cents, key k: accepted",
		"ship o-1, no key: accepted",
		"email o-1 receipt, key k: accepted",
	}, lines)
	assert.Equal(t, charge.ID, entries[len(entries)-1].ChargeID)
}

func TestACharge(t *testing.T) {
	serve(t, 0)
	ctx, key := t.Context(), "pay/o-1"
	state, err := outside.Lookup(ctx, key)
	require.NoError(t, err)
	assert.Equal(t, outside.ChargeState{Status: outside.Unanswered}, state)

	charge, err := outside.Charge(ctx, key, purchase)
	require.NoError(t, err)
	again, err := outside.Charge(ctx, key, purchase)
	require.NoError(t, err)
	assert.Equal(t, charge, again)
	state, err = outside.Lookup(ctx, key)
	require.NoError(t, err)
	assert.Equal(t, outside.ChargeState{ID: charge.ID, Status: outside.Charged, AmountCents: 2500}, state)
	state, err = outside.Refund(ctx, key)
	require.NoError(t, err)
	assert.Equal(t, outside.ChargeState{ID: charge.ID, Status: outside.Refunded, AmountCents: 2500}, state)
}

func TestAVoidedKey(t *testing.T) {
	serve(t, 0)
	state, err := outside.Refund(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, outside.Void, state.Status)
	_, err = outside.Charge(t.Context(), "k", purchase)
	assert.True(t, outside.IsRefused(err))
	assert.False(t, outside.IsDeclined(err))
	assert.EqualError(t, err, "the key was voided (410)")
}

// kinds is what the three questions say of an error.
type kinds struct{ declined, refused, unavailable bool }

func kindsOf(err error) kinds {
	return kinds{outside.IsDeclined(err), outside.IsRefused(err), outside.IsUnavailable(err)}
}

func TestDeclined(t *testing.T) {
	serve(t, 0)
	declined := purchase
	declined.Token = "tok_declined"
	_, err := outside.Charge(t.Context(), "k", declined)
	assert.Equal(t, kinds{declined: true, refused: true}, kindsOf(err))
	assert.EqualError(t, err, "the card was declined (402)")
	state, err := outside.Lookup(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, outside.Declined, state.Status)
}

func TestRefused(t *testing.T) {
	world, ctx := serve(t, 0), t.Context()
	_, err := outside.Price(ctx, "nope")
	assert.Equal(t, kinds{refused: true}, kindsOf(err))
	_, err = outside.Charge(ctx, "k", outside.Purchase{OrderID: "o-1", Token: "tok_ok"})
	assert.Equal(t, kinds{refused: true}, kindsOf(err))
	assert.EqualError(t, err, "amount_cents must be above 0 (400)")
	require.NoError(t, world.Fail(ctx, sandbox.Failure{Kind: sandbox.Ship, Status: 422, Reason: "no such street"}))
	_, err = outside.Ship(ctx, "k", "o-1")
	assert.Equal(t, kinds{refused: true}, kindsOf(err))
	assert.EqualError(t, err, "no such street (422)")
}

func TestUnavailable(t *testing.T) {
	world, ctx := serve(t, 40), t.Context()
	require.NoError(t, world.Rolls(ctx, "o-1", 23))
	_, err := outside.Charge(ctx, "k", purchase)
	assert.Equal(t, kinds{unavailable: true}, kindsOf(err))
	assert.Equal(t, &outside.Error{Status: 503, Reason: "the gateway failed", Roll: 23, FailsBelow: 40}, err)

	require.NoError(t, world.Fail(ctx, sandbox.Failure{Status: 500}))
	_, err = outside.Ship(ctx, "k", "o-1")
	assert.Equal(t, &outside.Error{Status: 500, Reason: "unavailable", Roll: -1}, err)
}

func TestTimeout(t *testing.T) {
	world, ctx := serve(t, 0), t.Context()
	require.NoError(t, world.Hold(ctx, sandbox.Charge, "o-1", sandbox.After, 1))
	t.Setenv("OUTSIDE_TIMEOUT", "50ms")
	_, err := outside.Charge(ctx, "k", purchase)
	assert.Equal(t, kinds{unavailable: true}, kindsOf(err))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.EqualError(t, err, "no answer: timed out")

	t.Setenv("OUTSIDE_TIMEOUT", "soon")
	_, err = outside.Charge(ctx, "k", purchase)
	assert.ErrorContains(t, err, `OUTSIDE_TIMEOUT="soon"`)
}

func TestAnAnswerGetsLost(t *testing.T) {
	world, ctx := serve(t, 0), t.Context()
	require.NoError(t, world.Hold(ctx, sandbox.Charge, "o-1", sandbox.Lost, 1))
	_, err := outside.Charge(ctx, "k", purchase)
	assert.Equal(t, kinds{unavailable: true}, kindsOf(err))
	_, err = outside.Charge(ctx, "k", purchase)
	require.NoError(t, err)
	entries, err := world.Ledger(ctx, "o-1")
	require.NoError(t, err)
	assert.Equal(t, 1, sandbox.Effects(entries, sandbox.Charge))
	assert.Equal(t, "charge o-1 2500 cents, key k: accepted, answer lost", sandbox.Facts(entries)[0].Line())
}

func TestCancelled(t *testing.T) {
	world, ctx := serve(t, 0), t.Context()
	require.NoError(t, world.Hold(ctx, sandbox.Charge, "o-1", sandbox.Before, 1))
	leaving, leave := context.WithCancel(ctx)
	failed := make(chan error, 1)
	go func() {
		_, err := outside.Charge(leaving, "k", purchase)
		failed <- err
	}()
	require.NoError(t, world.WaitHeld(ctx, sandbox.Charge, "o-1"))
	leave()
	err := <-failed
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, kinds{unavailable: true}, kindsOf(err))
}

func TestNobodyThere(t *testing.T) {
	t.Setenv("SANDBOX_URL", "http://127.0.0.1:1")
	_, err := outside.Price(t.Context(), "book")
	assert.Equal(t, kinds{unavailable: true}, kindsOf(err))
	assert.Equal(t, kinds{}, kindsOf(errors.New("not ours")))
	assert.Equal(t, kinds{}, kindsOf(nil))
}

// An answer that breaks off or is not JSON leaves the outcome unknown.
func TestGarbledAnswers(t *testing.T) {
	for _, answer := range []http.HandlerFunc{
		func(rw http.ResponseWriter, r *http.Request) { rw.Write([]byte("<html>")) },
		func(rw http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Length", "100")
			rw.Write([]byte(`{"charge_id":"ch_1"`))
		},
		func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(http.StatusBadGateway) },
	} {
		server := httptest.NewServer(answer)
		t.Setenv("SANDBOX_URL", server.URL)
		_, err := outside.Charge(t.Context(), "k", purchase)
		assert.Equal(t, kinds{unavailable: true}, kindsOf(err), "%v", err)
		server.Close()
	}
}

// Each call is one request, even where the connection breaks: a retry that
// nobody sees would make the ledger a riddle.
func TestOneRequestACall(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if n++; n > 1 {
			panic(http.ErrAbortHandler)
		}
		rw.Write([]byte("{}"))
	}))
	defer server.Close()
	t.Setenv("SANDBOX_URL", server.URL)
	_, err := outside.Charge(t.Context(), "k", purchase)
	require.NoError(t, err)
	_, err = outside.Charge(t.Context(), "k", purchase)
	require.Error(t, err)
	server.Close()
	assert.Equal(t, 2, n)
}
