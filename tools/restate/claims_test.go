package restate

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
)

// The lessons, lessons/WITHOUT.md and the glossary say how Restate behaves. The tests of TestClaims hold
// these sentences against the real server. If one is red, a page is wrong.
func TestClaims(t *testing.T) {
	t.Parallel()
	c := claims{start(t, Options{Env: []string{
		"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL=20ms", // so that no test waits for a back-off
		"RESTATE_DEFAULT_RETRY_POLICY__EXPONENTIATION_FACTOR=1",
		"RESTATE_WORKER__CLEANUP_INTERVAL=100ms", // the default is an hour
	}}), new(tally)}
	t.Run("all", func(t *testing.T) {
		for name, test := range map[string]func(claims, *testing.T){
			"idempotency key":     claims.testIdempotencyKey,
			"workflow":            claims.testWorkflowOnce,
			"workflow forgotten":  claims.testWorkflowForgotten,
			"lines of a log":      claims.testLogLines,
			"cancel":              claims.testCancel,
			"kill":                claims.testKill,
			"end during a step":   claims.testEndDuringAStep,
			"pause and resume":    claims.testPauseAndResume,
			"cancel of a pause":   claims.testCancelPaused,
			"defer":               claims.testDefer,
			"program down":        claims.testProgramDown,
			"attempts are shared": claims.testSharedAttempts,
			"state":               claims.testState,
			"errors":              claims.testErrors,
			"step twice":          claims.testStepTwice,
			"futures":             claims.testFutures,
			"client gone":         claims.testClientGone,
			"statuses":            claims.testStatuses,
			"private":             claims.testPrivate,
			"unregistered":        claims.testUnregistered,
			"deployments":         claims.testDeployments,
			"long step":           claims.testLongStep,
			"awakeable":           claims.testAwakeable,
			"ui":                  claims.testUI,
			"jitter":              claims.testJitter,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(c, t)
			})
		}
	})
	if !t.Failed() {
		t.Run("tables", c.requireTables)
	}
}

// claims is the server that the tests of TestClaims share. Each test has services of its own.
type claims struct {
	*Server
	statuses *tally // that tests have seen
}

// A served program has services, in this process.
type served struct {
	url     string
	down    atomic.Bool  // whether requests fail, as they do while a program is down
	open    atomic.Int64 // number of requests that the program is answering
	handler atomic.Pointer[http.HandlerFunc]
}

// replace makes the program serve other services at the same address.
func (p *served) replace(t *testing.T, services ...sdk.ServiceDefinition) {
	t.Helper()
	p.setEndpoint(t, newEndpoint(services))
}

// setEndpoint makes the program serve an endpoint.
func (p *served) setEndpoint(t *testing.T, endpoint *server.Restate) {
	t.Helper()
	handler, err := endpoint.Handler()
	require.NoError(t, err)
	p.handler.Store(&handler)
}

// newEndpoint returns an endpoint with the services, which logs nothing.
func newEndpoint(services []sdk.ServiceDefinition) *server.Restate {
	endpoint := server.NewRestate().WithLogger(slog.DiscardHandler, true)
	for _, s := range services {
		endpoint.Bind(s)
	}
	return endpoint
}

// serve starts a program with the services, and registers it.
func (c claims) serve(t *testing.T, services ...sdk.ServiceDefinition) *served {
	t.Helper()
	p := serveServices(t, services...)
	require.NoError(t, c.Admin().Register(t.Context(), p.url))
	return p
}

// serveServices starts a program that nobody has registered.
func serveServices(t *testing.T, services ...sdk.ServiceDefinition) *served {
	t.Helper()
	return serveEndpoint(t, newEndpoint(services))
}

// serveEndpoint serves what an endpoint has.
func serveEndpoint(t *testing.T, endpoint *server.Restate) *served {
	t.Helper()
	p := new(served)
	p.setEndpoint(t, endpoint)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.open.Add(1)
		defer p.open.Add(-1)
		if p.down.Load() {
			panic(http.ErrAbortHandler)
		}
		(*p.handler.Load()).ServeHTTP(w, r)
	}))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections() // of invocations that a test leaves
		s.Close()
	})
	p.url = s.URL
	return p
}

// longest is the time in which every handler of these tests answers.
const longest = 60 * time.Second

// An answer is what the ingress answers, whatever its status.
type answer struct {
	code int
	body string
}

// request sends a request to the ingress, with an idempotency key unless that is "".
func (c claims) request(ctx context.Context, path, body, key string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.ingress.base+path, bytes.NewBufferString(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		req.Header.Set("content-type", "application/json")
	}
	if key != "" {
		req.Header.Set("idempotency-key", key)
	}
	res, err := c.ingress.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(text)}, err
}

