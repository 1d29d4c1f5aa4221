package replays

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// The test binary is also the replayer that judges builds, and each of the builds.
func TestMain(m *testing.M) {
	Main()
	if pidFile := os.Getenv(judgeEnv); pidFile != "" && os.Getenv(changeEnv) == "" {
		fmt.Fprintln(os.Stderr, judgeHanging(pidFile))
		os.Exit(1)
	}
	if _, isProgram := os.LookupEnv(changeEnv); isProgram {
		fmt.Fprintln(os.Stderr, serveChanged())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func keeper(t *testing.T) *process.Keeper {
	t.Helper()
	k, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.Close()) })
	return k
}

// scene has a server, and a version of the program that has invocations in flight there.
type scene struct {
	*restate.Server
	effects string // a file with the names of the steps that ran
	running *process.Process
	keeper  *process.Keeper // of all programs
}

func newScene(t *testing.T) *scene {
	t.Helper()
	k := keeper(t)
	binary, err := restate.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	s, err := restate.Start(t.Context(), k, binary, restate.Options{Unsynced: true, Env: []string{"RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT=0s"}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	c := &scene{Server: s, effects: filepath.Join(t.TempDir(), "effects"), keeper: k}
	c.serve(t)
	return c
}

// serve starts the program at a free address, and registers it.
func (c *scene) serve(t *testing.T) {
	t.Helper()
	var err error
	c.running, err = process.Serve(t.Context(), c.keeper, func(addr string) *exec.Cmd { return c.program("same", "LISTEN="+addr) }, (*process.Process).Up)
	require.NoError(t, err)
	t.Cleanup(c.running.Kill)
	require.NoError(t, c.Admin().Register(t.Context(), "http://"+c.running.Addr()))
}

// replace stops the running program, and starts a changed program at the same address. It does not
// register the changed program on the server.
func (c *scene) replace(t *testing.T, change string) {
	t.Helper()
	c.running.Kill()
	cmd := c.program(change, "LISTEN="+c.running.Addr())
	p, err := process.ServeAt(context.Background(), c.keeper, c.running.Addr(), func(string) *exec.Cmd { return cmd }, (*process.Process).Up)
	require.NoError(t, err)
	c.running = p
}

func (c *scene) program(change string, env ...string) *exec.Cmd {
	exe, _ := os.Executable()
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), c.env(change)...), env...)
	return cmd
}

func (c *scene) env(change string) []string {
	return []string{changeEnv + "=" + change, "REPLAYS_TEST_EFFECTS=" + c.effects}
}

// send begins an invocation, and waits until its journal has at least so many entries and its status is
// one of statuses.
func (c *scene) send(t *testing.T, path, body string, entries int, statuses ...string) string {
	t.Helper()
	id, err := c.Ingress().Send(t.Context(), restate.Request{Path: path, Body: body})
	require.NoError(t, err)
	c.waitFor(t, id, func(i restate.Invocation) bool {
		return slices.Contains(statuses, i.Status) && i.JournalSize >= entries
	})
	return id
}

// waitFor waits until the predicate is true for the invocation.
func (c *scene) waitFor(t *testing.T, id string, is func(restate.Invocation) bool) {
	t.Helper()
	eventually(t, func() bool {
		rows, err := c.Admin().Invocations(t.Context(), restate.InvocationFilter{IDs: []string{id}})
		require.NoError(t, err)
		return len(rows) == 1 && is(rows[0])
	}, id)
}

// judge lets a changed program replay the journals, and requires that no step runs.
func (c *scene) judge(t *testing.T, change string, journals []Journal) *Report {
	t.Helper()
	effects := filepath.Join(t.TempDir(), "effects")
	exe, err := os.Executable()
	require.NoError(t, err)
	report, err := Judge(t.Context(), keeper(t), Build{Path: exe, Env: []string{changeEnv + "=" + change, "REPLAYS_TEST_EFFECTS=" + effects}}, journals)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	require.NoFileExists(t, effects, "no step runs")
	return report
}

