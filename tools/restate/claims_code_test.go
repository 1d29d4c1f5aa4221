package restate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
	"example.com/workbook/tools/proxy"
)

// testState checks lessons 3 and 5: Get on a name that was never set returns the zero value, a Set takes
// effect at once and stays after an error, and a stored value of another type makes the handler panic.
func (c claims) testState(t *testing.T) {
	var ran tally
	held := make(chan struct{})
	set := func(ctx sdk.ObjectContext, n int) (int, error) {
		before, err := sdk.Get[int](ctx, "n")
		if err != nil {
			return 0, err
		}
		sdk.Set(ctx, "n", n)
		if n < 0 {
			return 0, sdk.ToTerminalError(errors.New("no"), sdk.WithErrorCode(422))
		}
		_, err = sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) {
			ran.add("held")
			<-held
			return sdk.Void{}, nil
		})
		return before, err
	}
	look := func(ctx sdk.ObjectSharedContext, _ sdk.Void) (int, error) { return sdk.Get[int](ctx, "n") }
	c.serve(t,
		sdk.NewObject("State").Handler("Set", sdk.NewObjectHandler(set)).Handler("Look", sdk.NewObjectSharedHandler(look)),
		sdk.NewObject("Lazy", sdk.WithEnableLazyState(true)).Handler("Look", sdk.NewObjectSharedHandler(look)))

	require.Equal(t, answer{200, "0"}, c.call(t, "State/a/Look", "", ""), "never set")
	require.Equal(t, answer{200, "0"}, c.call(t, "Lazy/a/Look", "", ""))
	first := c.begin(t, "State/a/Set", "1", "")
	processtest.Eventually(t, func() bool { return ran.count("held") == 1 }, "the writer runs")
	// A handler sends a Set to the server and goes on. So the step can begin before the server has stored the value.
	processtest.Eventually(t, func() bool { return c.call(t, "State/a/Look", "", "") == answer{200, "1"} }, "the value, while the writer still runs")
	close(held)
	require.Equal(t, answer{200, "0"}, first())
	require.Equal(t, 422, c.call(t, "State/a/Set", "-7", "").code)
	require.Equal(t, answer{200, "-7"}, c.call(t, "State/a/Look", "", ""), "the error does not undo the Set")

	require.NoError(t, c.Admin().SetState(t.Context(), "State", "b", map[string][]byte{"n": []byte(`"a string"`)}))
	processtest.Eventually(t, func() bool {
		state, err := c.Admin().State(t.Context(), "State", "b")
		require.NoError(t, err)
		return state["n"] == `"a string"`
	}, "the new state")
	id, _ := c.send(t, "State/b/Set", "2", "")
	processtest.Eventually(t, func() bool { return c.row(t, id).Retries > 2 }, "Restate retries a handler that cannot read its state")
	require.NoError(t, c.Admin().Kill(t.Context(), id))
}

// testErrors checks lesson 5: which errors are retried, and what is left of an error after a step.
func (c claims) testErrors(t *testing.T) {
	var ran tally
	terminal := func(code sdk.Code) error { return sdk.ToTerminalError(io.ErrUnexpectedEOF, sdk.WithErrorCode(code)) }
	panicTwice := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		if ran.add("panic") < 3 {
			panic(terminal(422))
		}
		return sdk.Void{}, nil
	}
	step := func(ctx sdk.Context, _ sdk.Void) (bool, error) {
		_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) { return sdk.Void{}, terminal(422) })
		if sdk.AsTerminalError(err).Code() != 422 || sdk.AsTerminalError(err).Message() != io.ErrUnexpectedEOF.Error() {
			return false, errors.New("another code or message")
		}
		return errors.Is(err, io.ErrUnexpectedEOF), nil
	}
	ok := func(sdk.Context, sdk.Void) (sdk.Void, error) { return sdk.Void{}, terminal(200) }
	wrapped := func(sdk.Context, sdk.Void) (sdk.Void, error) {
		return sdk.Void{}, fmt.Errorf("prefix: %w", terminal(402))
	}
	c.serve(t, sdk.NewService("Errors").
		Handler("Panic", sdk.NewServiceHandler(panicTwice)).
		Handler("Step", sdk.NewServiceHandler(step)).
		Handler("OK", sdk.NewServiceHandler(ok)).
		Handler("Wrapped", sdk.NewServiceHandler(wrapped)))
	require.Equal(t, 200, c.call(t, "Errors/Panic", "", "").code, "a panic is retried, even with a terminal error")
	require.Equal(t, 3, ran.count("panic"))
	require.Equal(t, answer{200, "false"}, c.call(t, "Errors/Step", "", ""), "a step's error is a copy without its Go type")
	require.Equal(t, 200, c.call(t, "Errors/OK", "", "").code, "a terminal error with code 200 is an HTTP 200")
	got := c.call(t, "Errors/Wrapped", "", "")
	require.Equal(t, 402, got.code)
	require.Contains(t, got.body, `"message":"unexpected EOF"`, "without the prefix")
}