// call calls a handler, and waits for the answer.
func (c claims) call(t *testing.T, target, body, key string) answer {
	t.Helper()
	got, err := c.request(t.Context(), callPath(target), body, key)
	require.NoError(t, err)
	return got
}

// begin calls a handler in the background. The returned function waits for the answer.
func (c claims) begin(t *testing.T, target, body, key string) func() answer {
	t.Helper()
	var got answer
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		got, err = c.request(t.Context(), callPath(target), body, key)
	}()
	return func() answer {
		t.Helper()
		<-done
		require.NoError(t, err)
		return got
	}
}

// send sends a one-way call, and returns its invocation's id and the status that the ingress gives it.
func (c claims) send(t *testing.T, target, body, key string) (id, status string) {
	t.Helper()
	got, err := c.request(t.Context(), sendPath(target), body, key)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, got.code, got.body)
	var accepted struct{ InvocationID, Status string }
	require.NoError(t, json.Unmarshal([]byte(got.body), &accepted))
	return accepted.InvocationID, accepted.Status
}

// attach waits for the end of an invocation.
func (c claims) attach(t *testing.T, id string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	body, err := c.ingress.Attach(ctx, id)
	var refused *StatusError
	if errors.As(err, &refused) {
		return answer{refused.Status, string(refused.Body)}
	}
	require.NoError(t, err)
	return answer{http.StatusOK, string(body)}
}

// row returns the invocation, or an empty row if Restate does not know it.
func (c claims) row(t *testing.T, id string) Invocation {
	t.Helper()
	rows, err := c.Admin().Invocations(t.Context(), InvocationFilter{IDs: []string{id}})
	require.NoError(t, err)
	if len(rows) == 0 {
		return Invocation{}
	}
	return rows[0]
}

// waitStatus waits until an invocation has a status.
func (c claims) waitStatus(t *testing.T, id, status string) {
	t.Helper()
	processtest.Eventually(t, func() bool { return c.row(t, id).Status == status }, "status %s of %s", status, id)
	c.statuses.add(status)
}

// oneInvocation returns the one invocation of an object or a workflow, or of a service if key is "". It waits until there is one.
func (c claims) oneInvocation(t *testing.T, service, key string) Invocation {
	t.Helper()
	var rows []Invocation
	processtest.Eventually(t, func() bool {
		var err error
		rows, err = c.Admin().Invocations(t.Context(), InvocationFilter{Service: service, Key: key})
		require.NoError(t, err)
		return len(rows) > 0
	}, "an invocation of %s/%s", service, key)
	require.Len(t, rows, 1)
	return rows[0]
}

// patch sends a verb of the admin API, such as pause, about an invocation.
func (c claims) patch(t *testing.T, id, verb string) {
	t.Helper()
	require.NoError(t, c.Admin().endInvocation(t.Context(), id, verb))
}

// queryColumn returns one column of a query's rows.
func (c claims) queryColumn(t *testing.T, sql string) (values []string) {
	t.Helper()
	var rows []map[string]any
	require.NoError(t, c.Admin().query(t.Context(), sql, &rows))
	for _, row := range rows {
		for _, value := range row {
			values = append(values, fmt.Sprint(value))
		}
	}
	return values
}

// requireKeptForADay requires that Restate keeps columns of an invocation for one day after its end.
func (c claims) requireKeptForADay(t *testing.T, id string, columns ...string) {
	t.Helper()
	for _, column := range columns {
		kept := c.queryColumn(t, "SELECT "+column+"_retention FROM sys_invocation WHERE id = '"+id+"'")
		require.Equal(t, []string{"PT86400S"}, kept, column)
	}
}

// A tally counts what the code of a program did.
type tally struct {
	mu    sync.Mutex
	times map[string]int
}

// add counts one more, and returns the number so far.
func (l *tally) add(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.times == nil {
		l.times = map[string]int{}
	}
	l.times[what]++
	return l.times[what]
}

func (l *tally) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.times[what]
}

// onceService returns a service that says how often its handlers ran.
func onceService(name string, ran *tally, options ...sdk.ServiceDefinitionOption) sdk.ServiceDefinition {
	handler := func(ctx sdk.Context, input string) (string, error) {
		return sdk.Run(ctx, func(sdk.RunContext) (string, error) {
			return fmt.Sprint(input, " ", ran.add(name)), nil
		})
	}
	return sdk.NewService(name, options...).Handler("Do", sdk.NewServiceHandler(handler)).Handler("Other", sdk.NewServiceHandler(handler))
}

