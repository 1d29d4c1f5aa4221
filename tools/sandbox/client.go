package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Client controls a sandbox, and waits for its state. Every wait ends with its context. An empty
// kind or subject matches everything. In the place of a subject, an idempotency key can be given.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the sandbox at base, such as http://127.0.0.1:9090.
func NewClient(base string) *Client {
	return &Client{base: base, http: &http.Client{Transport: &http.Transport{}}}
}

// Hold stops the next count requests of a kind before or after they act. Count 0 means
// 1, a negative count means all. With [Lost] the requests are not stopped, but their
// answers are lost.
func (c *Client) Hold(ctx context.Context, kind Kind, subject string, mode Mode, count int) error {
	return c.postJSON(ctx, "hold", holdRule{kind, subject, mode, count}, nil)
}

// Barrier stops one request of a kind for each of the subjects. The requests wait, before they act,
// until all of them have arrived.
func (c *Client) Barrier(ctx context.Context, kind Kind, subjects ...string) error {
	return c.postJSON(ctx, "barrier", barrierRule{kind, subjects}, nil)
}

// Fail sets the answer to the next requests, as f describes.
func (c *Client) Fail(ctx context.Context, f Failure) error {
	return c.postJSON(ctx, "fail", f, nil)
}

// Rolls sets the next rolls, 0 to 99, for charges of an order or of an idempotency key.
func (c *Client) Rolls(ctx context.Context, subject string, next ...int) error {
	return c.postJSON(ctx, "rolls", rollsRule{subject, next}, nil)
}

// FailPercent sets how many of a hundred of the subject's rolls fail.
func (c *Client) FailPercent(ctx context.Context, subject string, percentage int) error {
	return c.postJSON(ctx, "percent", percentRule{subject, percentage}, nil)
}

// Latency sets how long a request takes before it acts. If its caller dies in that
// time, the request is dropped.
func (c *Client) Latency(ctx context.Context, kind Kind, subject string, d time.Duration) error {
	return c.postJSON(ctx, "latency", latencyRule{kind, subject, d}, nil)
}

// Release lets all held requests continue, and returns their number. A hold that has not stopped a
// request yet stays in force.
func (c *Client) Release(ctx context.Context, kind Kind, subject string) (int, error) {
	return c.postRelease(ctx, "release", selection{Kind: kind, Subject: subject})
}

// ReleaseOne lets the oldest held request continue, and returns how many requests it has released:
// 0 or 1.
func (c *Client) ReleaseOne(ctx context.Context, kind Kind, subject string) (int, error) {
	return c.postRelease(ctx, "release", selection{Kind: kind, Subject: subject, One: true})
}

// Clear removes the rules for a subject, or all rules if the subject is empty, and lets the
// subject's held requests continue. Clear returns the number of these requests.
func (c *Client) Clear(ctx context.Context, subject string) (int, error) {
	return c.postRelease(ctx, "clear", selection{Subject: subject})
}

func (c *Client) postRelease(ctx context.Context, verb string, t selection) (int, error) {
	var r released
	err := c.postJSON(ctx, verb, t, &r)
	return r.Released, err
}

// WaitHeld returns when a request is held, also if it is held at a barrier.
func (c *Client) WaitHeld(ctx context.Context, kind Kind, subject string) error {
	return c.getJSON(ctx, "held", waitQuery{kind, subject, 1}, nil)
}

// WaitRequests returns when n requests of a kind have arrived. Refused requests count too.
func (c *Client) WaitRequests(ctx context.Context, kind Kind, subject string, n int) error {
	return c.getJSON(ctx, "requests", waitQuery{kind, subject, n}, nil)
}

// WaitIdle returns when no request of the subject is open.
func (c *Client) WaitIdle(ctx context.Context, subject string) error {
	return c.getJSON(ctx, "idle", waitQuery{subject: subject}, nil)
}

// WaitGone returns when no request is open that a process has sent through the shop's clients. If
// the process was killed, WaitGone returns when the sandbox has noticed that its connections are
// closed.
func (c *Client) WaitGone(ctx context.Context, pid int) error {
	return c.getJSON(ctx, "gone", waitQuery{subject: fmt.Sprintf("shop/%d", pid)}, nil)
}

// Open lists the requests of the subject that have arrived and have not ended.
func (c *Client) Open(ctx context.Context, subject string) ([]OpenRequest, error) {
	var open []OpenRequest
	err := c.getJSON(ctx, "open", waitQuery{subject: subject}, &open)
	return open, err
}

// Ledger returns the entries of the subject.
func (c *Client) Ledger(ctx context.Context, subject string) ([]Entry, error) {
	var entries []Entry
	err := c.getJSON(ctx, "ledger", waitQuery{subject: subject}, &entries)
	return entries, err
}

// After waits until the ledger has an entry after entry n, and returns all of these entries. n is 0
// for all entries.
func (c *Client) After(ctx context.Context, n int) ([]Entry, error) {
	var entries []Entry
	err := c.getJSON(ctx, "after", waitQuery{n: n}, &entries)
	return entries, err
}

func (c *Client) getJSON(ctx context.Context, path string, q waitQuery, out any) error {
	v := url.Values{"kind": {string(q.kind)}, "subject": {q.subject}, "n": {strconv.Itoa(q.n)}}
	return c.doRequest(ctx, http.MethodGet, path+"?"+v.Encode(), nil, out)
}

func (c *Client) postJSON(ctx context.Context, path string, in, out any) error {
	return c.doRequest(ctx, http.MethodPost, path, mustJSON(in), out)
}

func (c *Client) doRequest(ctx context.Context, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/control/"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("sandbox: %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("sandbox: %s: %s", path, bytes.TrimSpace(data))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(data, out)
}