// testDefer checks lesson 4 and the glossary: a defer runs at each suspension, and one that compensates on a retryable error
// leads to RT0016, unless it looks for a terminal error.
func (c claims) testDefer(t *testing.T) {
	var ran tally
	suspend := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		defer ran.add("suspended or ended")
		return sdk.Void{}, sdk.Sleep(ctx, time.Millisecond)
	}
	compensate := func(ctx sdk.Context, onlyTerminal bool) (_ sdk.Void, err error) {
		defer func() {
			if err != nil && (!onlyTerminal || sdk.IsTerminalError(err)) {
				ran.add("compensation")
				sdk.ServiceSend(ctx, "Defer", "Suspend").Send(sdk.Void{})
			}
		}()
		if ran.add(fmt.Sprint("attempt ", onlyTerminal)) == 1 {
			return sdk.Void{}, errors.New("not yet")
		}
		_, err = sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) { return sdk.Void{}, nil })
		return sdk.Void{}, err
	}
	c.serve(t, sdk.NewService("Defer", patient(), sdk.WithInactivityTimeout(0)).
		Handler("Suspend", sdk.NewServiceHandler(suspend)).
		Handler("Compensate", sdk.NewServiceHandler(compensate)))
	require.Equal(t, 200, c.call(t, "Defer/Suspend", "", "").code)
	require.GreaterOrEqual(t, ran.count("suspended or ended"), 2)
	require.Equal(t, 200, c.call(t, "Defer/Compensate", "true", "").code)
	require.Zero(t, ran.count("compensation"))

	id, _ := c.send(t, "Defer/Compensate", "false", "")
	processtest.Eventually(t, func() bool { return c.row(t, id).LastFailureCode == "RT0016" }, "RT0016")
	require.Positive(t, ran.count("compensation"))
	require.NoError(t, c.Admin().Kill(t.Context(), id))
}

// testStepTwice checks lesson 1 and the quiz: a step that is limited to one try runs twice if the
// journal does not get its result.
func (c claims) testStepTwice(t *testing.T) {
	var ran tally
	one := func(ctx sdk.Context, _ sdk.Void) (int, error) {
		return sdk.Run(ctx, func(sdk.RunContext) (int, error) { return ran.add("step"), nil }, sdk.WithMaxRetryAttempts(1))
	}
	p := serveServices(t, sdk.NewService("Limited").Handler("Run", sdk.NewServiceHandler(one)))
	between, err := proxy.Listen()
	require.NoError(t, err)
	t.Cleanup(func() { between.Close() })
	between.Connect(strings.TrimPrefix(p.url, "http://"))
	var cut atomic.Bool
	between.OnMessage(func(m proxy.Message) bool { return m.Type != proxy.Result || cut.Swap(true) })
	require.NoError(t, c.Admin().Register(t.Context(), between.URL()))
	require.Equal(t, answer{200, "2"}, c.call(t, "Limited/Run", "", ""))
}

// testFutures checks lesson 2: a step that nobody waits for does not start, a call starts at once, and
// the error of a step comes from its Result.
func (c claims) testFutures(t *testing.T) {
	var ran tally
	called := make(chan struct{})
	callee := func(sdk.Context, sdk.Void) (sdk.Void, error) {
		if ran.add("callee") == 1 {
			close(called)
		}
		return sdk.Void{}, nil
	}
	caller := func(ctx sdk.Context, _ sdk.Void) (string, error) {
		step := func(name string, err error) sdk.RunAsyncFuture[sdk.Void] {
			return sdk.RunAsync(ctx, func(sdk.RunContext) (sdk.Void, error) {
				ran.add(name)
				return sdk.Void{}, err
			})
		}
		step("never waited for", nil)
		fails := step("fails", sdk.TerminalErrorf("no"))
		call := sdk.Service[sdk.Void](ctx, "Callee", "Run").RequestFuture(sdk.Void{})
		_, err := sdk.Run(ctx, func(rc sdk.RunContext) (sdk.Void, error) {
			select {
			case <-called:
			case <-time.After(5 * time.Second):
				return sdk.Void{}, sdk.TerminalErrorf("the call does not start before somebody waits for it")
			}
			return sdk.Void{}, nil
		})
		if err != nil {
			return "", err
		}
		if ran.count("fails") > 0 {
			return "", sdk.TerminalErrorf("a step has started that nobody waits for")
		}
		for _, err := range sdk.Wait(ctx, fails) {
			if err != nil {
				return "", sdk.TerminalErrorf("Wait returns the error of the step")
			}
		}
		if _, err := fails.Result(); err == nil {
			return "", sdk.TerminalErrorf("Result returns no error")
		}
		_, err = call.Response()
		return "done", err
	}
	c.serve(t,
		sdk.NewService("Callee").Handler("Run", sdk.NewServiceHandler(callee)),
		sdk.NewService("Caller").Handler("Run", sdk.NewServiceHandler(caller)))
	require.Equal(t, answer{200, `"done"`}, c.call(t, "Caller/Run", "", ""))
	require.Equal(t, 1, ran.count("fails"))
	require.Zero(t, ran.count("never waited for"))
}