// testIdempotencyKey checks lessons 2 and 3, WITHOUT.md and the glossary: two calls with one key are one invocation; the second
// gets the answer of the first, and its body is ignored.
func (c claims) testIdempotencyKey(t *testing.T) {
	var ran tally
	c.serve(t, onceService("Once", &ran), onceService("Soon", &ran, sdk.WithIdempotencyRetention(time.Millisecond)))
	require.Equal(t, answer{200, `"a 1"`}, c.call(t, "Once/Do", `"a"`, "k"))
	require.Equal(t, answer{200, `"a 1"`}, c.call(t, "Once/Do", `"a"`, "k"), "the same call again")
	require.Equal(t, answer{200, `"a 1"`}, c.call(t, "Once/Do", `"b"`, "k"), "another body with the same key")
	require.Equal(t, 1, ran.count("Once"))

	first := c.oneInvocation(t, "Once", "")
	require.Equal(t, "k", first.IdempotencyKey)
	again, status := c.send(t, "Once/Do", `"b"`, "k")
	require.Equal(t, "PreviouslyAccepted", status)
	require.Equal(t, first.ID, again)
	require.Equal(t, answer{200, `"a 1"`}, c.attach(t, again))
	require.Equal(t, 1, ran.count("Once"))

	require.Equal(t, answer{200, `"a 2"`}, c.call(t, "Once/Other", `"a"`, "k"), "the key belongs to the handler")
	require.Equal(t, answer{200, `"a 3"`}, c.call(t, "Once/Do", `"a"`, "k-2"), "another key")
	require.Equal(t, answer{200, `"a 4"`}, c.call(t, "Once/Do", `"a"`, ""), "no key")
	require.Equal(t, answer{200, `"a 5"`}, c.call(t, "Once/Do", `"a"`, ""), "no key: another invocation")
	plain, status := c.send(t, "Once/Do", `"a"`, "")
	require.Equal(t, "Accepted", status)
	c.waitStatus(t, plain, "completed")

	c.requireKeptForADay(t, plain, "journal")
	require.Equal(t, answer{200, `"a 1"`}, c.call(t, "Soon/Do", `"a"`, "k"))
	processtest.Eventually(t, func() bool { return c.call(t, "Soon/Do", `"a"`, "k") == answer{200, `"a 2"`} }, "the key is forgotten")
	c.requireKeptForADay(t, first.ID, "completion", "journal")
}

// waiter returns a workflow whose run waits for the promise go, and says how often it ran.
func waiter(name string, ran *tally, options ...sdk.ServiceDefinitionOption) sdk.ServiceDefinition {
	run := func(ctx sdk.WorkflowContext, input string) (string, error) {
		sdk.Set(ctx, "input", input)
		if _, err := sdk.Promise[string](ctx, "go").Result(); err != nil {
			return "", err
		}
		return sdk.Run(ctx, func(sdk.RunContext) (string, error) {
			return fmt.Sprint(input, " ", ran.add(sdk.Key(ctx))), nil
		})
	}
	release := func(ctx sdk.WorkflowSharedContext, _ sdk.Void) (sdk.Void, error) {
		return sdk.Void{}, sdk.Promise[string](ctx, "go").Resolve("now")
	}
	return sdk.NewWorkflow(name, options...).
		Handler("Run", sdk.NewWorkflowHandler(run)).
		Handler("Go", sdk.NewWorkflowSharedHandler(release))
}

// testWorkflowOnce checks lesson 4's table of what a second CreateOrder of the same order does.
func (c claims) testWorkflowOnce(t *testing.T) {
	var ran tally
	c.serve(t, waiter("Flow", &ran))
	id, status := c.send(t, "Flow/o-1/Run", `"a"`, "")
	require.Equal(t, "Accepted", status)
	require.Equal(t, http.StatusConflict, c.call(t, "Flow/o-1/Run", `"b"`, "").code, "while the first one waits")
	require.Equal(t, 200, c.call(t, "Flow/o-1/Go", "", "").code)
	require.Equal(t, answer{200, `"a 1"`}, c.attach(t, id))
	require.Equal(t, http.StatusConflict, c.call(t, "Flow/o-1/Run", `"b"`, "").code)
	again, status := c.send(t, "Flow/o-1/Run", `"b"`, "")
	require.Equal(t, "PreviouslyAccepted", status)
	require.Equal(t, id, again)
	require.Equal(t, answer{200, `"a 1"`}, c.attach(t, again))
	require.Equal(t, 1, ran.count("o-1"))
	input := c.queryColumn(t, "SELECT encode(raw, 'hex') FROM sys_journal WHERE id = '"+id+"' AND \"index\" = 0")
	require.Len(t, input, 1)
	require.Contains(t, input[0], hex.EncodeToString([]byte(`"a"`)), "everybody can read the input in the journal")
	c.requireKeptForADay(t, id, "completion", "journal")
}

