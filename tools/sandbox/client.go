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

// Client scripts a sandbox and waits for it. Every wait ends with its context.
// Wherever a kind or a subject is asked for, "" is any, and an idempotency key
// will do for the subject.
type Client struct {
	base string
	http *http.Client
}

// NewClient is a client of the sandbox at base, such as http://127.0.0.1:9090.
func NewClient(base string) *Client {
	return &Client{base: base, http: &http.Client{Transport: &http.Transport{}}}
}

// Hold stops the next count requests (0 is 1, below 0 is all) of a kind before
// they act or after they acted. With [Lost] it stops none: their answers get
// lost on the way.
func (c *Client) Hold(ctx context.Context, kind Kind, subject string, mode Mode, count int) error {
	return c.post(ctx, "hold", hold{kind, subject, mode, count}, nil)
}

// Barrier stops one request of a kind for each of subjects, before they act,
// until all are there.
func (c *Client) Barrier(ctx context.Context, kind Kind, subjects ...string) error {
	return c.post(ctx, "barrier", gathering{kind, subjects}, nil)
}

// Fail scripts the answer to the next requests.
func (c *Client) Fail(ctx context.Context, f Failure) error {
	return c.post(ctx, "fail", f, nil)
}

// Rolls scripts the next rolls, 0 to 99, for charges of an order or a key.
func (c *Client) Rolls(ctx context.Context, subject string, next ...int) error {
	return c.post(ctx, "rolls", rolls{subject, next}, nil)
}

// FailPercent sets how many of a hundred of the subject's rolls fail.
func (c *Client) FailPercent(ctx context.Context, subject string, percentage int) error {
	return c.post(ctx, "percent", percent{subject, percentage}, nil)
}

// Latency sets how long a request takes before it acts. Its caller's death
// meanwhile drops it.
func (c *Client) Latency(ctx context.Context, kind Kind, subject string, d time.Duration) error {
	return c.post(ctx, "latency", latency{kind, subject, d}, nil)
}

// Release lets all requests go that are held now, and returns how many. Holds
// that nothing has met stay.
func (c *Client) Release(ctx context.Context, kind Kind, subject string) (int, error) {
	return c.release(ctx, "release", target{Kind: kind, Subject: subject})
}

// ReleaseOne lets the request go that came first of those held now, and returns
// how many, 0 or 1.
func (c *Client) ReleaseOne(ctx context.Context, kind Kind, subject string) (int, error) {
	return c.release(ctx, "release", target{Kind: kind, Subject: subject, One: true})
}

// Clear forgets all that was scripted for a subject, "" for all, and lets its
// held requests go. It returns how many.
func (c *Client) Clear(ctx context.Context, subject string) (int, error) {
	return c.release(ctx, "clear", target{Subject: subject})
}

func (c *Client) release(ctx context.Context, verb string, t target) (int, error) {
	var r released
	err := c.post(ctx, verb, t, &r)
	return r.Released, err
}

// WaitHeld returns once a request is held, at a barrier too.
func (c *Client) WaitHeld(ctx context.Context, kind Kind, subject string) error {
	return c.get(ctx, "held", question{kind, subject, 1}, nil)
}

// WaitRequests returns once n requests of a kind have arrived, refused ones
// included.
func (c *Client) WaitRequests(ctx context.Context, kind Kind, subject string, n int) error {
	return c.get(ctx, "requests", question{kind, subject, n}, nil)
}

// WaitIdle returns once no request of subject is open.
func (c *Client) WaitIdle(ctx context.Context, subject string) error {
	return c.get(ctx, "idle", question{subject: subject}, nil)
}

// WaitGone returns once no request of a process is open that calls through the
// shop's clients: after its death, once the sandbox has seen that it is dead.
func (c *Client) WaitGone(ctx context.Context, pid int) error {
	return c.get(ctx, "gone", question{subject: fmt.Sprintf("shop/%d", pid)}, nil)
}

// Open lists the requests of subject that have arrived and not ended.
func (c *Client) Open(ctx context.Context, subject string) ([]OpenRequest, error) {
	var open []OpenRequest
	err := c.get(ctx, "open", question{subject: subject}, &open)
	return open, err
}

// Ledger is what is noted of subject.
func (c *Client) Ledger(ctx context.Context, subject string) ([]Entry, error) {
	var entries []Entry
	err := c.get(ctx, "ledger", question{subject: subject}, &entries)
	return entries, err
}

// After is what is noted behind entry n, 0 for all. It returns once there is
// something.
func (c *Client) After(ctx context.Context, n int) ([]Entry, error) {
	var entries []Entry
	err := c.get(ctx, "after", question{n: n}, &entries)
	return entries, err
}

func (c *Client) get(ctx context.Context, path string, q question, out any) error {
	v := url.Values{"kind": {string(q.kind)}, "subject": {q.subject}, "n": {strconv.Itoa(q.n)}}
	return c.do(ctx, http.MethodGet, path+"?"+v.Encode(), nil, out)
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	return c.do(ctx, http.MethodPost, path, mustJSON(in), out)
}

func (c *Client) do(ctx context.Context, method, path string, body []byte, out any) error {
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
