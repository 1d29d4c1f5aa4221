package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Nothing to edit in this file.

// Answer is what a node has answered.
type Answer struct {
	Status int
	Body   []byte
	// OfInvocation reports that the invocation has failed with this error: another node
	// gives the same answer. Otherwise an error is the node's own.
	OfInvocation bool
}

// do sends one request to one node and reads the answer. It waits as long as ctx lets it. An
// error means that no whole answer came.
func do(ctx context.Context, method, url string, body []byte) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return Answer{}, err
	}
	//snip source
	ofInvocation := res.Header.Get("x-restate-error-source") == "invocation"
	//snip end
	return Answer{res.StatusCode, text, ofInvocation}, nil
}

// Refusal is the error with which an invocation has ended.
type Refusal struct {
	Status int
	Body   []byte
}

func (r *Refusal) Error() string { return fmt.Sprintf("the order ended with %d: %s", r.Status, r.Body) }

// wait waits for a time, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
