package restate

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Ingress calls handlers through a server's ingress API. It uses the paths below
// /restate/, since those without that prefix are deprecated since server 1.7.0.
// An answer that is a failure, the handler's or the server's own, is a
// [*StatusError].
type Ingress struct {
	base   string
	client *http.Client
}

// NewIngress returns a client of the ingress API at addr: http://host:port, or
// unix:/path/to/socket. With the addresses of several nodes of a cluster, it sends a request
// again to the next one if one does not answer. So use it only for requests that are harmless
// to repeat: to run a workflow, to attach, or with an idempotency key.
func NewIngress(addr ...string) *Ingress {
	client := newClient(addr[0])
	if len(addr) > 1 {
		client = &http.Client{Transport: newFailover(addr)}
	}
	return &Ingress{base: baseURL(addr[0], "ingress"), client: client}
}

// Request is a request to run a handler.
type Request struct {
	// Path is Service/Handler, or Service/Key/Handler for an object's or a
	// workflow's. A key is escaped as [net/url.PathEscape] does it.
	Path string
	// Body is the handler's input in JSON, "" for a handler without input.
	Body string
	// IdempotencyKey makes a repeated request harmless; "" for none. A workflow's
	// run takes none.
	IdempotencyKey string
}

// Call calls a handler and returns its answer.
func (i *Ingress) Call(ctx context.Context, r Request) ([]byte, error) {
	return i.do(ctx, http.MethodPost, callPath(r.Path), r, http.StatusOK)
}

// Send calls a handler and returns the invocation's id as soon as the server has
// stored the request.
func (i *Ingress) Send(ctx context.Context, r Request) (id string, err error) {
	answer, err := i.do(ctx, http.MethodPost, sendPath(r.Path), r, http.StatusAccepted)
	if err != nil {
		return "", err
	}
	var accepted struct{ InvocationID string }
	err = json.Unmarshal(answer, &accepted)
	return accepted.InvocationID, err
}

// Attach waits for the end of an invocation and returns its answer. An unknown
// one is a [*StatusError] with status 404.
func (i *Ingress) Attach(ctx context.Context, id string) ([]byte, error) {
	return i.do(ctx, http.MethodGet, "/restate/attach/"+id, Request{}, http.StatusOK)
}

// AttachWorkflow waits for the end of a workflow's run and returns its answer. A
// run that nothing has started is a [*StatusError] with status 404.
func (i *Ingress) AttachWorkflow(ctx context.Context, service, key string) ([]byte, error) {
	target, err := json.Marshal(map[string]string{"target": "workflow", "workflowName": service, "workflowKey": key})
	if err != nil {
		return nil, err
	}
	return i.do(ctx, http.MethodPost, "/restate/attach", Request{Body: string(target)}, http.StatusOK)
}

// do sends the body and the idempotency key of r to path, and returns the answer
// if its status is the one that is wanted.
func (i *Ingress) do(ctx context.Context, method, path string, r Request, want int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, i.base+path, strings.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	if r.Body != "" {
		req.Header.Set("content-type", "application/json")
	}
	if r.IdempotencyKey != "" {
		req.Header.Set("idempotency-key", r.IdempotencyKey)
	}
	res, err := i.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != want {
		return nil, newStatusError("ingress", method+" "+path, res.StatusCode, answer)
	}
	return answer, nil
}

// callPath returns the path of the URL that calls a handler and waits for its answer.
func callPath(path string) string { return "/restate/call/" + path }

// sendPath returns the path of the URL that calls a handler and does not wait.
func sendPath(path string) string { return "/restate/send/" + path }
