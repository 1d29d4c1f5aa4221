// Package serve serves Restate handlers until it is told to stop.
package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/restatedev/sdk-go/server"
)

// grace is how long what runs may go on after the end was asked for.
const grace = 5 * time.Second

// Until serves the bound services at addr, host:port, until ctx is done. Then it
// takes nothing new and lets the attempts that run come to their end, five
// seconds at the most. Those that did not are run again by Restate, from their
// journals, so nothing is lost; but what a step was about to say is asked for a
// second time.
//
// server.Start would return at once, with the handlers still running, and a main
// that returns then ends them in the middle.
//
// Of what is logged, the SDK's own lines on each invocation are left out.
func Until(ctx context.Context, addr string, services *server.Restate) error {
	handler, err := services.WithLogger(quiet{slog.Default().Handler()}, true).Handler()
	if err != nil {
		return err
	}
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	// Two streams an order wait while its payment does, so Go's 250 would be few.
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
	return srv.Close() // what runs on is safe in its journal
}
