package outside

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	restate "github.com/restatedev/sdk-go"
)

// Each request uses a new connection. On a connection that was used before, Go's client
// may send a request a second time by itself. Here you should see every retry.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// caller tells the other side which process sends the request.
var caller = fmt.Sprintf("shop/%d", os.Getpid())

// post sends a JSON body and reads the answer into out. The key "" is not sent.
func post(ctx context.Context, path, key string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return noAnswer(err)
	}
	return do(ctx, http.MethodPost, path, key, data, out)
}

// get reads the answer at path into out.
func get(ctx context.Context, path string, out any) error {
	return do(ctx, http.MethodGet, path, "", nil, out)
}

func do(ctx context.Context, method, path, key string, body []byte, out any) error {
	limit, err := timeout()
	if err != nil {
		return noAnswer(err)
	}
	id := invocationOf(ctx)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, baseURL()+path, bytes.NewReader(body))
	if err != nil {
		return noAnswer(err)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if id != "" {
		req.Header.Set("Invocation", id)
	}
	req.Header.Set("User-Agent", caller)
	resp, err := client.Do(req)
	if err != nil {
		return noAnswer(err)
	}
	defer resp.Body.Close()
	return read(resp, out)
}

// invocationOf returns the id of the invocation that the context of a step, or of a handler,
// belongs to. The ledger keeps it, so that make run shows each line below its call.
func invocationOf(ctx context.Context) string {
	of, ok := ctx.(interface{ Request() *restate.Request })
	if !ok {
		return ""
	}
	return of.Request().ID
}

// read decodes an answer with status 200 into out, and returns an Error for any other
// answer.
func read(resp *http.Response, out any) error {
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return noAnswer(err) // the answer broke off, so the outcome is unknown
	}
	if resp.StatusCode != http.StatusOK {
		return refusal(resp.StatusCode, data)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return noAnswer(err)
	}
	return nil
}

// refusal returns an answer with a status other than 200 as an error.
func refusal(status int, data []byte) *Error {
	answer := struct {
		Status     string `json:"status"`
		Reason     string `json:"reason"`
		Error      string `json:"error"`
		Roll       int    `json:"roll"`
		FailsBelow int    `json:"fails_below"`
	}{Roll: -1}
	_ = json.Unmarshal(data, &answer) // without a readable body, the status is enough
	reason := answer.Reason
	for _, other := range []string{answer.Error, answer.Status, http.StatusText(status)} {
		if reason == "" {
			reason = other
		}
	}
	return &Error{Status: status, Reason: reason, Roll: answer.Roll, FailsBelow: answer.FailsBelow}
}

func noAnswer(err error) *Error {
	reason := err.Error()
	var inner *url.Error
	if errors.As(err, &inner) {
		reason = inner.Err.Error() // without the address, which does not help a customer
	}
	if errors.Is(err, context.DeadlineExceeded) {
		reason = "timed out"
	}
	return &Error{Reason: reason, Roll: -1, Err: err}
}

func baseURL() string {
	if at := os.Getenv("SANDBOX_URL"); at != "" {
		return at
	}
	return "http://127.0.0.1:9090"
}

func timeout() (time.Duration, error) {
	text := os.Getenv("OUTSIDE_TIMEOUT")
	if text == "" {
		return 30 * time.Second, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("OUTSIDE_TIMEOUT=%q is not a duration such as 30s", text)
	}
	return d, nil
}
