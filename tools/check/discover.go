package check

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// discover asks a program what it serves, as restate-server does, and returns
// the first handler.
func discover(ctx context.Context, t http.RoundTripper, addr string) (service, handler string, err error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr+"/discover", nil)
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Accept", "application/vnd.restate.endpointmanifest.v3+json, application/vnd.restate.endpointmanifest.v4+json")
	resp, err := t.RoundTrip(req)
	if err != nil {
		return "", "", fmt.Errorf("it does not answer as a Restate program does: %w", err)
	}
	defer resp.Body.Close()
	var manifest struct {
		Services []struct {
			Name     string
			Handlers []struct{ Name string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&manifest); err != nil {
		return "", "", fmt.Errorf("it does not answer as a Restate program does (status %d)", resp.StatusCode)
	}
	for _, s := range manifest.Services {
		for _, h := range s.Handlers {
			return s.Name, h.Name, nil
		}
	}
	return "", "", fmt.Errorf("it serves no handler: is every service bound in main.go, and its methods exported?")
}
