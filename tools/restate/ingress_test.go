package restate

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/require"
)

// Plain, Box and Flow are what the test's program serves.
type Plain struct{}

func (Plain) Greet(_ sdk.Context, name string) (string, error) {
	if name == "" {
		return "", sdk.TerminalErrorf("no name")
	}
	return "hello " + name, nil
}

type Box struct{}

func (Box) Add(ctx sdk.ObjectContext, n int) (int, error) {
	sum, err := sdk.Get[int](ctx, "sum")
	if err != nil {
		return 0, err
	}
	sdk.Set(ctx, "sum", sum+n)
	return sum + n, nil
}

type Flow struct{}

func (Flow) Run(ctx sdk.WorkflowContext, n int) (int, error) {
	_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) { return sdk.Void{}, nil }, sdk.WithName("count"))
	if err != nil {
		return 0, err
	}
	return n, sdk.Sleep(ctx, 300*time.Millisecond)
}

// serveSDK serves the three and returns the address.
func serveSDK(t *testing.T) string {
	t.Helper()
	handler, err := server.NewRestate().Bind(sdk.Reflect(Plain{})).Bind(sdk.Reflect(Box{})).Bind(sdk.Reflect(Flow{})).Handler()
	require.NoError(t, err)
	s := httptest.NewUnstartedServer(handler)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func TestIngress(t *testing.T) {
	s, ctx := start(t, Options{}), t.Context()
	require.NoError(t, s.Admin().Register(ctx, serveSDK(t)))
	i := s.Ingress()

	t.Run("call", func(t *testing.T) {
		answer, err := i.Call(ctx, Request{Path: "Plain/Greet", Body: `"ada"`})
		require.NoError(t, err)
		require.Equal(t, `"hello ada"`, string(answer))
		for range 2 {
			answer, err = i.Call(ctx, Request{Path: "Box/a%2F%27b/Add", Body: `2`, IdempotencyKey: "once"})
			require.NoError(t, err)
			require.Equal(t, `2`, string(answer))
		}
		state, err := s.Admin().State(ctx, "Box", "a/'b")
		require.NoError(t, err)
		require.Equal(t, map[string]string{"sum": "2"}, state)
		known, err := s.Admin().Invocations(ctx, InvocationFilter{Service: "Box", Key: "a/'b", Statuses: []string{"completed"}, Limit: 1})
		require.NoError(t, err)
		require.Len(t, known, 1)
		require.Equal(t, "once", known[0].IdempotencyKey)
		require.Equal(t, "Add", known[0].Handler)
		require.Equal(t, "success", known[0].Result)
		require.WithinRange(t, known[0].Modified, known[0].Created, time.Now())
	})
	t.Run("refused", func(t *testing.T) {
		_, err := i.Call(ctx, Request{Path: "Plain/Greet", Body: `""`})
		requireRefused(t, err, 500, "no name")
		require.EqualError(t, err, "ingress: POST /restate/call/Plain/Greet: 500 no name")
		_, err = i.Call(ctx, Request{Path: "Plain/Nothing"})
		requireRefused(t, err, 404, "the handler 'Nothing' was not found")
		_, err = i.Call(ctx, Request{Path: "Nobody/Greet"})
		requireRefused(t, err, 404, "service 'Nobody' not found")
		_, err = i.Send(ctx, Request{Path: "Nobody/Greet"})
		requireRefused(t, err, 404, "service 'Nobody' not found")
		_, err = i.Attach(ctx, "inv_1jHVGFa9bmWE50Oy4vXeSB0pqJOEk5OFoT")
		requireRefused(t, err, 404, "not found")
		_, err = i.AttachWorkflow(ctx, "Flow", "never begun")
		requireRefused(t, err, 404, "not found")
	})
	t.Run("send and attach", func(t *testing.T) {
		id, err := i.Send(ctx, Request{Path: "Flow/f-1/Run", Body: "7"})
		require.NoError(t, err)
		again, err := i.Send(ctx, Request{Path: "Flow/f-1/Run", Body: "8"})
		require.NoError(t, err)
		require.Equal(t, id, again)
		answer, err := i.AttachWorkflow(ctx, "Flow", "f-1")
		require.NoError(t, err)
		require.Equal(t, "7", string(answer))
		answer, err = i.Attach(ctx, id)
		require.NoError(t, err)
		require.Equal(t, "7", string(answer))

		entries, err := s.Admin().Journal(ctx, id)
		require.NoError(t, err)
		var types, steps []string
		var wakes time.Time
		for _, e := range entries {
			types = append(types, e.Type)
			if strings.HasSuffix(e.Type, ": Run") {
				steps = append(steps, e.About)
			}
			if e.Type == "Command: Sleep" {
				wakes = e.WakeTime()
			}
		}
		require.Subset(t, types, []string{"Command: Input", "Command: Run", "Notification: Run", "Command: Sleep", "Command: Output"})
		require.Equal(t, []string{"count", "count"}, steps)
		require.WithinDuration(t, time.Now(), wakes, 10*time.Second)
	})
}

// A client of several nodes asks the next one if nothing listens, if the connection breaks,
// and if there is no answer. It stays with the one that answers.
func TestNextNode(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	serve := func(name string, answer http.HandlerFunc) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked[name]++
			mu.Unlock()
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.Equal(t, `"x"`, string(body))
			answer(w, r)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	breaks := serve("breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	answers := serve("answers", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, `{"invocationId":"inv_1"}`)
	})
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, gone.Close())

	nodes := newFailover([]string{"http://" + gone.Addr().String(), breaks, "http://" + silent.Addr().String(), answers})
	for _, each := range nodes.transports {
		each.ResponseHeaderTimeout = 100 * time.Millisecond
	}
	i := &Ingress{base: nodes.addrs[0], client: &http.Client{Transport: nodes}}
	for range 2 {
		id, err := i.Send(t.Context(), Request{Path: "Order/o-1/Run", Body: `"x"`})
		require.NoError(t, err)
		require.Equal(t, "inv_1", id)
	}
	mu.Lock()
	require.Equal(t, map[string]int{"breaks": 1, "answers": 2}, asked)
	mu.Unlock()
	require.Equal(t, answers, nodes.answering())

	none := NewIngress("http://"+gone.Addr().String(), "http://"+gone.Addr().String())
	_, err = none.Send(t.Context(), Request{Path: "Order/o-1/Run"})
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
}
