package restate

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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

// state is an object's state, name=value.
func state(t *testing.T, s *Server, key string) string {
	t.Helper()
	var rows []struct {
		Key   string
		Value string `json:"value_utf8"`
	}
	sql := fmt.Sprintf("SELECT key, value_utf8 FROM state WHERE service_name = 'Cart' AND service_key = '%s'", key)
	require.NoError(t, s.Admin().Query(t.Context(), sql, &rows))
	var all []string
	for _, r := range rows {
		all = append(all, r.Key+"="+r.Value)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// invocation is an invocation's status, "" when it is not known.
func invocation(t *testing.T, s *Server, id string) string {
	t.Helper()
	var rows []struct{ Status string }
	require.NoError(t, s.Admin().Query(t.Context(), "SELECT status FROM sys_invocation WHERE id = '"+id+"'", &rows))
	if len(rows) == 0 {
		return ""
	}
	return rows[0].Status
}

// call starts Cart/key/Add and returns its invocation's id once it runs.
func call(t *testing.T, s *Server, p *fakeProgram, key string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.IngressURL()+"/Cart/"+key+"/Add/send", nil)
	require.NoError(t, err)
	req.Header.Set("idempotency-key", key) // what has a key is kept after its end
	res, err := s.Ingress().Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusAccepted, res.StatusCode)
	select {
	case id := <-p.invoked:
		return id
	case <-time.After(5 * time.Second):
		t.Fatal("the program was not called")
		return ""
	}
}

func refused(t *testing.T, err error, code int, message string) {
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
		refused(t, a.Register(ctx, "http://127.0.0.1:1"), 500, "refused")
	})
	t.Run("patch", func(t *testing.T) {
		require.NoError(t, a.Patch(ctx, "Cart", map[string]any{"inactivity_timeout": "0s"}))
		var cart map[string]any
		require.NoError(t, a.do(ctx, http.MethodGet, "/services/Cart", nil, &cart))
		require.Equal(t, "0s", cart["inactivity_timeout"])
		refused(t, a.Patch(ctx, "Nobody", map[string]any{"inactivity_timeout": "0s"}), 404, "Nobody")
	})
	t.Run("query", func(t *testing.T) {
		var none []struct{}
		require.NoError(t, a.Query(ctx, "SELECT id FROM sys_invocation", &none))
		require.Empty(t, none)
		refused(t, a.Query(ctx, "SELECT nonsense", &none), 500, "nonsense")
	})
	t.Run("state", func(t *testing.T) {
		require.NoError(t, a.SetState(ctx, "Cart", "bob", map[string][]byte{"a": []byte(`"é"`), "b": {}}))
		eventually(t, func() bool { return state(t, s, "bob") == `a="é" b=` }, "state set")
		require.NoError(t, a.SetState(ctx, "Cart", "bob", nil))
		eventually(t, func() bool { return state(t, s, "bob") == "" }, "state wiped")
	})
	t.Run("kill", func(t *testing.T) {
		id := call(t, s, p, "kill")
		eventually(t, func() bool { return invocation(t, s, id) == "running" }, "running")
		refused(t, a.Purge(ctx, id), 409, "")
		require.NoError(t, a.Kill(ctx, id))
		eventually(t, func() bool { return invocation(t, s, id) != "running" }, "killed")
		refused(t, a.Kill(ctx, "inv_none"), 400, "")
	})
	t.Run("purge", func(t *testing.T) {
		id := call(t, s, p, "purge")
		require.NoError(t, a.Kill(ctx, id))
		eventually(t, func() bool { return invocation(t, s, id) == "completed" }, "completed")
		require.NoError(t, a.Purge(ctx, id))
		eventually(t, func() bool { return invocation(t, s, id) == "" }, "forgotten")
	})
	t.Run("cancel", func(t *testing.T) {
		id := call(t, s, p, "cancel")
		require.NoError(t, a.Cancel(ctx, id))
		var signals []struct {
			Type string `json:"entry_type"`
		}
		eventually(t, func() bool {
			require.NoError(t, a.Query(ctx, "SELECT entry_type FROM sys_journal WHERE id = '"+id+"'", &signals))
			return len(signals) == 2
		}, "signal in the journal")
		require.NoError(t, a.Kill(ctx, id))
	})
	t.Run("delete deployment", func(t *testing.T) {
		require.NoError(t, a.DeleteDeployment(ctx, p.url))
		names, err := a.Services(ctx)
		require.NoError(t, err)
		require.Empty(t, names)
		refused(t, a.DeleteDeployment(ctx, p.url), 404, "no deployment")
	})
}