// testWorkflowForgotten checks lesson 4: after the retention the workflow runs again, and its state and its promises are gone.
// The option WithWorkflowRetention sets the retention.
func (c claims) testWorkflowForgotten(t *testing.T) {
	var ran tally
	c.serve(t, waiter("Brief", &ran, sdk.WithWorkflowRetention(time.Millisecond)))
	left := func() int {
		const where = " WHERE service_name = 'Brief'"
		return len(c.queryColumn(t, "SELECT key FROM state"+where)) + len(c.queryColumn(t, "SELECT key FROM sys_promise"+where))
	}
	id, _ := c.send(t, "Brief/o-1/Run", `"a"`, "")
	processtest.Eventually(t, func() bool { return left() == 2 }, "one value of state and one promise")
	require.Equal(t, 200, c.call(t, "Brief/o-1/Go", "", "").code)
	processtest.Eventually(t, func() bool { return c.row(t, id).Status == "" && left() == 0 }, "forgotten")
	_, status := c.send(t, "Brief/o-1/Run", `"b"`, "")
	require.Equal(t, "Accepted", status)
	processtest.Eventually(t, func() bool { return left() == 2 }, "the new run waits")
	require.Equal(t, 200, c.call(t, "Brief/o-1/Go", "", "").code)
	processtest.Eventually(t, func() bool { return ran.count("o-1") == 2 }, "a second run")
}

// testLogLines checks lesson 1, "Plain code runs again": which lines of a log are printed again.
func (c claims) testLogLines(t *testing.T) {
	var lines, ran tally
	run := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		ctx.Log().Info("before the steps")
		slog.New(&lines).Info("plain, before the steps")
		_, err := sdk.Run(ctx, func(rc sdk.RunContext) (sdk.Void, error) {
			rc.Log().Info("in the first step")
			return sdk.Void{}, nil
		})
		if err != nil {
			return sdk.Void{}, err
		}
		ctx.Log().Info("between the steps")
		_, err = sdk.Run(ctx, func(rc sdk.RunContext) (sdk.Void, error) {
			rc.Log().Info("in the second step")
			if ran.add("second") < 3 {
				return sdk.Void{}, errors.New("not yet")
			}
			return sdk.Void{}, nil
		})
		return sdk.Void{}, err
	}
	early := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		ctx.Log().Info("nothing in the journal")
		if ran.add("early") < 3 {
			return sdk.Void{}, errors.New("not yet")
		}
		return sdk.Void{}, nil
	}
	another := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		name := fmt.Sprint("step ", min(2, ran.add("another")))
		_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) { return sdk.Void{}, nil }, sdk.WithName(name))
		if err == nil && name == "step 1" {
			panic("again")
		}
		return sdk.Void{}, err
	}
	endpoint := server.NewRestate().WithLogger(&lines, true).Bind(sdk.NewService("Log").
		Handler("Run", sdk.NewServiceHandler(run)).
		Handler("Early", sdk.NewServiceHandler(early)).
		Handler("Another", sdk.NewServiceHandler(another)))
	require.NoError(t, c.Admin().Register(t.Context(), serveEndpoint(t, endpoint).url))

	require.Equal(t, 200, c.call(t, "Log/Run", "", "").code)
	require.Equal(t, 200, c.call(t, "Log/Early", "", "").code)
	for line, times := range map[string]int{
		"before the steps": 1, "plain, before the steps": 3, "in the first step": 1, "between the steps": 1, "in the second step": 3,
		"nothing in the journal": 3,
	} {
		require.Equal(t, times, lines.count(line), line)
	}
	require.Equal(t, 4, lines.count("Invocation panicked, returning error to Restate"))

	id, _ := c.send(t, "Log/Another", "", "k")
	processtest.Eventually(t, func() bool { return c.row(t, id).LastFailureCode == "RT0016" }, "RT0016")
	processtest.Eventually(t, func() bool { return lines.count("570") > 0 }, "the program's log has the code 570")
	require.NoError(t, c.Admin().Kill(t.Context(), id))
}

// Enabled makes a tally a log handler, which counts the lines of a log, and the errors 570 in them.
func (l *tally) Enabled(context.Context, slog.Level) bool { return true }

func (l *tally) Handle(_ context.Context, r slog.Record) error {
	l.add(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		if strings.Contains(a.Value.String(), "570") {
			l.add("570")
		}
		return true
	})
	return nil
}

func (l *tally) WithAttrs([]slog.Attr) slog.Handler { return l }

func (l *tally) WithGroup(string) slog.Handler { return l }