// testClientGone checks lesson 5: a caller who goes away does not stop the work.
func (c claims) testClientGone(t *testing.T) {
	var ran tally
	c.serve(t, waiter("Gone", &ran))
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := c.request(ctx, callPath("Gone/o-1/Run"), `"a"`, "")
		gone <- err
	}()
	id := c.oneInvocation(t, "Gone", "o-1").ID
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	require.Equal(t, 200, c.call(t, "Gone/o-1/Go", "", "").code)
	require.Equal(t, answer{200, `"a 1"`}, c.attach(t, id))
}

// testStatuses makes invocations with the statuses of WITHOUT.md that no other test sees, and checks
// that a resume skips the wait of a back-off.
func (c claims) testStatuses(t *testing.T) {
	var ran tally
	sleep := func(ctx sdk.Context, seconds int) (sdk.Void, error) {
		return sdk.Void{}, sdk.Sleep(ctx, time.Duration(seconds)*time.Millisecond)
	}
	fail := func(ctx sdk.Context, _ sdk.Void) (int, error) {
		return sdk.Run(ctx, func(sdk.RunContext) (int, error) {
			if n := ran.add("fail"); n > 1 {
				return n, nil
			}
			return 0, errors.New("not yet")
		})
	}
	c.serve(t,
		sdk.NewService("Sleeper", sdk.WithInactivityTimeout(0)).Handler("Run", sdk.NewServiceHandler(sleep)),
		sdk.NewService("Awake").Handler("Run", sdk.NewServiceHandler(sleep)),
		sdk.NewService("Slow", sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(time.Hour), sdk.WithMaxRetryInterval(time.Hour))).
			Handler("Run", sdk.NewServiceHandler(fail)))
	for service, status := range map[string]string{"Sleeper/Run": "suspended", "Awake/Run": "running", "Awake/Run?delay=1h": "scheduled"} {
		id, _ := c.send(t, service, "3600000", "")
		c.waitStatus(t, id, status)
		require.NoError(t, c.Admin().Kill(t.Context(), id))
	}
	require.Equal(t, 200, c.call(t, "Awake/Run", "1", "k").code)

	id, _ := c.send(t, "Slow/Run", "", "k")
	c.waitStatus(t, id, "backing-off")
	c.patch(t, id, "resume")
	require.Equal(t, answer{200, "2"}, c.attach(t, id))
}

// requireTables requires that the other tests have seen each status of WITHOUT.md and each type of a journal entry in the
// glossary, so that the pages name none that does not exist.
func (c claims) requireTables(t *testing.T) {
	for _, status := range tableCells(t, "WITHOUT.md", "| status | meaning |") {
		require.Positive(t, c.statuses.count(status), "no test has seen the status %s", status)
	}
	types := c.queryColumn(t, "SELECT DISTINCT entry_type FROM sys_journal")
	require.Subset(t, types, tableCells(t, "GLOSSARY.md", "| type | what it records |"))
}

// tableCells returns the first column of the table below a head, in a page of lessons.
func tableCells(t *testing.T, page, head string) (cells []string) {
	t.Helper()
	text, err := os.ReadFile("../../lessons/" + page)
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), head+"\n")
	require.True(t, found, "%s has no table %q", page, head)
	table, _, _ = strings.Cut(table, "\n\n")
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1) {
		cells = append(cells, row[1])
	}
	require.NotEmpty(t, cells)
	return cells
}

