package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/class"
)

// serveDesk serves a desk and returns its address with the join code.
func serveDesk(t *testing.T, d *desk) string {
	t.Helper()
	server := httptest.NewServer(d.routes())
	t.Cleanup(server.Close)
	return server.URL + "/" + d.code
}

func postJSON(t *testing.T, url string, body any) (status int, answer string) {
	t.Helper()
	text, isText := body.(string)
	if !isText {
		b, err := json.Marshal(body)
		require.NoError(t, err)
		text = string(b)
	}
	resp, err := http.Post(url, "application/json", strings.NewReader(text))
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}

// fetchView returns the state that the page gets.
func (d *desk) fetchView(t *testing.T) (v view) {
	t.Helper()
	text, _ := d.currentView()
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}

func TestBadReportsAreRefused(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	url := serveDesk(t, d) + "/report"
	before := d.fetchView(t)
	owned := `"id":"` + learnerID(1) + `",`
	for _, test := range []struct {
		name, body string
		want       int
	}{
		{"no body", ``, 400},
		{"a list", `[]`, 400},
		{"a name that is a number", `{"name":5}`, 400},
		{"no id", `{"name":"otter"}`, 400},
		{"an empty name", `{"name":"",` + owned + `"n":1}`, 400},
		{"markup for a name", `{"name":"<b>",` + owned + `"n":1}`, 400},
		{"a path for an id", `{"name":"otter","id":"../../x","n":1}`, 400},
		{"report 0", `{"name":"otter",` + owned + `"n":0}`, 400},
		{"a number out of range", `{"name":"otter",` + owned + `"n":1e30}`, 400},
		{"too long", `{"name":"otter",` + owned + `"n":1,"likely":"` + strings.Repeat("x", class.Largest) + `"}`, 413},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, answer := postJSON(t, url, test.body)
			require.Equal(t, test.want, status, answer)
			require.Contains(t, answer, `"what":"`)
		})
	}
	resp, err := http.Post(url, "text/plain", strings.NewReader(`{"name":"otter","id":"`+learnerID(1)+`","n":1}`))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 415, resp.StatusCode)
	require.Equal(t, before.Learners, d.fetchView(t).Learners)
	require.Empty(t, before.Learners)
}

// A report keeps only tasks that the course has, and long texts are cut.
func TestStrangeReportsAreHarmless(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	url := serveDesk(t, d) + "/report"
	status, answer := postJSON(t, url, class.Report{Name: "otter", ID: learnerID(1), N: 1 << 62, Ago: -1 << 62, Lesson: 99,
		Tasks: map[string]bool{"1.1": false, "9.9": true, "": true}, Red: "1.1", Check: "a\nb\x1b[31m" + strings.Repeat("x", 5000),
		Guesses: map[string]string{"1.1": "<img src=x onerror=alert(1)>", "7.7": "no"}})
	require.Equal(t, 200, status, answer)
	v := d.fetchView(t)
	require.Equal(t, map[string]cellView{"1.1": {Reds: 1}}, v.Learners[0].Tasks)
	require.Len(t, v.Fails, 1)
	require.Len(t, []rune(v.Fails[0].Words[0].Text), maxText)
	require.True(t, strings.HasPrefix(v.Fails[0].Words[0].Text, "a b [31mx"))
	require.Len(t, v.Guesses, 5)
	require.InDelta(t, v.Now, v.Learners[0].Last, 5000, "a report from the future gets the present time")

	status, _ = postJSON(t, url, class.Report{Name: "otter", ID: learnerID(1), N: 1<<62 + 1, Ago: 1 << 62})
	require.Equal(t, 200, status)
	status, _ = postJSON(t, url, `{"name":"otter","id":"`+learnerID(1)+`","n":5,"of":"a newer workbook"}`)
	require.Equal(t, 200, status)
}

