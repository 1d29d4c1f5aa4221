package restate

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
)

// manifest is what a program says it has: an object Cart with a handler Add.
const manifest = `{"protocolMode":"BIDI_STREAM","minProtocolVersion":5,"maxProtocolVersion":6,
"services":[{"name":"Cart","ty":"VIRTUAL_OBJECT","handlers":[{"name":"Add","ty":"EXCLUSIVE"}]}]}`

// A fakeProgram can be registered. Its handler never answers.
type fakeProgram struct {
	url     string
	invoked chan string // invocation ids
}

func serveProgram(t *testing.T) *fakeProgram {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &fakeProgram{url: "http://" + l.Addr().String(), invoked: make(chan string, 99)}
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: p, Protocols: protocols}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return p
}

func (p *fakeProgram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/discover") {
		w.Header().Set("content-type", "application/vnd.restate.endpointmanifest.v3+json")
		io.WriteString(w, manifest)
		return
	}
	w.Header().Set("content-type", r.Header.Get("content-type"))
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	p.invoked <- r.Header.Get("x-restate-invocation-id")
	<-r.Context().Done()
}

// invocation returns an invocation's status, "" if it is not known.
func invocation(t *testing.T, s *Server, id string) string {
	t.Helper()
	rows, err := s.Admin().Invocations(t.Context(), InvocationFilter{IDs: []string{id}})
	require.NoError(t, err)
	if len(rows) == 0 {
		return ""
	}
	return rows[0].Status
}

// call starts Cart/key/Add and returns its invocation's id once it runs.
func call(t *testing.T, s *Server, p *fakeProgram, key string) string {
	t.Helper()
	// What has a key is kept after its end.
	id, err := s.Ingress().Send(t.Context(), Request{Path: "Cart/" + key + "/Add", IdempotencyKey: key})
	require.NoError(t, err)
	select {
	case invoked := <-p.invoked:
		require.Equal(t, id, invoked)
	case <-time.After(5 * time.Second):
		t.Fatal("the program was not called")
	}
	return id
}

// requireState waits until an object's state is want.
func requireState(t *testing.T, s *Server, key string, want map[string]string) {
	t.Helper()
	processtest.Eventually(t, func() bool {
		state, err := s.Admin().State(t.Context(), "Cart", key)
		require.NoError(t, err)
		return maps.Equal(want, state)
	}, "state %v", want)
}

func requireRefused(t *testing.T, err error, code int, message string) {
	t.Helper()
	var e *StatusError
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Status)
	require.Contains(t, e.Message, message)
}

