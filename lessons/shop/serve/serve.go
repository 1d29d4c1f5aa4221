// Package serve serves Restate handlers until the program is told to stop.
package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/restatedev/sdk-go/server"
)

// grace is the time that running attempts have after ctx is done.
const grace = 5 * time.Second

// Until serves the bound services at addr (host:port) until ctx is done. Then it accepts
// no new attempts, and waits up to five seconds for the running ones. For an
// attempt that has not ended, Restate starts another one, which replays the journal, so
// nothing is lost. If the attempt was in the middle of a step, the step sends its request a
// second time.
//
// Use Until in place of the SDK's Start. When its context is done, Start returns at once,
// while handlers are running. If main returns then, these handlers end in the middle.
//
// Until does not log the SDK's own lines about each invocation.
func Until(ctx context.Context, addr string, services *server.Restate) error {
	handler, err := services.WithLogger(quiet{slog.Default().Handler()}, true).Handler()
	if err != nil {
		return err
	}
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	// While a payment waits, its order keeps two streams open, so Go's limit of 250
	// streams would be too low.
	srv := &http.Server{Addr: addr, Handler: handler, Protocols: h2c, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: 2000}}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		stopped <- srv.Shutdown(wait)
	}()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return srv.Close() // running attempts are safe in their journals
}
