package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
)

// Counter is a service whose second step fails as often as its field says.
type Counter struct {
	runs  *atomic.Int32
	fails *atomic.Int32

	options []sdk.RunOption // of the second step
}

func (c Counter) Twice(ctx sdk.Context, in string) (string, error) {
	a, err := sdk.Run(ctx, func(sdk.RunContext) (string, error) {
		c.runs.Add(1)
		return in + "1", nil
	}, sdk.WithName("first"))
	if err != nil {
		return "", err
	}
	return sdk.Run(ctx, func(sdk.RunContext) (string, error) {
		c.runs.Add(1)
		if c.fails.Add(-1) >= 0 {
			return "", errors.New("not yet")
		}
		return a + "2", nil
	}, c.options...)
}

type rig struct {
	Counter
	proxy  *proxy.Proxy
	server *restate.Server
}

// newRig starts a server with a service behind a proxy.
func newRig(t *testing.T) rig {
	r := rig{Counter: Counter{runs: new(atomic.Int32), fails: new(atomic.Int32)}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	k, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { k.Close() })
	binary, err := restate.Find(ctx, os.Stderr)
	require.NoError(t, err)
	r.server, err = restate.Start(ctx, k, binary, restate.Options{Env: []string{"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL=20ms"}})
	require.NoError(t, err)
	t.Cleanup(func() { r.server.Stop() })
	r.proxy, err = proxy.Listen()
	require.NoError(t, err)
	t.Cleanup(func() { r.proxy.Close() })
	r.proxy.Connect(serve(t, r.Counter))
	require.NoError(t, r.server.Admin().Register(ctx, r.proxy.URL()))
	return r
}