// atWait begins an invocation of each handler, waits until each of them waits or fails, and returns their
// journals.
func (c *scene) atWait(t *testing.T) []Journal {
	t.Helper()
	c.send(t, "Flow/o-1/Run", `{"id":"o-1","amount":7}`, 9, "suspended")
	c.send(t, "Everything/e/Run", `{"id":"e"}`, 30, "suspended")
	c.send(t, "Waits/Sleep", "", 4, "suspended")
	c.send(t, "Waits/Failing", "", 4, "backing-off")
	c.send(t, "Waits/Beside", "", 6, "backing-off")
	c.send(t, "Waits/Awakeable", "", 3, "suspended")
	for _, service := range []string{"Box", "LazyBox"} {
		c.send(t, service+"/b/Put", "1", 0, "completed")
		c.send(t, service+"/b/Hold", "1", 10, "suspended")
		c.send(t, service+"/b/Hold", "2", 0, "pending")
	}
	journals, err := Find(t.Context(), c.Admin().URL())
	require.NoError(t, err)
	return journals
}

// targets has the invocations that atWait begins, and the verdicts on the unchanged program.
var targets = map[string]string{
	"Flow/o-1/Run":     `fits: 4 commands replayed; next: waits for promise "approved"`,
	"Everything/e/Run": `fits: 18 commands replayed; next: waits for signal "go"`,
	"Ship/Send":        "fits: nothing is recorded yet; next: the handler's end",
	"Waits/Sleep":      "fits: 2 commands replayed; next: waits for sleep",
	"Waits/Failing":    `fits: 2 commands replayed; next: waits for step "two" (runs again)`,
	"Waits/Beside":     `fits: 3 commands replayed; next: waits for step "failing" (runs again) or call Waits/Sleep`,
	"Waits/Awakeable":  "fits: 1 command replayed; next: waits for awakeable sign_ID",
	"Box/b/Hold":       "fits: 10 commands replayed; next: waits for sleep",
	"LazyBox/b/Hold":   "fits: 10 commands replayed; next: waits for sleep",
	"Box/b/Hold 2":     `fits: nothing is recorded yet; next: get "n"`,
	"LazyBox/b/Hold 2": `fits: nothing is recorded yet; next: get "n"`,
}

var ids = regexp.MustCompile(`sign_[\w-]+`)

// importPath is the path that a build with -trimpath prints in place of the folder.
const importPath = "example.com/workbook/tools/replays/"

// readVerdicts returns the verdicts by their targets, without the parts that differ between runs or
// builds.
func readVerdicts(r *Report) map[string]string {
	all := map[string]string{}
	for _, v := range r.Verdicts {
		name := v.Target
		if v.Status == "pending" {
			name += " 2"
		}
		all[name] = ids.ReplaceAllString(string(v.Kind)+": "+strings.ReplaceAll(v.explain(), importPath, ""), "sign_ID")
	}
	return all
}

// lineOf returns the file and line of the first place in program_test.go that has a text.
func lineOf(t *testing.T, text string) string {
	t.Helper()
	source, err := os.ReadFile("program_test.go")
	require.NoError(t, err)
	before, _, found := strings.Cut(string(source), text)
	require.True(t, found, text)
	return fmt.Sprintf("program_test.go:%d", strings.Count(before, "\n")+1)
}

