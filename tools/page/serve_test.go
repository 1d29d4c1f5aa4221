package page

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

// servePage serves a page until the test ends, and returns its address.
func servePage(t *testing.T, p *Page) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return "http://" + l.Addr().String()
}

// sendRequest sends a request with the given pairs of headers.
func sendRequest(t *testing.T, method, url, body string, headers ...string) (status int, answer string, h http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		if req.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text), res.Header
}

const (
	typed  = "Content-Type"
	asJSON = "application/json"
)

func TestOnlyThisPageMayPressAButton(t *testing.T) {
	t.Setenv("CODESPACE_NAME", "ours")
	t.Setenv("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
	pressed := 0
	url := servePage(t, &Page{Hub: NewHub(), Verbs: map[string]Verb{
		"kill": func(_ context.Context, body []byte) (string, error) { pressed++; return "done: " + string(body), nil },
		"fail": func(context.Context, []byte) (string, error) {
			return "", hint.New(hint.Setup, "bring it back", "it is down")
		},
	}})
	host := strings.TrimPrefix(url, "http://")
	_, port, _ := net.SplitHostPort(host)

	for _, test := range []struct {
		name    string
		headers []string
	}{
		{"another site", []string{typed, asJSON, "Origin", "http://example.com"}},
		{"another port", []string{typed, asJSON, "Origin", "http://127.0.0.1:1"}},
		{"another site, by metadata", []string{typed, asJSON, "Sec-Fetch-Site", "cross-site"}},
		{"the same site", []string{typed, asJSON, "Sec-Fetch-Site", "same-site"}},
		{"a form", []string{typed, "application/x-www-form-urlencoded"}},
		{"plain text", []string{typed, "text/plain"}},
		{"no type", []string{}},
		{"a name made to lead here", []string{typed, asJSON, "Host", "example.com:" + port}},
		{"such a name and origin", []string{typed, asJSON, "Host", "example.com:" + port, "Origin", "http://example.com:" + port}},
		{"a name that begins like a loopback name", []string{typed, asJSON, "Host", "localhost.example.com:" + port}},
		{"a name that begins like a loopback address", []string{typed, asJSON, "Host", "127.0.0.1.example.com:" + port}},
		{"every address", []string{typed, asJSON, "Host", "0.0.0.0:" + port}},
		{"another site, through a tunnel", []string{typed, asJSON, "Host", "localhost:19095", "Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site"}},
		{"another codespace", []string{typed, asJSON, "Host", "theirs-" + port + ".app.github.dev"}},
		{"another port of the codespace", []string{typed, asJSON, "Host", "ours-1.app.github.dev"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, _, _ := sendRequest(t, "POST", url+"/control/kill", "{}", test.headers...)
			require.GreaterOrEqual(t, status, 400)
		})
	}
	require.Zero(t, pressed)
	status, _, _ := sendRequest(t, "GET", url+"/control/kill", "")
	require.Equal(t, 405, status)
	status, _, _ = sendRequest(t, "GET", url+"/events", "", "Host", "example.com:"+port)
	require.Equal(t, 421, status, "nor may it read")
	_, answer, _ := sendRequest(t, "GET", url+"/", "", "Host", "example.com:"+port)
	require.Contains(t, answer, "hint: ")

	for _, test := range []struct {
		name    string
		headers []string
	}{
		{"no browser", []string{typed, asJSON}},
		{"the page", []string{typed, asJSON + "; charset=utf-8", "Origin", url, "Sec-Fetch-Site", "same-origin"}},
		{"the page, as localhost", []string{typed, asJSON, "Host", "localhost:" + port, "Origin", "http://localhost:" + port}},
		{"the page, through a tunnel", []string{typed, asJSON, "Host", "127.0.0.1:19095", "Origin", "http://127.0.0.1:19095"}},
		{"the page, through a tunnel as localhost", []string{typed, asJSON, "Host", "LocalHost:19095", "Origin", "http://localhost:19095", "Sec-Fetch-Site", "same-origin"}},
		{"the page, through a tunnel in IPv6", []string{typed, asJSON, "Host", "[::1]:19095", "Origin", "http://[::1]:19095"}},
		{"the page, through a tunnel at port 80", []string{typed, asJSON, "Host", "localhost", "Origin", "http://localhost"}},
		{"a proxy that names this machine", []string{typed, asJSON, "Host", "localhost:" + port, "Origin", "https://ours-" + port + ".app.github.dev", "Sec-Fetch-Site", "same-origin"}},
		{"a codespace's proxy that keeps the name", []string{typed, asJSON, "Host", "ours-" + port + ".app.github.dev", "Origin", "https://ours-" + port + ".app.github.dev"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, answer, _ := sendRequest(t, "POST", url+"/control/kill", "{}", test.headers...)
			require.Equal(t, 200, status)
			require.JSONEq(t, `{"said":"done: {}"}`, answer)
		})
	}
	require.Equal(t, 9, pressed)

	status, answer, _ = sendRequest(t, "POST", url+"/control/fail", "{}", typed, asJSON)
	require.Equal(t, 409, status)
	require.JSONEq(t, `{"kind":3,"what":"it is down","hint":"bring it back"}`, answer)
	status, _, _ = sendRequest(t, "POST", url+"/control/none", "{}", typed, asJSON)
	require.Equal(t, 404, status)
	status, _, _ = sendRequest(t, "POST", url+"/control/kill", strings.Repeat("x", maxBody+1), typed, asJSON)
	require.Equal(t, 413, status)
}

// What a button has begun is finished, even if the tab is closed in the meantime.
func TestAClosedTabStopsNothing(t *testing.T) {
	begun, gone, finish, result := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan error, 1)
	page := (&Page{Verbs: map[string]Verb{"program": func(ctx context.Context, _ []byte) (string, error) {
		close(begun)
		<-finish
		result <- ctx.Err()
		return "", nil
	}}}).newHandler(t.Context(), "127.0.0.1:1")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		context.AfterFunc(r.Context(), func() { close(gone) })
		page.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	tab, closeTab := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(tab, "POST", s.URL+"/control/program", strings.NewReader("{}"))
	require.NoError(t, err)
	req.Header.Set(typed, asJSON)
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
		}
	}()
	<-begun
	closeTab()
	<-answered
	<-gone
	close(finish)
	require.NoError(t, <-result)
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	url := servePage(t, &Page{})
	status, text, h := sendRequest(t, "GET", url+"/", "")
	require.Equal(t, 200, status)
	require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; ")
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	require.NotContains(t, text, "http://")
	require.NotContains(t, text, "https://")
	status, _, _ = sendRequest(t, "GET", url+"/events", "")
	require.Equal(t, 404, status, "nothing is live")
}

