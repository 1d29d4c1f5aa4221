package restate

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// silenceLimit is how long a request waits for the beginning of an answer before it goes to
// the next node. A node that cannot serve accepts the connection and says nothing.
const silenceLimit = 10 * time.Second

// failover sends a request to a node of a cluster, and if there is no answer, again to the
// next one. So a request must be harmless to repeat.
type failover struct {
	addrs      []string
	transports []*http.Transport
	turn       atomic.Int64 // modulo the number of nodes, the one that answers
}

// newFailover returns a client of the nodes at addrs, each as [newClient] takes it.
func newFailover(addrs []string) *failover {
	f := &failover{addrs: addrs}
	for _, addr := range addrs {
		t := newTransport(addr)
		t.ResponseHeaderTimeout = silenceLimit
		f.transports = append(f.transports, t)
	}
	return f
}

// RoundTrip sends a request as [http.RoundTripper] describes it.
func (f *failover) RoundTrip(req *http.Request) (res *http.Response, err error) {
	for range f.addrs {
		turn := f.turn.Load()
		n := int(turn) % len(f.addrs)
		once := req.Clone(req.Context())
		if host, ok := strings.CutPrefix(f.addrs[n], "http://"); ok {
			once.URL.Host = host
		}
		if req.GetBody != nil {
			if once.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
		if res, err = f.transports[n].RoundTrip(once); err == nil || req.Context().Err() != nil {
			return res, err
		}
		f.turn.CompareAndSwap(turn, turn+1) // unless another request has found that out
	}
	return nil, err
}

// CloseIdleConnections closes the connections that no request uses.
func (f *failover) CloseIdleConnections() {
	for _, t := range f.transports {
		t.CloseIdleConnections()
	}
}

// answering returns the address of the node that has answered last.
func (f *failover) answering() string { return f.addrs[int(f.turn.Load())%len(f.addrs)] }

// newClient returns an HTTP client for one address of the server: http://host:port, or
// unix:/path, whose URLs then have any host. It uses no proxy and has no time
// limit: calls may take as long as their context lets them.
func newClient(addr string) *http.Client { return &http.Client{Transport: newTransport(addr)} }

func newTransport(addr string) *http.Transport {
	t := &http.Transport{MaxIdleConnsPerHost: 64}
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		}
	}
	return t
}

// URLs returns addresses, host:port, as [NewAdmin] and [NewIngress] take them.
func URLs(addrs []string) []string {
	all := make([]string, 0, len(addrs))
	for _, addr := range addrs {
		all = append(all, "http://"+addr)
	}
	return all
}

// baseURL returns what the URLs of requests to addr begin with.
func baseURL(addr, part string) string {
	if strings.HasPrefix(addr, "unix:") {
		return "http://" + part
	}
	return strings.TrimSuffix(addr, "/")
}

// getStatus returns the status that a GET is answered with, 0 if it is not.
func getStatus(ctx context.Context, c *http.Client, url string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	res, err := c.Do(req)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}