func TestRepeatedReportsCountOnce(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	url := serveDesk(t, d) + "/report"
	p := class.Report{Name: "otter", ID: learnerID(1), N: 1, Lesson: 1, Tasks: map[string]bool{"1.1": false}, Red: "1.1", Likely: "guess first"}
	for range 3 {
		status, answer := postJSON(t, url, p)
		require.Equal(t, 200, status, answer)
	}
	require.Equal(t, 1, d.fetchView(t).Fails[0].Times)
}

func TestTooManyReportsAtOnce(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	now := time.Now()
	taken := 0
	for n := range 100 {
		if _, err := d.storeReport(&class.Report{Name: "otter", ID: learnerID(1), N: int64(n + 1)}, now); err == nil {
			taken++
		} else {
			require.EqualError(t, err, "too many reports at once")
		}
	}
	require.Equal(t, 30, taken)
	_, err := d.storeReport(&class.Report{Name: "otter", ID: learnerID(1), N: 200}, now.Add(time.Second))
	require.NoError(t, err, "a second later, one more report is accepted")
	_, err = d.storeReport(&class.Report{Name: "heron", ID: learnerID(2), N: 1}, now)
	require.NoError(t, err, "the limit of one learner does not affect another learner")
}

func TestANameIsOnePersons(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	url := serveDesk(t, d) + "/report"
	status, _ := postJSON(t, url, class.Report{Name: "otter", ID: learnerID(1), N: 1})
	require.Equal(t, 200, status)
	status, answer := postJSON(t, url, class.Report{Name: "Otter", ID: learnerID(2), N: 1})
	require.Equal(t, 409, status)
	require.JSONEq(t, `{"kind":2,"what":"the name is taken: another learner of this class has the name Otter","hint":"choose another name: NAME=Otter-2, with CLASS as before"}`, answer)
	status, _ = postJSON(t, url, class.Report{Name: "heron", ID: learnerID(1), N: 2})
	require.Equal(t, 200, status, "the learner with this name may change the name")
	status, _ = postJSON(t, url, class.Report{Name: "Otter", ID: learnerID(2), N: 1})
	require.Equal(t, 200, status, "after that, another learner may have the name")
	for n := 3; n <= maxLearners; n++ {
		_, err := d.storeReport(&class.Report{Name: "l" + learnerID(n)[20:], ID: learnerID(n), N: 1}, time.Now())
		require.NoError(t, err)
	}
	status, answer = postJSON(t, url, class.Report{Name: "late", ID: learnerID(500), N: 1})
	require.Equal(t, 409, status)
	require.Contains(t, answer, "every place is taken: 100 learners are in the class")
}

