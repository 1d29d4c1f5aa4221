package replays

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.com/workbook/tools/proxy"
)

// newest is the version of the service protocol that server 1.7 uses for an invocation that has not
// begun.
const newest = 6

// answer has what a program sends back for one stream.
type answer struct {
	status   int          // of HTTP
	messages []proxy.Type // before the failure
	failure  *proxy.Failure
}

// newClient returns a client that speaks HTTP/2 in cleartext, as the server does.
func newClient() *http.Client {
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: h2c}}
}

// replay sends the first n commands of a journal and a barrier of type t to the program at addr, and
// returns the program's answer.
func replay(ctx context.Context, c *http.Client, addr string, j Journal, n int, t proxy.Type) (answer, error) {
	stream, err := j.stream(n, t)
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+j.path(), bytes.NewReader(stream))
	if err != nil {
		return answer{}, err
	}
	for name, value := range j.headers() {
		req.Header.Set(name, value)
	}
	res, err := c.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode}
	if res.StatusCode != http.StatusOK {
		_, err = io.Copy(io.Discard, res.Body)
		return a, err
	}
	for {
		t, msg, err := proxy.ReadMessage(res.Body)
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return a, err
		}
		if t == proxy.Error {
			f := proxy.ReadFailure(msg[8:])
			a.failure = &f
			return a, nil
		}
		a.messages = append(a.messages, t)
	}
}

// path returns the path of the request with which the server calls the handler.
func (j Journal) path() string {
	return "/invoke/" + url.PathEscape(j.Service) + "/" + url.PathEscape(j.Handler)
}

func (j Journal) headers() map[string]string {
	version := j.Protocol
	if version == 0 {
		version = newest
	}
	format := fmt.Sprintf("application/vnd.restate.invocation.v%d", version)
	return map[string]string{"content-type": format, "accept": format, "x-restate-invocation-id": j.ID}
}
