// Package admin is a client of Restate's admin API: the part of it that a deployment
// needs. Nothing to edit here.
package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Client sends requests to the admin API of a restate-server.
type Client struct{ url string }

// New returns a client of the admin API at an address, such as http://127.0.0.1:9070.
func New(address string) *Client { return &Client{strings.TrimSuffix(address, "/")} }

// Register makes Restate know the program that serves at an address, as a deployment, and
// returns the deployment's id. Restate then sends new calls to this deployment. If Restate
// knows the address already, Register changes nothing, unless force is true.
func (c *Client) Register(ctx context.Context, address string, force bool) (id string, err error) {
	var answer struct{ ID string }
	err = c.do(ctx, http.MethodPost, "/deployments", map[string]any{"uri": address, "force": force}, &answer)
	return answer.ID, err
}

// Remove makes Restate forget a deployment, also one that is still needed. Remove returns
// nil if Restate does not know the deployment.
func (c *Client) Remove(ctx context.Context, deployment string) error {
	err := c.do(ctx, http.MethodDelete, "/deployments/"+url.PathEscape(deployment)+"?force=true", nil, nil)
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// Query runs a query on Restate's tables, and puts the result into rows, a pointer to a
// slice of structs. The column pinned_deployment_id goes to the field with the tag
// `json:"pinned_deployment_id"`.
func (c *Client) Query(ctx context.Context, sql string, rows any) error {
	var answer struct{ Rows json.RawMessage }
	if err := c.do(ctx, http.MethodPost, "/query", map[string]any{"query": sql}, &answer); err != nil {
		return err
	}
	return json.Unmarshal(answer.Rows, rows)
}

// Pause stops the attempts of an invocation, soon and until somebody resumes it.
func (c *Client) Pause(ctx context.Context, invocation string) error {
	return c.do(ctx, http.MethodPatch, "/invocations/"+url.PathEscape(invocation)+"/pause", nil, nil)
}

// Resume moves an invocation to a deployment, and starts its attempts again. Restate
// refuses that with a conflict unless the invocation is paused or suspended.
func (c *Client) Resume(ctx context.Context, invocation, deployment string) error {
	return c.do(ctx, http.MethodPatch, "/invocations/"+url.PathEscape(invocation)+"/resume?deployment="+url.QueryEscape(deployment), nil, nil)
}

// Cancel makes the next wait of an invocation return a terminal error, code 409.
func (c *Client) Cancel(ctx context.Context, invocation string) error {
	return c.do(ctx, http.MethodPatch, "/invocations/"+url.PathEscape(invocation)+"/cancel", nil, nil)
}

// Kill ends an invocation, and the program does not learn about the end.
func (c *Client) Kill(ctx context.Context, invocation string) error {
	return c.do(ctx, http.MethodPatch, "/invocations/"+url.PathEscape(invocation)+"/kill", nil, nil)
}

// Error is an answer of the server that is not a success.
type Error struct {
	Request string
	Status  int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %d %s", e.Request, e.Status, e.Message) }

// IsConflict reports whether the server has refused a request because of the state of the
// invocation, such as a resume of an invocation that is not paused.
func IsConflict(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Status == http.StatusConflict
}

// do sends body, unless nil, and decodes the answer into into, unless nil.
func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json") // the default of /query is not JSON
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode > 299 {
		return &Error{method + " " + path, res.StatusCode, strings.TrimSpace(string(answer))}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
