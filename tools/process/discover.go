package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Handler names a handler that a program serves.
type Handler struct{ Service, Name string }

// Up waits until a Restate program listens. Up also makes the SDK compile its WASM core, which
// takes half a second of CPU time, so that no later request waits for that.
func (p *Process) Up(ctx context.Context) error {
	if err := p.Listening(ctx); err != nil {
		return err
	}
	handlers, err := p.discoverHandlers(ctx)
	if err != nil {
		return err
	}
	return p.warmUp(ctx, handlers[0])
}

// discoverHandlers calls Discover again if the connection breaks. On a busy machine, that can
// happen when a listener has just begun to listen.
func (p *Process) discoverHandlers(ctx context.Context) ([]Handler, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		handlers, err := Discover(ctx, p.addr)
		var broken *net.OpError
		if !errors.As(err, &broken) {
			return handlers, err
		}
		select {
		case <-tick.C:
		case <-p.done:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// Discover asks a program which handlers it serves, with the request that restate-server sends.
// Discover returns an error if the program serves no handler.
func Discover(ctx context.Context, addr string) ([]Handler, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr+"/discover", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/vnd.restate.endpointmanifest.v3+json, application/vnd.restate.endpointmanifest.v4+json")
	var manifest struct {
		Services []struct {
			Name     string
			Handlers []struct{ Name string }
		}
	}
	resp, err := roundTripAsServer(req)
	if err != nil {
		return nil, fmt.Errorf("the program does not answer as a Restate program does: %w", err)
	}
	defer resp.Body.Close()
	// Read the answer to its end. If the client closes the stream earlier, the SDK logs an error.
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(body, &manifest)
	}
	if err != nil {
		return nil, fmt.Errorf("the program does not answer as a Restate program does (status %d)", resp.StatusCode)
	}
	var all []Handler
	for _, s := range manifest.Services {
		for _, h := range s.Handlers {
			all = append(all, Handler{s.Name, h.Name})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the program serves no handler. bind every service in main.go, and export its methods")
	}
	return all, nil
}

// warmUp begins an invocation of h without any input. The answer does not matter.
func (p *Process) warmUp(ctx context.Context, h Handler) error {
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+p.addr+"/invoke/"+h.Service+"/"+h.Name, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/vnd.restate.invocation.v6")
	resp, err := roundTripAsServer(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// roundTripAsServer sends a request in the way that restate-server does, which is HTTP/2 without
// TLS.
func roundTripAsServer(req *http.Request) (*http.Response, error) {
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	t := &http.Transport{Protocols: h2c, DisableKeepAlives: true}
	return t.RoundTrip(req)
}