// stream reads events of the page's as a browser does.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

func listen(t *testing.T, url string, headers ...string) *stream {
	t.Helper()
	req, err := http.NewRequest("GET", url+"/events", nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	return &stream{t, bufio.NewScanner(res.Body), func() { res.Body.Close() }}
}

// readUntil reads the stream up to a line of the field word, and returns its value.
func (s *stream) readUntil(word string) string {
	s.t.Helper()
	for s.lines.Scan() {
		if rest, ok := strings.CutPrefix(s.lines.Text(), word+": "); ok {
			return rest
		}
	}
	s.t.Fatalf("the stream has ended: %v", s.lines.Err())
	return ""
}

func TestWhoComesBackIsToldWhatWasMissed(t *testing.T) {
	h := NewHub()
	url := servePage(t, &Page{Title: "make shop", Hub: h, Verbs: map[string]Verb{"kill": nil}})
	h.Add(Event{What: Row, Subject: "o-1"})
	s := listen(t, url)
	require.JSONEq(t, `{"run":"`+h.Run+`","title":"make shop","can":["kill"]}`, s.readUntil("data"))
	require.Equal(t, h.Run+"-1", s.readUntil("id"))
	require.Contains(t, s.readUntil("data"), `"subject":"o-1"`)
	h.Add(Event{What: Row, Subject: `<img src=x onerror="alert(1)">`})
	require.Equal(t, h.Run+"-2", s.readUntil("id"))
	require.NotContains(t, s.readUntil("data"), "<img", "JSON for a page has no angle brackets")
	s.close()
	h.Add(Event{What: Row, Subject: "o-3"})

	s = listen(t, url, "Last-Event-ID", h.Run+"-2")
	require.Equal(t, h.Run+"-3", s.readUntil("id"))
	s = listen(t, url, "Last-Event-ID", "another-2")
	require.Equal(t, h.Run+"-3", s.readUntil("id"))
	require.Contains(t, s.readUntil("data"), `"o-1"`, "of another run nothing is known")
}

func TestRecordingsOfTheUser(t *testing.T) {
	mine := fstest.MapFS{
		"mine.jsonl":  {Data: []byte(`{"n":1,"what":"run","name":"mine","reason":"about"}` + "\n")},
		"odd.jsonl":   {Data: []byte("not one\n")},
		"other.jsonl": {Data: []byte(`{"n":1,"what":"row"}` + "\n")},
		"notes.txt":   {Data: []byte("no")},
	}
	all, odd := Recordings(mine)
	require.ErrorContains(t, odd, "odd.jsonl is not a recording")
	require.ErrorContains(t, odd, "other.jsonl is not a recording: the file does not begin with a run")
	require.Equal(t, Recording{"mine", "mine", "about"}, all[len(all)-1])

	url := servePage(t, &Page{Extra: mine})
	status, text, _ := sendRequest(t, "GET", url+"/recordings", "")
	require.Equal(t, 200, status)
	require.Contains(t, text, `{"name":"mine","title":"mine","about":"about"}`)
	status, text, _ = sendRequest(t, "GET", url+"/recordings/mine", "")
	require.Equal(t, 200, status)
	require.Contains(t, text, `"what":"run"`)
	status, _, _ = sendRequest(t, "GET", url+"/recordings/1-one-attempt", "")
	require.Equal(t, 200, status)
	for _, name := range []string{"none", "..%2fnotes", "%2e%2e%2f%2e%2e%2fgo", "mine%00"} {
		status, _, _ = sendRequest(t, "GET", url+"/recordings/"+name, "")
		require.GreaterOrEqual(t, status, 400, name)
	}
}