func serve(t *testing.T, c Counter) string {
	h, err := server.NewRestate().Bind(sdk.Reflect(c)).Handler()
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	s := &http.Server{Handler: h, Protocols: h2c}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

func (r rig) callTwice(t *testing.T) string {
	t.Helper()
	answer, err := r.server.Ingress().Call(t.Context(), restate.Request{Path: "Counter/Twice", Body: `"x"`})
	if refused := new(restate.StatusError); errors.As(err, &refused) {
		return string(refused.Body)
	}
	require.NoError(t, err)
	return string(answer)
}

func linesOf(attempts []proxy.Attempt) []string {
	var all []string
	for _, a := range attempts {
		all = append(all, a.Line())
	}
	return all
}

func TestProxy(t *testing.T) {
	r := newRig(t)
	seen := 0
	forget := func() { seen = len(r.proxy.Attempts(nil)); r.runs.Store(0) }
	since := func() []string { return linesOf(r.proxy.Attempts(nil)[seen:]) }

	t.Run("passes everything through", func(t *testing.T) {
		forget()
		require.Equal(t, `"x12"`, r.callTwice(t))
		require.Equal(t, []string{"1: first ok, step 2 ok"}, since())
	})

	t.Run("it records a failing step", func(t *testing.T) {
		forget()
		r.fails.Store(1)
		require.Equal(t, `"x12"`, r.callTwice(t))
		got := since()
		require.Len(t, got, 2)
		require.Regexp(t, "^1: first ok, step 2 failed, error: .*not yet", got[0])
		require.Equal(t, "2: first replayed, step 2 ok", got[1])
	})

	// Message k is the k-th message that the program sends for the invocation. Wherever the stream
	// is cut, the answer is the same, and the invocation has one more attempt.
	t.Run("a cut at every message", func(t *testing.T) {
		total := 0
		r.proxy.OnMessage(func(m proxy.Message) bool { total = max(total, m.K); return true })
		r.callTwice(t)
		require.Equal(t, 6, total, "two steps and their results, the answer, the end")
		for k := 1; k <= total; k++ {
			forget()
			var cut proxy.Type
			r.proxy.OnMessage(func(m proxy.Message) bool {
				if m.K == k && cut == 0 {
					cut = m.Type
					return false
				}
				return true
			})
			require.Equal(t, `"x12"`, r.callTwice(t), "cut at message %d", k)
			require.NotZero(t, cut)
			require.Len(t, since(), 2, "cut at message %d, %v", k, cut)
			require.Contains(t, since()[0], "cut")
		}
		r.proxy.OnMessage(nil)
	})

	t.Run("it sends the events of an attempt while the attempt runs", func(t *testing.T) {
		r.fails.Store(1)
		var mu sync.Mutex
		var told []string
		r.proxy.OnEvent(func(e proxy.Event) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", e.Attempt.N, e.What, e.Name, strings.SplitAfter(e.How, ":")[0])))
		})
		require.Equal(t, `"x12"`, r.callTwice(t))
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			mu.Lock()
			defer mu.Unlock()
			require.Equal(c, []string{
				"1 attempt", "1 step first begun", "1 step first ok", "1 step step 2 begun", "1 end  error:",
				"2 attempt", "2 step first begun", "2 step first replayed", "2 step step 2 begun", "2 step step 2 ok", "2 message  answer", "2 end  done",
			}, told)
		}, 10*time.Second, 10*time.Millisecond)
		r.proxy.OnEvent(nil)
	})

	// The address stays if people kill the program by hand. Restate must see that no program is
	// there.
	t.Run("requests fail while a program is down whose address stays", func(t *testing.T) {
		forget()
		gone, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		gone.Close()
		r.proxy.MarkProgramKilled("")
		r.proxy.Connect(gone.Addr().String())
		answer := make(chan string, 1)
		go func() { answer <- r.callTwice(t) }()
		require.Eventually(t, func() bool { return len(since()) > 1 }, 10*time.Second, 10*time.Millisecond)
		require.Equal(t, "1: error: the program could not be reached", since()[0])
		r.proxy.Connect(serve(t, r.Counter))
		require.Equal(t, `"x12"`, <-answer)
	})

	t.Run("two copies take turns, and a copy that is down gets no requests", func(t *testing.T) {
		gone, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		gone.Close()
		one, other := serve(t, r.Counter), serve(t, r.Counter)
		for _, c := range []struct{ copies, served []string }{
			{[]string{one, other}, []string{one, other}},
			{[]string{gone.Addr().String(), one, other}, []string{one, one, other}},
		} {
			forget()
			r.proxy.Connect(c.copies...)
			for range c.served {
				require.Equal(t, `"x12"`, r.callTwice(t))
			}
			var served []string
			for _, a := range r.proxy.Attempts(nil)[seen:] {
				require.Equal(t, "1: first ok, step 2 ok", a.Line())
				served = append(served, a.Program)
			}
			require.ElementsMatch(t, c.served, served)
		}
		r.proxy.Connect(one)
	})

	t.Run("while the program is down, requests wait", func(t *testing.T) {
		forget()
		r.proxy.Disconnect()
		answer := make(chan string, 1)
		go func() { answer <- r.callTwice(t) }()
		r.proxy.Connect(serve(t, r.Counter))
		require.Equal(t, `"x12"`, <-answer)
		require.Len(t, since(), 1, "the restart caused no additional attempt")
	})

	t.Run("waiting requests can be ended, and the server sends them again", func(t *testing.T) {
		forget()
		r.proxy.Disconnect()
		answer := make(chan string, 1)
		go func() { answer <- r.callTwice(t) }()
		require.Eventually(t, func() bool {
			r.proxy.EndWaiting()
			off, err := r.server.Admin().Invocations(t.Context(), restate.InvocationFilter{Statuses: []string{"backing-off"}})
			require.NoError(t, err)
			return len(off) == 1
		}, 10*time.Second, time.Millisecond)
		r.proxy.Connect(serve(t, r.Counter))
		require.Equal(t, `"x12"`, <-answer)
		require.Len(t, since(), 1)
	})

	t.Run("it reads the retry delay in a step's error", func(t *testing.T) {
		for _, c := range []struct {
			options []sdk.RunOption
			said    bool
			least   time.Duration // of the second step
		}{
			{nil, false, 0},
			{[]sdk.RunOption{sdk.WithInitialRetryInterval(0)}, true, 0},
			// The SDK rounds down.
			{[]sdk.RunOption{sdk.WithInitialRetryInterval(30 * time.Millisecond), sdk.WithRetryIntervalFactor(2)}, true, 59 * time.Millisecond},
		} {
			forget()
			r.fails.Store(2)
			with := r.Counter
			with.options = c.options
			r.proxy.Connect(serve(t, with))
			require.Equal(t, `"x12"`, r.callTwice(t))
			tries := r.proxy.Attempts(nil)[seen:]
			require.Len(t, tries, 3)
			require.EqualValues(t, 500, tries[1].Code)
			require.Zero(t, tries[2].Code)
			require.Nil(t, tries[2].NextTry)
			require.Equal(t, c.said, tries[1].NextTry != nil)
			if c.said {
				require.InDelta(t, c.least, *tries[1].NextTry, float64(time.Millisecond))
			}
		}
	})
}