// testPrivate checks lesson 2: a private service answers other handlers, and the ingress answers 400.
func (c claims) testPrivate(t *testing.T) {
	hidden := func(sdk.Context, sdk.Void) (string, error) { return "hidden", nil }
	front := func(ctx sdk.Context, _ sdk.Void) (string, error) {
		return sdk.Service[string](ctx, "Hidden", "Run").Request(sdk.Void{})
	}
	c.serve(t,
		sdk.NewService("Hidden", sdk.WithIngressPrivate(true)).Handler("Run", sdk.NewServiceHandler(hidden)),
		sdk.NewService("Front").Handler("Run", sdk.NewServiceHandler(front)))
	require.Equal(t, http.StatusBadRequest, c.call(t, "Hidden/Run", "", "").code)
	require.Equal(t, answer{200, `"hidden"`}, c.call(t, "Front/Run", "", ""))
}

// testUnregistered checks lessons 2 and 6: a call of a service that is not registered is retried until it is.
func (c claims) testUnregistered(t *testing.T) {
	call := func(ctx sdk.Context, _ sdk.Void) (string, error) {
		return sdk.Service[string](ctx, "Late", "Run").Request(sdk.Void{})
	}
	c.serve(t, sdk.NewService("Early", patient()).Handler("Run", sdk.NewServiceHandler(call)))
	id, _ := c.send(t, "Early/Run", "", "k")
	processtest.Eventually(t, func() bool { return c.row(t, id).LastFailureCode == "RT0018" }, "RT0018")
	late := func(sdk.Context, sdk.Void) (string, error) { return "late", nil }
	c.serve(t, sdk.NewService("Late").Handler("Run", sdk.NewServiceHandler(late)))
	require.Equal(t, answer{200, `"late"`}, c.attach(t, id))
}

// testDeployments checks WITHOUT.md and the glossary: what a second registration does, and that an
// invocation stays with the deployment that it began on.
func (c claims) testDeployments(t *testing.T) {
	version := func(name, step string, more ...string) sdk.ServiceDefinition {
		run := func(ctx sdk.WorkflowContext, _ sdk.Void) (string, error) {
			from, err := sdk.Run(ctx, func(sdk.RunContext) (string, error) { return step, nil }, sdk.WithName(step))
			if err != nil {
				return "", err
			}
			_, err = sdk.Promise[string](ctx, "go").Result()
			return from + " in " + step, err
		}
		release := func(ctx sdk.WorkflowSharedContext, _ sdk.Void) (string, error) {
			return step, sdk.Promise[string](ctx, "go").Resolve("now")
		}
		w := sdk.NewWorkflow(name, patient()).Handler("Run", sdk.NewWorkflowHandler(run)).Handler("Go", sdk.NewWorkflowSharedHandler(release))
		for _, handler := range more {
			w.Handler(handler, sdk.NewWorkflowSharedHandler(release))
		}
		return w
	}
	// begin starts a run, and pauses it at its promise, so that the next attempt needs a replay.
	begin := func(target string) string {
		id, _ := c.send(t, target+"/Run", "", "")
		processtest.Eventually(t, func() bool {
			entries, err := c.Admin().Journal(t.Context(), id)
			require.NoError(t, err)
			return len(entries) > 0 && entries[len(entries)-1].Type == "Command: GetPromise"
		}, "the promise")
		c.patch(t, id, "pause")
		c.waitStatus(t, id, "paused")
		return id
	}

	// A new version at a new address: new calls go there, and old invocations stay.
	c.serve(t, version("Moved", "old"))
	old := begin("Moved/o-1")
	c.serve(t, version("Moved", "new"))
	require.Equal(t, answer{200, `"new"`}, c.call(t, "Moved/o-1/Go", "", ""))
	c.patch(t, old, "resume")
	require.Equal(t, answer{200, `"old in old"`}, c.attach(t, old))

	// New handlers at the same address: without force the server does not look for them.
	p := c.serve(t, version("Changed", "old"))
	stays := begin("Changed/o-1")
	p.replace(t, version("Changed", "new", "Extra"))
	register := func(force bool) {
		require.NoError(t, c.Admin().do(t.Context(), http.MethodPost, "/deployments", map[string]any{"uri": p.url, "force": force}, nil))
	}
	register(false)
	require.Equal(t, http.StatusNotFound, c.call(t, "Changed/o-2/Extra", "", "").code)
	register(true)
	require.Equal(t, answer{200, `"new"`}, c.call(t, "Changed/o-2/Extra", "", ""))

	// Another way through the steps at the same address: the old invocation stops with RT0016.
	c.patch(t, stays, "resume")
	processtest.Eventually(t, func() bool { return c.row(t, stays).LastFailureCode == "RT0016" }, "RT0016")
	require.NoError(t, c.Admin().Kill(t.Context(), stays))
}

