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

// Config is what a sandbox is started with.
type Config struct {
	Listen      string        // loopback address, host:port; port 0 takes a free one
	Ledger      string        // file; made if absent, read back if not
	Seed        uint64        // of the rolls
	Latency     time.Duration // of each charge, unless scripted
	FailPercent int           // 0 to 100: a charge whose roll is below it fails
	Ready       func(baseURL string)
}

func (c Config) check() error {
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

// Serve is the outside world until ctx is done, or until its ledger can't be
// written. Requests still held then are dropped.
func Serve(ctx context.Context, c Config) error {
	if err := c.check(); err != nil {
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
	return w.serve(ctx, l)
}

func (w *world) serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           w.routes(),
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
		stop(server)
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// stop lets answers that are being written out, and no more than that: what was
// held has been dropped by now.
func stop(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.Shutdown(ctx) != nil {
		s.Close()
	}
}
