// Package web has what the workbook's HTTP servers share: answers and refusals as
// JSON, and the protection against pages of other sites.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"example.com/workbook/tools/hint"
)

// policy lets a page load only what its own address serves. Inline styles are allowed
// because drawings have them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Guard rejects requests from pages of other sites, and sends headers that keep
// browsers from embedding or sharing the page.
func Guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// Body reads the body of a request that must be JSON, of at most largest bytes. If ok
// is false, it has already answered with a refusal.
func Body(w http.ResponseWriter, r *http.Request, largest int64) (body []byte, ok bool) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		Refuse(w, http.StatusUnsupportedMediaType, errors.New("the body must be application/json"))
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if err != nil {
		Refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("the body is over %d bytes, or did not end: %w", largest, err))
		return nil, false
	}
	return body, true
}

// Refused is the JSON form of a refusal.
type Refused struct {
	Kind hint.Kind `json:"kind"`
	What string    `json:"what"`
	Hint string    `json:"hint,omitempty"`
}

// Err returns the refusal as the error that it was made from.
func (r Refused) Err() error { return hint.New(r.Kind, r.Hint, "%s", r.What) }

// Refuse sends err as JSON.
func Refuse(w http.ResponseWriter, status int, err error) {
	r := Refused{Kind: hint.Setup, What: err.Error()}
	var known *hint.Error
	if errors.As(err, &known) {
		r.Kind, r.Hint = known.Kind, known.Do
	}
	Reply(w, status, r)
}

// Reply sends v as JSON.
func Reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// Serve answers requests until ctx is done. Then it also ends the requests that are
// still waiting.
func Serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// RetryInterval is the time between two requests to a server that does not answer.
const RetryInterval = 200 * time.Millisecond

// Pause returns after d, or earlier when ctx is done.
func Pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