// Each changed program replays the journals. If an invocation has no entry in want, its verdict is that
// of the unchanged program.
func TestChanges(t *testing.T) {
	c := newScene(t)
	journals := c.atWait(t)
	require.Equal(t, targets, readVerdicts(c.judge(t, "same", journals)), "the same program")
	inStep := " > " + lineOf(t, "return sdk.Run(ctx, func(sdk.RunContext) (string, error) { effect(name)") + ")"
	at := func(text string) string { return " (" + lineOf(t, text) }
	for _, change := range []struct {
		name string
		want map[string]string
	}{
		{name: "log line"},
		{name: "new field"},
		{name: "step at end"},
		{name: "branch on the journal"},
		{name: "longer sleep"},
		{"renamed step", map[string]string{"Flow/o-1/Run": `strands: command 1 of 4 was recorded as step "reserve", and the new code has step "hold"; name: reserve != hold` +
			at("reserved, err = step(ctx, name)") + inStep}},
		{"step before payment", map[string]string{"Flow/o-1/Run": `strands: command 2 of 4 was recorded as call Pay/pay-o-1/Charge, and the new code has step "check"` +
			at(`step(ctx, "check")`) + inStep}},
		{"step before wait", map[string]string{"Flow/o-1/Run": `strands: command 4 of 4 was recorded as promise "approved", and the new code has step "inform"` +
			at(`step(ctx, "inform")`) + inStep}},
		{"swapped calls", map[string]string{"Flow/o-1/Run": `strands: command 2 of 4 was recorded as call Pay/pay-o-1/Charge, and the new code has send Ship/Send` +
			at("err := call()") + " > " + lineOf(t, "sdk.ServiceSend(") + ")"}},
		{"another body", map[string]string{"Flow/o-1/Run": `strands: command 2 of 4 was recorded as call Pay/pay-o-1/Charge, and the new code has call Pay/pay-o-1/Charge; ` +
			`parameter: '…"id":"o-1","amount":7}}' != '…"id":"o-1","amount":14}}'` + at("err := call()") + " > " + lineOf(t, "sdk.Object[string](") + ")"}},
		{"other promise", map[string]string{"Flow/o-1/Run": `strands: command 4 of 4 was recorded as promise "approved", and the new code has promise "accepted"; key: approved != accepted` +
			at("sdk.Promise[bool](ctx, wait)") + ")"}},
		{"no wait", map[string]string{"Flow/o-1/Run": `strands: command 4 of 4 was recorded as promise "approved", and the new code has step "mail"` +
			at(`step(ctx, "mail")`) + inStep}},
		{"early return", map[string]string{"Flow/o-1/Run": `strands: command 1 of 4 was recorded as step "reserve", and the new code has the handler's end`}},
		{"terminal error", map[string]string{"Flow/o-1/Run": `strands: command 1 of 4 was recorded as step "reserve", and the new code has the handler's end`}},
		{"step result", map[string]string{"Flow/o-1/Run": "strands: the new code cannot read a recorded value: failed to unmarshal runAsync result into output: " +
			"json: cannot unmarshal string into Go value of type int" + at("(int, error) { return 1, nil }") + ")"}},
		{"panic", map[string]string{"Flow/o-1/Run": "cannot tell: the handler fails outside of its steps: no" + at(`panic("no")`) + ")"}},
		{"no handler", map[string]string{"Flow/o-1/Run": "strands: the new build has no handler Flow/Run"}},
		{"ends the program", map[string]string{"Flow/o-1/Run": "cannot tell: the program ended while it replayed: out of order"}},
		{"step before failing", map[string]string{"Waits/Failing": `strands: command 2 of 2 was recorded as step "two", and the new code has step "zero"; name: two != zero` +
			at(`step(ctx, "zero")`) + inStep}},
		{"renamed failing step", map[string]string{"Waits/Failing": `strands: command 2 of 2 was recorded as step "two", and the new code has step "deux"; name: two != deux` +
			at(`_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) {`) + ")"}},
		{"waits at once", map[string]string{"Waits/Beside": `strands: command 2 of 3 was recorded as call Waits/Nothing, and the new code has a wait for step "failing" (runs again)` +
			at("f.Result()") + ")"}},
		{"other call beside", map[string]string{"Waits/Beside": `strands: command 3 of 3 was recorded as call Waits/Sleep, and the new code has call Waits/Nothing; handler_name: Sleep != Nothing` +
			at(`sdk.Service[sdk.Void](ctx, "Waits", name)`) + ")"}},
		{"step before awakeable", map[string]string{"Waits/Awakeable": `fits: 1 command replayed; the old code waits here, and the new code does this first: step "early"`}},
		{"step before signal", map[string]string{"Everything/e/Run": `fits: 18 commands replayed; the old code waits here, and the new code does this first: step "early"`}},
		{"another value", map[string]string{
			"Box/b/Hold":     `strands: command 10 of 10 was recorded as sleep, and the new code has set "m"` + at(`sdk.Set(ctx, "m", n)`) + ")",
			"LazyBox/b/Hold": `strands: command 10 of 10 was recorded as sleep, and the new code has set "m"` + at(`sdk.Set(ctx, "m", n)`) + ")",
		}},
		{"one more get", map[string]string{
			"Box/b/Hold":     `strands: command 10 of 10 was recorded as sleep, and the new code has get "m"` + at(`sdk.Get[int](ctx, "m")`) + ")",
			"LazyBox/b/Hold": `strands: command 10 of 10 was recorded as sleep, and the new code has get "m"` + at(`sdk.Get[int](ctx, "m")`) + ")",
		}},
	} {
		t.Run(change.name, func(t *testing.T) {
			want := maps.Clone(targets)
			maps.Copy(want, change.want)
			require.Equal(t, want, readVerdicts(c.judge(t, change.name, journals)))
		})
	}
	t.Run("one more uuid", func(t *testing.T) {
		r := c.judge(t, "one more uuid", journals)
		require.Equal(t, hint.ExitRed, r.Err())
		v := readVerdicts(r)["Flow/o-1/Run"]
		require.Contains(t, v, "strands: command 2 of 4 was recorded as call Pay/pay-o-1/Charge, and the new code has call Pay/pay-o-1/Charge; parameter: ")
	})
	t.Run("outside", func(t *testing.T) {
		r := c.judge(t, "outside", journals)
		require.Equal(t, targets, readVerdicts(r))
		require.Positive(t, r.Refused)
		require.Contains(t, r.Lines(journals), "note: the new code sends requests to the outside world outside of its steps, and every replay repeats them")
	})
	t.Run("open", func(t *testing.T) {
		exe, err := os.Executable()
		require.NoError(t, err)
		r, err := Judge(t.Context(), keeper(t), Build{Path: exe, Env: []string{changeEnv + "=outside"}, Open: true}, journals)
		require.NoError(t, err)
		require.Equal(t, targets, readVerdicts(r))
		require.Positive(t, r.Refused, "by the proxy")
		require.Contains(t, r.Lines(journals), "note: the network was open: only requests that go through HTTP_PROXY were refused and counted")
	})
	t.Run("limits", func(t *testing.T) {
		r := c.judge(t, "step before awakeable", journals)
		require.Contains(t, r.Lines(journals), "12 invocations: fits 12, strands 0, cannot tell 0; 0 requests to the outside world refused")
		require.NoError(t, r.Err())
		notes := r.limits(journals)
		require.Len(t, notes, 2)
		require.Contains(t, notes[0], "the server accepts a step that is added before the wait")
		require.Contains(t, notes[1], "compares the duration of a sleep")
	})
}