func TestAdmin(t *testing.T) {
	s, p := start(t, Options{}), serveProgram(t)
	a, ctx := s.Admin(), t.Context()

	t.Run("register", func(t *testing.T) {
		names, err := a.Services(ctx)
		require.NoError(t, err)
		require.Empty(t, names)
		require.NoError(t, a.Register(ctx, p.url))
		require.NoError(t, a.Register(ctx, p.url))
		names, err = a.Services(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"Cart"}, names)
		requireRefused(t, a.Register(ctx, "http://127.0.0.1:1"), 500, "refused")
	})
	t.Run("patch", func(t *testing.T) {
		require.NoError(t, a.Patch(ctx, "Cart", map[string]any{"inactivity_timeout": "0s"}))
		var cart map[string]any
		require.NoError(t, a.do(ctx, http.MethodGet, "/services/Cart", nil, &cart))
		require.Equal(t, "0s", cart["inactivity_timeout"])
		requireRefused(t, a.Patch(ctx, "Nobody", map[string]any{"inactivity_timeout": "0s"}), 404, "Nobody")
	})
	t.Run("query", func(t *testing.T) {
		none, err := a.Invocations(ctx, InvocationFilter{})
		require.NoError(t, err)
		require.Empty(t, none)
		none, err = a.Invocations(ctx, InvocationFilter{IDs: []string{"it's"}, Service: "'", Key: "' OR 1 = 1", Statuses: []string{"'"}, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, none)
		requireRefused(t, a.query(ctx, "SELECT nonsense", &none), 500, "nonsense")
	})
	t.Run("state", func(t *testing.T) {
		require.NoError(t, a.SetState(ctx, "Cart", "bob", map[string][]byte{"a": []byte(`"é"`), "b": {}}))
		requireState(t, s, "bob", map[string]string{"a": `"é"`, "b": ""})
		require.NoError(t, a.SetState(ctx, "Cart", "bob", nil))
		requireState(t, s, "bob", map[string]string{})
	})
	t.Run("kill", func(t *testing.T) {
		id := call(t, s, p, "kill")
		processtest.Eventually(t, func() bool { return invocation(t, s, id) == "running" }, "running")
		requireRefused(t, a.Purge(ctx, id), 409, "")
		require.NoError(t, a.Kill(ctx, id))
		processtest.Eventually(t, func() bool { return invocation(t, s, id) != "running" }, "killed")
		requireRefused(t, a.Kill(ctx, "inv_none"), 400, "")
	})
	t.Run("purge", func(t *testing.T) {
		id := call(t, s, p, "purge")
		require.NoError(t, a.Kill(ctx, id))
		processtest.Eventually(t, func() bool { return invocation(t, s, id) == "completed" }, "completed")
		require.NoError(t, a.Purge(ctx, id))
		processtest.Eventually(t, func() bool { return invocation(t, s, id) == "" }, "forgotten")
	})
	t.Run("cancel", func(t *testing.T) {
		id := call(t, s, p, "cancel")
		require.NoError(t, a.Cancel(ctx, id))
		processtest.Eventually(t, func() bool {
			entries, err := a.Journal(ctx, id)
			require.NoError(t, err)
			return len(entries) == 2 && entries[1].Type == "Notification: Signal"
		}, "signal in the journal")
		require.NoError(t, a.Kill(ctx, id))
	})
	t.Run("deployments", func(t *testing.T) {
		all, err := a.Deployments(ctx)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, Deployment{ID: all[0].ID, URI: p.url + "/", Current: true}, all[0])
		id := call(t, s, p, "pinned")
		pinned, err := a.PinnedTo(ctx, all[0].ID)
		require.NoError(t, err)
		require.Empty(t, pinned, "a program pins an invocation with its first entry, and this one sends none")
		require.NoError(t, a.Kill(ctx, id))
		next := serveProgram(t)
		require.NoError(t, a.Register(ctx, next.url))
		current := map[string]bool{}
		all, err = a.Deployments(ctx)
		require.NoError(t, err)
		for _, d := range all {
			current[d.URI] = d.Current
		}
		require.Equal(t, map[string]bool{p.url + "/": false, next.url + "/": true}, current)
		for _, d := range all {
			services, err := a.ServicesOf(ctx, d.ID)
			require.NoError(t, err)
			require.Equal(t, d.Current, slices.Equal(services, []string{"Cart"}), services)
		}
		require.NoError(t, a.DeleteDeployment(ctx, next.url))
	})
	t.Run("state of all objects", func(t *testing.T) {
		for _, key := range []string{"ann", "eve"} {
			require.NoError(t, a.SetState(ctx, "Cart", key, map[string][]byte{"n": []byte(key), "other": []byte("1")}))
		}
		processtest.Eventually(t, func() bool {
			values, err := a.StateOf(ctx, "Cart", "n")
			require.NoError(t, err)
			return maps.Equal(map[string]string{"ann": "ann", "eve": "eve"}, values)
		}, "state")
	})
	t.Run("handler", func(t *testing.T) {
		passOn := httptest.NewServer(a.Handler())
		defer passOn.Close()
		version, err := NewAdmin(passOn.URL).Version(ctx)
		require.NoError(t, err)
		require.Equal(t, Version, version)
	})
	t.Run("delete deployment", func(t *testing.T) {
		require.NoError(t, a.DeleteDeployment(ctx, p.url))
		names, err := a.Services(ctx)
		require.NoError(t, err)
		require.Empty(t, names)
		requireRefused(t, a.DeleteDeployment(ctx, p.url), 404, "no deployment")
	})
}
