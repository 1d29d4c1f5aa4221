package world

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/restate"
)

// Call is one request to the ingress.
type Call struct {
	Target Target
	Where  string // the same, escaped as in a URL
	Body   string
	Key    string        // the idempotency key that names it in Restate's tables; "" for a workflow's run
	Done   chan struct{} // closed once there is an answer
	Status int
	Answer []byte
	Err    error

	Cancelled bool // by the script

	SilentOnce chan struct{} // closed when a node was silent for a whole try; only for calls to nodes
	once       sync.Once
}

// Target is service/handler or service/key/handler.
type Target struct{ Service, Key, Handler string }

// ParseTarget takes service/handler or service/key/handler apart.
func ParseTarget(s string) (Target, error) {
	switch p := strings.Split(s, "/"); len(p) {
	case 2:
		return Target{Service: p[0], Handler: p[1]}, nil
	case 3:
		return Target{Service: p[0], Key: unescapeKey(p[1]), Handler: p[2]}, nil
	}
	return Target{}, fmt.Errorf("%q is neither service/handler nor service/key/handler", s)
}

func (t Target) String() string {
	if t.Key == "" {
		return t.Service + "/" + t.Handler
	}
	return t.Service + "/" + t.Key + "/" + t.Handler
}

// Matches reports whether i is the invocation of the call.
func (c *Call) Matches(i Invocation) bool {
	if c.Key != "" {
		return i.IdempotencyKey == c.Key
	}
	return c.Target == Target{i.Service, i.Key, i.Handler}
}

// unescapeKey returns the plain key: in a target, the key is escaped as in a URL.
func unescapeKey(key string) string {
	if plain, err := url.PathUnescape(key); err == nil {
		return plain
	}
	return key
}

// Text returns the answer in one short line.
func (c *Call) Text() string {
	return claim.Claim{Got: claim.GotAnswer(c.Status, c.Answer)}.GotText()
}

// Answered reports whether there is an answer yet.
func (c *Call) Answered() bool {
	select {
	case <-c.Done:
		return true
	default:
		return false
	}
}

// Send makes the request until an answer comes. If the server dies, Send repeats the
// request with the same idempotency key, and gets the answer to the first request.
func (c *Call) Send(w *World) {
	defer close(c.Done)
	if w.onNodes.Load() {
		c.sendToNodes(w)
		return
	}
	for again := false; ; again = true {
		w.serving.RLock() // not while the server is away
		outages := w.killedServer.Load()
		w.serving.RUnlock()
		c.Err = c.sendOnce(w.Server, again)
		if c.Err == nil || w.killedServer.Load() == outages {
			return
		}
	}
}

// sendOnce makes the request once. A workflow's run has no idempotency key and cannot be
// started a second time. So the second time sendOnce attaches to the first run.
func (c *Call) sendOnce(server *restate.Server, again bool) error {
	if again && c.Key == "" {
		known, err := c.attach(server)
		if known || err != nil {
			return err
		}
	}
	return c.readAnswer(server.Ingress().Call(context.Background(), restate.Request{Path: c.Where, Body: c.Body, IdempotencyKey: c.Key}))
}

// attach waits for the outcome of a workflow's run. The run is not known if the server
// had not accepted it before it died.
func (c *Call) attach(server *restate.Server) (known bool, err error) {
	err = c.readAnswer(server.Ingress().AttachWorkflow(context.Background(), c.Target.Service, c.Target.Key))
	return c.Status != http.StatusNotFound, err
}

// readAnswer keeps the answer to the request, also a refusal.
func (c *Call) readAnswer(answer []byte, err error) error {
	var refused *restate.StatusError
	switch {
	case errors.As(err, &refused):
		c.Status, c.Answer = refused.Status, refused.Body
		return nil
	case err == nil:
		c.Status, c.Answer = http.StatusOK, answer
	}
	return err
}

// Abandon kills the invocation of a call, if it has no answer yet.
func (w *World) Abandon(ctx context.Context, c *Call) {
	select {
	case <-c.Done:
		return
	default:
	}
	all, err := w.AllInvocations(ctx)
	if i := slices.IndexFunc(all, c.Matches); err == nil && i >= 0 {
		w.Server.Admin().Kill(ctx, all[i].ID)
	}
}

// CallLimit is how long a check waits for an answer, a request, or an entry in a table. A
// correct program takes less.
const CallLimit = 20 * time.Second