// The verdict on a change comes true when the new build replaces the old build, and the order goes on.
func TestVerdictsComeTrue(t *testing.T) {
	c := newScene(t)
	for i, change := range []struct {
		name string
		fits bool
	}{{"step at end", true}, {"new field", true}, {"step before payment", false}, {"another body", false}} {
		t.Run(change.name, func(t *testing.T) {
			order := fmt.Sprintf("o-%d", i)
			id := c.send(t, "Flow/"+order+"/Run", `{"id":"`+order+`","amount":7}`, 9, "suspended")
			journals, err := Find(t.Context(), c.Admin().URL())
			require.NoError(t, err)
			journals = slices.DeleteFunc(journals, func(j Journal) bool { return j.ID != id })
			r := c.judge(t, change.name, journals)
			require.Equal(t, change.fits, r.Err() == nil, r.Verdicts)

			c.replace(t, change.name)
			defer c.replace(t, "same")
			_, err = c.Ingress().Call(t.Context(), restate.Request{Path: "Flow/" + order + "/Approve", Body: "true"})
			require.NoError(t, err)
			c.waitFor(t, id, func(i restate.Invocation) bool { return i.Status == "completed" || i.LastFailureCode == "RT0016" })
			rows, err := c.Admin().Invocations(t.Context(), restate.InvocationFilter{IDs: []string{id}})
			require.NoError(t, err)
			require.Equal(t, change.fits, rows[0].Status == "completed", rows)
		})
	}
}

