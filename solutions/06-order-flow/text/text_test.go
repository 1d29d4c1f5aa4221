package text

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	restate "github.com/restatedev/sdk-go"
)

// The client sorts what a gateway answers as the page's table says.
func TestThreeAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		ends   restate.Code // of a terminal error
		fails  bool
	}{
		{status: 200, body: `{"charge_id":"ch_1"}`},
		{status: 201, body: `{"charge_id":"ch_1"}`},
		{status: 200, body: `{"charge`, fails: true},
		{status: 400, body: `{}`, ends: 422, fails: true},
		{status: 402, body: `{"code":"card_declined"}`, ends: 402, fails: true},
		{status: 404, body: `{}`, ends: 422, fails: true},
		{status: 422, body: `{}`, ends: 422, fails: true},
		{status: 409, body: `{"code":"key_reused"}`, ends: 422, fails: true},
		{status: 409, body: `{"code":"key_in_progress"}`, fails: true},
		{status: 401, body: `{}`, fails: true},
		{status: 403, body: `{}`, fails: true},
		{status: 408, body: `{}`, fails: true},
		{status: 425, body: `{}`, fails: true},
		{status: 429, body: `{}`, fails: true},
		{status: 500, body: `{}`, fails: true},
		{status: 503, body: `no JSON`, fails: true},
	} {
		t.Run(fmt.Sprint(c.status, c.body), func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				require.Equal(t, "pay-o-1", r.Header.Get("Idempotency-Key"))
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}))
			defer s.Close()
			_, err := gateway{url: s.URL, client: s.Client()}.charge(t.Context(), "pay-o-1", nil)
			require.Equal(t, c.fails, err != nil, "%v", err)
			require.Equal(t, c.ends != 0, restate.IsTerminalError(err), "%v", err)
			if c.ends != 0 {
				require.Equal(t, c.ends, restate.AsTerminalError(err).Code())
			}
		})
	}
	_, err := gateway{url: "http://127.0.0.1:1", client: http.DefaultClient}.charge(t.Context(), "pay-o-1", nil)
	require.Error(t, err)
	require.False(t, restate.IsTerminalError(err), "nobody answered")
}

// The page's numbers on the time of a payment are what the back-offs come to.
func TestTheTimeOfAPayment(t *testing.T) {
	const fails, request = 0.4, 5.0
	meanWait := func(first, most float64) (sum float64) {
		for n := 1; n < 100; n++ {
			sum += math.Pow(fails, float64(n)) * min(first*math.Pow(2, float64(n-1)), most)
		}
		return sum
	}
	gateway := request / (1 - fails)
	page, err := os.ReadFile("../../../lessons/06-order-flow/README.md")
	require.NoError(t, err)
	for _, number := range []string{
		fmt.Sprintf("1 / 0.6 = **%.2f**", 1/(1-fails)),
		fmt.Sprintf("**%.2f s** at the gateway", gateway),
		fmt.Sprintf("%.2f s, so **%.1f s**", meanWait(1, 10), gateway+meanWait(1, 10)),
		fmt.Sprintf("waits add %.2f s, so the average would be **%.1f s**", meanWait(0.5, 60), gateway+meanWait(0.5, 60)),
		fmt.Sprintf("at random, which adds %.1f s", 0.15*meanWait(0.5, 60)), // half of 30 %, on average
		fmt.Sprintf("%.1f %%, and", 100*(1-math.Pow(fails, 6))),
		fmt.Sprintf("%.2f %%.", 100*(1-math.Pow(fails, 5))),
	} {
		require.Contains(t, strings.Join(strings.Fields(string(page)), " "), number)
	}
}