func TestWhoMayDoWhat(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	url := serveDesk(t, d)
	other := strings.TrimSuffix(url, d.code) + "wrong"
	for _, path := range []string{"/report", "/listen", "/lower"} {
		status, answer := postJSON(t, other+path, `{}`)
		require.Equal(t, 404, status, path)
		require.Contains(t, answer, "no class has that join code")
	}
	resp, err := http.Get(other + "/events")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 404, resp.StatusCode)
	for _, path := range []string{"/listen", "/lower"} {
		status, _ := postJSON(t, url+path, `{"on":"yes","name":5}`)
		require.Equal(t, 400, status, path)
		r := httptest.NewRequest("POST", url+path, strings.NewReader(`{"on":true,"name":"otter"}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = "192.0.2.7:40000"
		w := httptest.NewRecorder()
		d.routes().ServeHTTP(w, r)
		require.Equal(t, 403, w.Code, "a learner's machine")
		own := context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7)})
		require.False(t, isLocal(r))
		require.True(t, isLocal(r.WithContext(own)), "the instructor's machine, by the address that learners use")
		r.RemoteAddr = "127.0.0.1:40000"
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w = httptest.NewRecorder()
		d.routes().ServeHTTP(w, r)
		require.Equal(t, 403, w.Code, "another site's page in the instructor's browser")
	}
	require.Zero(t, d.fetchView(t).Listening)
}

// A body that never ends blocks no other report.
func TestABodyThatNeverEnds(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	url := serveDesk(t, d)
	c, err := net.Dial("tcp", strings.Split(url, "/")[2])
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "POST /"+d.code+"/report HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	status, answer := postJSON(t, url+"/report", class.Report{Name: "otter", ID: learnerID(1), N: 1})
	require.Equal(t, 200, status, answer)
}

// After a restart, the class has all its reports and the same join code.
func TestARestartLosesNothing(t *testing.T) {
	dir := t.TempDir()
	d := newTestDesk(t, dir)
	url := serveDesk(t, d)
	up := true
	for _, p := range []class.Report{
		{Name: "otter", ID: learnerID(1), N: 1, Lesson: 1, Tasks: map[string]bool{"1.1": true, "1.2": false}, Red: "1.2", Likely: "no step", Guesses: map[string]string{"1.1": "1 charge, 1 email"}},
		{Name: "heron", ID: learnerID(2), N: 1, Hand: &up},
	} {
		status, answer := postJSON(t, url+"/report", p)
		require.Equal(t, 200, status, answer)
	}
	status, _ := postJSON(t, url+"/listen", `{"on":true}`)
	require.Equal(t, 200, status)
	before := d.fetchView(t)

	again := newTestDesk(t, dir)
	require.Equal(t, d.code, again.code)
	after := again.fetchView(t)
	after.Now = before.Now
	require.Equal(t, before, after)

	status, _ = postJSON(t, serveDesk(t, again)+"/lower", `{"name":"heron"}`)
	require.Equal(t, 200, status)
	require.Zero(t, again.fetchView(t).Learners[1].Hand)
}

func TestARecordThatIsNone(t *testing.T) {
	err := options{root: moduleRoot(t), record: t.TempDir() + "/none.db"}.printTimings()
	require.ErrorContains(t, err, "there is no record of a class at ")
	_, err = newDesk(moduleRoot(t), t.TempDir())
	require.ErrorContains(t, err, "the record of the class, ")
}

func TestCodesCanBeRead(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		code := newCode()
		require.Regexp(t, `^[a-hjkmnp-z]{5}$`, code)
		seen[code] = true
	}
	require.Greater(t, len(seen), 45)
}

func TestIntroductionSaysWhoCanReachIt(t *testing.T) {
	require.Equal(t, []string{"127.0.0.1"}, hostNames(net.IPv4(127, 0, 0, 1)))
	require.NotContains(t, hostNames(net.IPv4zero), "0.0.0.0")
	var b bytes.Buffer
	d := &desk{code: "fernk", room: newRoom(nil, nil), joins: []string{"http://127.0.0.1:8100/fernk"}}
	d.printWelcome(&b, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8100}, "make class")
	require.Contains(t, b.String(), "the class's page: http://127.0.0.1:8100/fernk/\n")
	require.Contains(t, b.String(), "only this machine can reach the page. for the room: make class LISTEN=all")
	require.Contains(t, b.String(), "CLASS=http://127.0.0.1:8100/fernk NAME=otter make check\n")
	b.Reset()
	d.printWelcome(&b, &net.TCPAddr{IP: net.IPv4zero, Port: 8100}, "make class")
	require.Contains(t, b.String(), "the page listens beyond this machine")
	require.Contains(t, b.String(), "the class's page: http://127.0.0.1:8100/fernk/\n")
	b.Reset()
	d.printWelcome(&b, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8100}, "make class")
	require.Contains(t, b.String(), "the class's page: http://192.0.2.7:8100/fernk/\n")
}

// The names of the kernels are real. The test cannot run in WSL.
func TestFakeWSLIsToldToPassThePortOn(t *testing.T) {
	require.Empty(t, noteSystem("6.8.0-45-generic\n", 8100))
	for _, release := range []string{"5.15.153.1-microsoft-standard-WSL2\n", "4.4.0-19041-Microsoft\n"} {
		require.Contains(t, noteSystem(release, 8101), "listenport=8101 connectport=8101 ")
	}
}