// The tool sends only requests that read: for the version and for tables. The tables are the same before
// and after.
func TestTheServerIsUnchanged(t *testing.T) {
	c := newScene(t)
	c.send(t, "Flow/o-1/Run", `{"id":"o-1","amount":7}`, 9, "suspended")
	c.send(t, "Box/b/Hold", "1", 10, "suspended")
	socket := strings.TrimPrefix(c.Admin().URL(), "unix:")
	var asked []string
	front := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			body, _ := io.ReadAll(r.In.Body)
			r.Out.Body = io.NopCloser(bytes.NewReader(body))
			asked = append(asked, r.In.Method+" "+r.In.URL.Path+" "+fmt.Sprintf("%.17s", body))
			r.SetURL(&url.URL{Scheme: "http", Host: "admin"})
		},
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}},
	})
	defer front.Close()
	before := c.tables(t)
	journals, err := Find(t.Context(), front.URL)
	require.NoError(t, err)
	c.judge(t, "step before payment", journals)
	require.Equal(t, []string{"GET /version ", `POST /query {"query":"SELECT `, `POST /query {"query":"SELECT `}, asked)
	require.Equal(t, before, c.tables(t))
}

// If a journal changes while the tool reads it, the tool reads it again. An unchanged program never gets
// the verdict Strands.
func TestABusyServer(t *testing.T) {
	c := newScene(t)
	var orders sync.WaitGroup
	for w := range 4 {
		orders.Go(func() {
			for i := range 30 {
				path := fmt.Sprintf("Flow/o-%d-%d/", w, i)
				_, err := c.Ingress().Send(context.Background(), restate.Request{Path: path + "Run", Body: `{"id":"o","amount":7}`})
				if err == nil && i%2 == 0 {
					_, err = c.Ingress().Call(context.Background(), restate.Request{Path: path + "Approve", Body: "true"})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { orders.Wait(); close(done) }()
	read := 0
	for isOver := false; !isOver; {
		select {
		case <-done:
			isOver = true
		default:
		}
		journals, err := Find(t.Context(), c.Admin().URL())
		require.NoError(t, err)
		if len(journals) == 0 {
			continue
		}
		for _, v := range c.judge(t, "same", journals).Verdicts {
			require.True(t, v.Kind == Fits || v.Kind == CannotTell && strings.HasPrefix(v.Reason, errIncomplete.Error()), v)
		}
		read += len(journals)
	}
	require.Positive(t, read)
	t.Logf("%d journals were judged", read)
}

// An invocation can end after the tool has read its status and before the tool reads its journal.
func TestAnInvocationThatHasJustEnded(t *testing.T) {
	journals := []Journal{{
		Server: restate.Version, ID: "inv_15niXstiOCcU2684Y9pIi7906c2OoIgKrY", Service: "Ship", Handler: "Send", Status: "running", Protocol: 6, Size: 2,
		Entries: []Entry{{"Command: Input", appendBytes(nil, 14, appendBytes(nil, 1, []byte(`"o-1"`)))}, {"Command: Output", appendBytes(nil, 14, nil)}},
	}}
	r := new(scene).judge(t, "same", journals)
	require.Equal(t, map[string]string{"Ship/Send": "fits: 1 command replayed; next: nothing, since the handler has ended"}, readVerdicts(r))
	require.Contains(t, r.Lines(journals), "note: some invocations were running when their journals were read, and what they did afterwards is not judged")
}

// tables returns the rows of the server's tables.
func (c *scene) tables(t *testing.T) (all []any) {
	t.Helper()
	rows, err := c.Admin().Invocations(t.Context(), restate.InvocationFilter{})
	require.NoError(t, err)
	slices.SortFunc(rows, func(a, b restate.Invocation) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range rows {
		journal, err := c.Admin().Journal(t.Context(), r.ID)
		require.NoError(t, err)
		events, err := c.Admin().JournalEvents(t.Context(), r.ID)
		require.NoError(t, err)
		state, err := c.Admin().State(t.Context(), r.Service, r.Key)
		require.NoError(t, err)
		all = append(all, r, journal, events, state)
	}
	services, err := c.Admin().Services(t.Context())
	require.NoError(t, err)
	return append(all, services)
}

// Judge builds a folder, and finds the port on which the built program listens.
func TestAFolderIsBuilt(t *testing.T) {
	c := newScene(t)
	c.send(t, "Order/a/Run", "1", 4, "suspended")
	journals, err := Find(t.Context(), c.Admin().URL())
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "recordings")
	require.NoError(t, Save(dir, journals))
	recorded, err := Read(t.Context(), dir)
	require.NoError(t, err)
	require.Equal(t, journals, recorded)
	for folder, want := range map[string]string{
		"testdata/order": `fits: 2 commands replayed; next: waits for promise "approved"`,
		"testdata/order2": `strands: command 1 of 2 was recorded as step "charge", and the new code has step "check"; name: charge != check ` +
			"(testdata/order2/main.go:15)",
	} {
		r, err := Judge(t.Context(), keeper(t), Build{Path: folder}, recorded)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"Order/a/Run": want}, readVerdicts(r))
	}
}

// If the tool cannot judge, it prints one line, and the exit code is 3.
func TestTroubles(t *testing.T) {
	recorded := func(change func(*Journal)) []Journal {
		j := Journal{Server: restate.Version, ID: "inv_15niXstiOCcU2684Y9pIi7906c2OoIgKrY", Service: "Ship", Handler: "Send", Protocol: 6, Size: 1,
			Entries: []Entry{{Type: "Command: Input"}}}
		if change != nil {
			change(&j)
		}
		return []Journal{j}
	}
	folder := func(t *testing.T, j []Journal, cut int64) string {
		dir := filepath.Join(t.TempDir(), "recordings")
		require.NoError(t, Save(dir, j))
		if cut > 0 {
			require.NoError(t, os.Truncate(filepath.Join(dir, j[0].ID+recordingEnd), cut))
		}
		return dir
	}
	answering := func(body string) func(*testing.T) string {
		return func(t *testing.T) string {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }))
			t.Cleanup(s.Close)
			return s.URL
		}
	}
	for _, c := range []struct {
		name string
		from func(*testing.T) string
		want string
	}{
		{"no answer", func(*testing.T) string { return "http://127.0.0.1:1" }, "http://127.0.0.1:1 does not answer like Restate's admin API: "},
		{"another answer", answering("<html>"), " does not answer like Restate's admin API: "},
		{"no version", answering("{}"), " answers, but not like Restate's admin API"},
		{"another version", answering(`{"version":"1.6.2"}`), " is of restate-server 1.6.2, and this tool is tested with " + restate.Version},
		{"no folder", func(*testing.T) string { return "no-such-folder" }, "open no-such-folder: no such file or directory"},
		{"an empty folder", func(t *testing.T) string { return t.TempDir() }, " has no recordings (*.journal.json)"},
		{"a recording that is cut off", func(t *testing.T) string { return folder(t, recorded(nil), 100) }, ".journal.json is cut off, or is not a recording: "},
		{"a recording with too few entries", func(t *testing.T) string { return folder(t, recorded(func(j *Journal) { j.Size = 2 }), 0) }, ".journal.json is incomplete, or was changed"},
		{"a recording without an id", func(t *testing.T) string { return folder(t, recorded(func(j *Journal) { j.ID = "inv_1" }), 0) }, ".journal.json is incomplete, or was changed"},
		{"a recording of another version", func(t *testing.T) string { return folder(t, recorded(func(j *Journal) { j.Server = "1.8.0" }), 0) },
			" is of restate-server 1.8.0, and this tool is tested with "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(t.Context(), c.from(t))
			requireTrouble(t, err, c.want)
		})
	}
	exe, err := os.Executable()
	require.NoError(t, err)
	changed := func(change string) Build { return Build{Path: exe, Env: []string{changeEnv + "=" + change}} }
	write := func(t *testing.T, name, text string) string {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/x\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		return dir
	}
	for _, c := range []struct {
		name  string
		build func(*testing.T) Build
		want  string
	}{
		{"no build", func(*testing.T) Build { return Build{Path: "no-such-build"} }, "cannot find the build: stat "},
		{"no program", func(*testing.T) Build { return Build{Path: "program_test.go"} }, "program_test.go is not a program"},
		{"no main package", func(t *testing.T) Build { return Build{Path: write(t, "x.go", "package x\n")} }, " has no main package"},
		{"does not compile", func(t *testing.T) Build { return Build{Path: write(t, "main.go", "package main\nfunc main() { x }\n")} },
			" does not compile: ./main.go:2:15: undefined: x"},
		{"ends at once", func(*testing.T) Build { return changed("ends at once") }, " does not start: the program ends before it serves (exit status 1); its last line: no database"},
		{"asks at the start", func(*testing.T) Build { return changed("asks at the start") }, "connect: network is unreachable; 1 request to the outside world refused"},
		{"no service", func(*testing.T) Build { return changed("no service") }, " does not serve Flow (1 invocation in flight)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Judge(t.Context(), keeper(t), c.build(t), recorded(func(j *Journal) { j.Service, j.Handler = "Flow", "Run" }))
			requireTrouble(t, err, c.want)
		})
	}
	t.Run("nothing is overwritten", func(t *testing.T) {
		err := Save(folder(t, recorded(nil), 0), recorded(nil))
		require.Equal(t, 2, hint.ExitCode(err))
	})
}

