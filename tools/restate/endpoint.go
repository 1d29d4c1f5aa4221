package restate

import (
	"context"
	"net"
	"net/http"
	"strings"
)

// newClient returns an HTTP client for one address of the server: http://host:port, or
// unix:/path, whose URLs then have any host. It uses no proxy and has no time
// limit: calls may take as long as their context lets them.
func newClient(addr string) *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: 64}
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		}
	}
	return &http.Client{Transport: t}
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
