package sandbox

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"example.com/workbook/tools/hint"
)

// Config is the configuration of a sandbox.
type Config struct {
	Listen      string        // loopback address, host:port; port 0 means any free port
	Ledger      string        // the ledger's file; Serve makes it, or reads it if it exists
	Seed        uint64        // the seed of the rolls
	Latency     time.Duration // how long a charge takes that has no rule
	FailPercent int           // 0 to 100; a charge with a lower roll fails
	Ready       func(baseURL string)
}

func (c Config) validate() error {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	switch {
	case err != nil:
		return hint.New(hint.Usage, "-listen 127.0.0.1:0", "cannot listen on %q: not host:port", c.Listen)
	case host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return hint.New(hint.Usage, "-listen 127.0.0.1:0", "will not listen on %q: not a loopback address", c.Listen)
	case c.Ledger == "":
		return hint.New(hint.Usage, "-ledger FILE", "no ledger file named")
	case c.FailPercent < 0 || c.FailPercent > 100:
		return hint.New(hint.Usage, "-fail 40", "-fail is 0 to 100, not %d", c.FailPercent)
	case c.Latency < 0:
		return hint.New(hint.Usage, "-latency 5s", "-latency is below 0")
	}
	return nil
}

// Serve runs the outside world until ctx is done, or until the ledger cannot be written. At the
// end, Serve drops the requests that are held.
func Serve(ctx context.Context, c Config) error {
	if err := c.validate(); err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	w, err := newWorld(c, func(err error) { end(err) })
	if err != nil {
		return err
	}
	defer w.ledger.file.Close()
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return hint.New(hint.Setup, "name another port, or -listen 127.0.0.1:0", "cannot listen: %w", err)
	}
	return w.serveUntilDone(ctx, l)
}

func (w *world) serveUntilDone(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           w.newHandler(),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	if w.config.Ready != nil {
		w.config.Ready("http://" + l.Addr().String())
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		shutDown(server)
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// shutDown waits for a second until the answers that are being sent are written. The held requests
// are already dropped.
func shutDown(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.Shutdown(ctx) != nil {
		s.Close()
	}
}