func requireTrouble(t *testing.T, err error, want string) {
	t.Helper()
	var e *hint.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.What, want)
	require.NotContains(t, e.What, "\n", "one line")
	require.NotEmpty(t, e.Do)
	require.Equal(t, 3, hint.ExitCode(err))
}

// When the tool ends, the build ends too, whether the tool was killed or interrupted.
func TestNothingIsLeftRunning(t *testing.T) {
	for name, end := range map[string]func(cancel func(), tool *os.Process){
		"killed":      func(_ func(), tool *os.Process) { tool.Kill() },
		"interrupted": func(cancel func(), _ *os.Process) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			pidFile := filepath.Join(dir, "pid")
			exe, err := os.Executable()
			require.NoError(t, err)
			tool := exec.Command(exe)
			tool.Env = append(os.Environ(), judgeEnv+"="+pidFile)
			stop, err := tool.StdinPipe()
			require.NoError(t, err)
			require.NoError(t, tool.Start())
			var pid int
			eventually(t, func() bool {
				text, _ := os.ReadFile(pidFile)
				pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
				return err == nil
			}, "the handler runs")
			end(func() { stop.Close() }, tool.Process)
			tool.Wait()
			eventually(t, func() bool { return !isAlive(pid) }, "the build has ended")
		})
	}
}