// testLongStep checks lessons 5 and 6: an attempt that is silent for too long is broken off, and the step
// runs again while its first run still goes on.
func (c claims) testLongStep(t *testing.T) {
	var ran tally
	over := make(chan struct{})
	long := func(ctx sdk.Context, _ sdk.Void) (int, error) {
		return sdk.Run(ctx, func(sdk.RunContext) (int, error) {
			n := ran.add("long")
			if n == 1 {
				<-over
			}
			return n, nil
		})
	}
	c.serve(t, sdk.NewService("Long", sdk.WithInactivityTimeout(time.Millisecond), sdk.WithAbortTimeout(time.Millisecond)).
		Handler("Run", sdk.NewServiceHandler(long)))
	defer close(over)
	require.Equal(t, 200, c.call(t, "Long/Run", "", "").code)
	require.GreaterOrEqual(t, ran.count("long"), 2, "while the first run still goes on")
}

// testAwakeable checks the glossary: a program that knows the id of an awakeable may deliver its value.
func (c claims) testAwakeable(t *testing.T) {
	wait := func(ctx sdk.ObjectContext, _ sdk.Void) (string, error) {
		arrived := sdk.Awakeable[string](ctx)
		sdk.Set(ctx, "id", arrived.Id())
		return arrived.Result()
	}
	id := func(ctx sdk.ObjectSharedContext, _ sdk.Void) (string, error) { return sdk.Get[string](ctx, "id") }
	c.serve(t, sdk.NewObject("Parcel").Handler("Wait", sdk.NewObjectHandler(wait)).Handler("ID", sdk.NewObjectSharedHandler(id)))
	waits := c.begin(t, "Parcel/p-1/Wait", "", "")
	var name string
	processtest.Eventually(t, func() bool {
		name = strings.Trim(c.call(t, "Parcel/p-1/ID", "", "").body, `"`)
		return name != ""
	}, "the awakeable's id")
	got, err := c.request(t.Context(), "/restate/awakeables/"+name+"/resolve", `"here"`, "")
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, got.code)
	require.Equal(t, answer{200, `"here"`}, waits())
}

// testUI checks WITHOUT.md and the glossary: the admin API's port has the UI. It also checks that the code of the UI has
// the words that lesson 3 tells people to look for.
func (c claims) testUI(t *testing.T) {
	page := c.getAsset(t, "/ui/")
	code := new(strings.Builder)
	for _, file := range regexp.MustCompile(`/ui/assets/[\w.-]+\.js`).FindAllString(page, -1) {
		code.WriteString(c.getAsset(t, file))
	}
	for _, word := range []string{"Invocations", "All", "State", "Running", "Suspended", "Pending"} {
		require.True(t, strings.Contains(code.String(), `"`+word+`"`), "the UI has no word %s", word)
	}
}

// getAsset returns a file that the admin API's port serves.
func (c claims) getAsset(t *testing.T, path string) string {
	t.Helper()
	res, err := c.admin.client.Get(c.admin.base + path)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode, path)
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(text)
}

// testJitter checks lesson 5 and the glossary: Restate adds up to 30 % to a back-off, at random.
func (c claims) testJitter(t *testing.T) {
	const wait, calls = 1000 * time.Second, 20
	fail := func(sdk.Context, sdk.Void) (sdk.Void, error) { return sdk.Void{}, errors.New("no") }
	c.serve(t, sdk.NewService("Jitter", sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(wait), sdk.WithMaxRetryInterval(time.Hour))).
		Handler("Run", sdk.NewServiceHandler(fail)))
	began := time.Now()
	for range calls {
		c.send(t, "Jitter/Run", "", "")
	}
	var rows []Invocation
	processtest.Eventually(t, func() bool {
		var err error
		rows, err = c.Admin().Invocations(t.Context(), InvocationFilter{Service: "Jitter", Statuses: []string{"backing-off"}})
		require.NoError(t, err)
		return len(rows) == calls
	}, "%d failures", calls)
	failed := time.Now()
	least, most := rows[0].NextRetry, rows[0].NextRetry
	for _, row := range rows {
		require.WithinRange(t, row.NextRetry, began.Add(wait), failed.Add(wait+wait*3/10))
		if row.NextRetry.Before(least) {
			least = row.NextRetry
		}
		if row.NextRetry.After(most) {
			most = row.NextRetry
		}
		require.NoError(t, c.Admin().Kill(t.Context(), row.ID))
	}
	require.Greater(t, most.Sub(least), wait/10, "the waits differ")
}