// judgeEnv has this test binary judge a build that hangs, until the standard input ends.
const judgeEnv = "REPLAYS_TEST_JUDGE"

func judgeHanging(pidFile string) error {
	ctx, cancel := context.WithCancel(context.Background())
	go func() { io.Copy(io.Discard, os.Stdin); cancel() }()
	k, err := process.NewKeeper()
	if err != nil {
		return err
	}
	defer k.Close()
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	_, err = Judge(ctx, k, Build{Path: exe, Env: []string{changeEnv + "=hangs", "REPLAYS_TEST_EFFECTS=" + pidFile}}, []Journal{{
		Server: restate.Version, ID: "inv_15niXstiOCcU2684Y9pIi7906c2OoIgKrY", Service: "Ship", Handler: "Send", Protocol: 6, Size: 1,
		Entries: []Entry{{"Command: Input", appendBytes(nil, 14, appendBytes(nil, 1, []byte(`"o-1"`)))}},
	}})
	return err
}

// isAlive reports whether a process runs. A zombie does not run.
func isAlive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(stat, []byte(") Z ")) || err != nil && runtime.GOOS != "linux" && syscall.Kill(pid, 0) == nil
}

func eventually(t *testing.T, is func() bool, what string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(30 * time.Second); !is(); <-tick.C {
		require.True(t, time.Now().Before(limit), "never: "+what)
	}
}

// BenchmarkJudge measures how long Judge takes for the recorded invocations, with the start of the build.
func BenchmarkJudge(b *testing.B) {
	dir := os.Getenv("REPLAYS_BENCH")
	if dir == "" {
		b.Skip("REPLAYS_BENCH names a folder with recordings of Flow")
	}
	journals, err := Open(dir)
	require.NoError(b, err)
	exe, err := os.Executable()
	require.NoError(b, err)
	k, err := process.NewKeeper()
	require.NoError(b, err)
	defer k.Close()
	for b.Loop() {
		_, err := Judge(b.Context(), k, Build{Path: exe, Env: []string{changeEnv + "=" + os.Getenv("REPLAYS_BENCH_CHANGE")}}, journals)
		require.NoError(b, err)
	}
}
