package restate

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
)

// A family is an invocation that waits for one call, and has sent two one-way calls, of which one has ended.
type family struct {
	c       claims
	name    string
	ran     tally
	undo    chan struct{} // closed when the compensation may end
	program *served
	answer  func() answer // of the invocation
	id      string
	second  string // the id of a second call for the same object key
}

// startFamily starts the invocation, and waits until every one of its calls runs.
func (c claims) startFamily(t *testing.T, name string) *family {
	t.Helper()
	f := &family{c: c, name: name, undo: make(chan struct{})}
	f.program = c.serve(t, f.parent(), waiter(name+"Child", &f.ran))
	f.answer = c.begin(t, name+"/p/Run", "", "kept")
	f.id = c.oneInvocation(t, name, "p").ID
	for _, child := range []string{"ended", "sent", "called"} {
		processtest.Eventually(t, func() bool { return len(f.children(t, child)) == 1 }, "the child %s", child)
	}
	f.release(t, "ended")
	require.Equal(t, 200, c.attach(t, f.child(t, "ended").ID).code)
	f.second, _ = c.send(t, name+"/p/Touch", "", "second")
	c.waitStatus(t, f.second, "pending")
	return f
}

// parent returns the object whose exclusive handler makes the calls.
func (f *family) parent() sdk.ServiceDefinition {
	run := func(ctx sdk.ObjectContext, _ sdk.Void) (string, error) {
		f.ran.add("attempt")
		sdk.WorkflowSend(ctx, f.name+"Child", "ended", "Run").Send("x")
		sdk.WorkflowSend(ctx, f.name+"Child", "sent", "Run").Send("x")
		answer, err := sdk.Workflow[string](ctx, f.name+"Child", "called", "Run").Request("x")
		if err == nil {
			return answer, nil
		}
		if sdk.AsTerminalError(err).Code() == http.StatusConflict {
			f.ran.add("cancelled")
		}
		_, undone := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) {
			f.ran.add("compensation")
			<-f.undo
			return sdk.Void{}, nil
		})
		return "", errors.Join(err, undone)
	}
	touch := func(sdk.ObjectContext, sdk.Void) (string, error) { return "touched", nil }
	look := func(sdk.ObjectSharedContext, sdk.Void) (string, error) { return "seen", nil }
	return sdk.NewObject(f.name).
		Handler("Run", sdk.NewObjectHandler(run)).
		Handler("Touch", sdk.NewObjectHandler(touch)).
		Handler("Look", sdk.NewObjectSharedHandler(look))
}

func (f *family) children(t *testing.T, key string) []Invocation {
	t.Helper()
	all, err := f.c.Admin().Invocations(t.Context(), InvocationFilter{Service: f.name + "Child", Key: key})
	require.NoError(t, err)
	var runs []Invocation
	for _, i := range all {
		if i.Handler == "Run" {
			runs = append(runs, i)
		}
	}
	return runs
}

func (f *family) child(t *testing.T, key string) Invocation {
	t.Helper()
	runs := f.children(t, key)
	require.Len(t, runs, 1)
	return runs[0]
}

// release lets a child finish.
func (f *family) release(t *testing.T, key string) {
	t.Helper()
	require.Equal(t, 200, f.c.call(t, f.name+"Child/"+key+"/Go", "", "").code)
}

// requireEnd waits until a child has ended, and requires its error, "" for none.
func (f *family) requireEnd(t *testing.T, key, failure string) {
	t.Helper()
	c := f.c
	c.waitStatus(t, f.child(t, key).ID, "completed")
	require.Equal(t, failure, f.child(t, key).Failure, key)
}

// testCancel checks the column cancel of the table in WITHOUT.md.
func (c claims) testCancel(t *testing.T) {
	f := c.startFamily(t, "Cancel")
	c.patch(t, f.id, "cancel")
	f.requireEnd(t, "called", "[409] Cancelled")
	processtest.Eventually(t, func() bool { return f.ran.count("compensation") == 1 }, "the compensation")
	require.Equal(t, 1, f.ran.count("cancelled"), "the code got an error with code 409")
	require.Equal(t, "pending", c.row(t, f.second).Status, "the object key is taken until the code returns")
	close(f.undo)
	got := f.answer()
	require.Equal(t, http.StatusConflict, got.code)
	require.Contains(t, got.body, `"Cancelled"`)
	require.Equal(t, answer{200, `"touched"`}, c.attach(t, f.second), "the object key is free")

	require.NotEqual(t, "completed", f.child(t, "sent").Status)
	f.release(t, "sent")
	f.requireEnd(t, "sent", "")
	f.requireEnd(t, "ended", "")
}

// testKill checks the column kill.
func (c claims) testKill(t *testing.T) {
	f := c.startFamily(t, "Kill")
	c.patch(t, f.id, "kill")
	got := f.answer()
	require.Equal(t, http.StatusConflict, got.code)
	require.Contains(t, got.body, `"killed"`)
	require.Equal(t, answer{200, `"touched"`}, c.attach(t, f.second), "the object key is free")
	f.requireEnd(t, "called", "[409] killed")
	f.requireEnd(t, "sent", "[409] killed")
	f.requireEnd(t, "ended", "")
	require.Equal(t, 1, f.ran.count("attempt"))
	require.Zero(t, f.ran.count("cancelled"), "the code sees nothing")
	require.Zero(t, f.ran.count("compensation"))
}

// testEndDuringAStep checks WITHOUT.md: after a cancel or a kill, the function of a step that is running goes on,
// with an rc that is cancelled. After a kill, no further line of the handler runs.
func (c claims) testEndDuringAStep(t *testing.T) {
	var ran tally
	run := func(ctx sdk.Context, verb string) (sdk.Void, error) {
		_, err := sdk.Run(ctx, func(rc sdk.RunContext) (sdk.Void, error) {
			ran.add(verb)
			<-rc.Done()
			ran.add("end of the step, " + verb)
			return sdk.Void{}, nil
		})
		ran.add("after the step, " + verb)
		return sdk.Void{}, err
	}
	p := c.serve(t, sdk.NewService("Ended").Handler("Run", sdk.NewServiceHandler(run)))
	for verb, further := range map[string]int{"cancel": 1, "kill": 0} {
		id, _ := c.send(t, "Ended/Run", `"`+verb+`"`, verb)
		processtest.Eventually(t, func() bool { return ran.count(verb) == 1 }, "the step")
		c.patch(t, id, verb)
		c.waitStatus(t, id, "completed")
		processtest.Eventually(t, func() bool { return ran.count("end of the step, "+verb) == 1 }, "the end of the step, %s", verb)
		processtest.Eventually(t, func() bool { return p.open.Load() == 0 }, "the end of the attempt")
		require.Equal(t, further, ran.count("after the step, "+verb), verb)
	}
}

// testPauseAndResume checks the columns pause and resume.
func (c claims) testPauseAndResume(t *testing.T) {
	f := c.startFamily(t, "Pause")
	c.patch(t, f.id, "pause")
	c.waitStatus(t, f.id, "paused")
	f.release(t, "called")
	f.release(t, "sent")
	f.requireEnd(t, "called", "")
	f.requireEnd(t, "sent", "")
	require.Equal(t, answer{200, `"seen"`}, c.call(t, "Pause/p/Look", "", ""), "a shared handler answers")
	require.Equal(t, "paused", c.row(t, f.id).Status, "although its call has its answer")
	require.Equal(t, "pending", c.row(t, f.second).Status, "the object key is taken")
	require.Equal(t, 1, f.ran.count("attempt"))
	require.Zero(t, f.ran.count("cancelled"))

	c.patch(t, f.id, "resume")
	require.Equal(t, answer{200, `"x 1"`}, f.answer())
	require.Equal(t, 2, f.ran.count("attempt"), "a replay from the first line")
	require.Equal(t, answer{200, `"touched"`}, c.attach(t, f.second))
	require.Zero(t, f.ran.count("compensation"))
}

// testCancelPaused checks lessons 2, 3 and 5: a cancel ends a pause, and the code reacts. A kill ends it at once.
func (c claims) testCancelPaused(t *testing.T) {
	for verb, reactions := range map[string]int{"cancel": 1, "kill": 0} {
		f := c.startFamily(t, "Paused"+verb)
		close(f.undo)
		c.patch(t, f.id, "pause")
		c.waitStatus(t, f.id, "paused")
		c.patch(t, f.id, verb)
		require.Equal(t, http.StatusConflict, f.answer().code)
		require.Equal(t, answer{200, `"touched"`}, c.attach(t, f.second), "the object key is free")
		require.Equal(t, reactions, f.ran.count("compensation"), verb)
	}
}

// testProgramDown checks the row "if the program is down".
func (c claims) testProgramDown(t *testing.T) {
	var ran tally
	run := func(ctx sdk.Context, _ sdk.Void) (string, error) {
		_, err := sdk.Run(ctx, func(sdk.RunContext) (int, error) { return ran.add("step"), nil })
		if err != nil {
			ran.add("error")
			return "", err
		}
		return "done", nil
	}
	p := c.serve(t, sdk.NewService("Down", patient()).Handler("Run", sdk.NewServiceHandler(run)))
	p.down.Store(true)
	ids := map[string]string{}
	for _, verb := range []string{"cancel", "kill", "pause", "resume"} {
		ids[verb], _ = c.send(t, "Down/Run", "", verb)
		c.waitStatus(t, ids[verb], "backing-off")
	}
	c.patch(t, ids["kill"], "kill")
	require.Equal(t, http.StatusConflict, c.attach(t, ids["kill"]).code, "a kill works")
	for _, verb := range []string{"pause", "resume"} {
		c.patch(t, ids[verb], "pause")
		c.waitStatus(t, ids[verb], "paused")
	}
	c.patch(t, ids["resume"], "resume")
	processtest.Eventually(t, func() bool { return c.row(t, ids["resume"]).Retries > 2 }, "retries after the resume")
	c.patch(t, ids["cancel"], "cancel")
	retries := c.row(t, ids["cancel"]).Retries
	processtest.Eventually(t, func() bool { return c.row(t, ids["cancel"]).Retries > retries+2 }, "retries after the cancel")
	require.NotEqual(t, "completed", c.row(t, ids["cancel"]).Status, "a cancel waits for the program")

	p.down.Store(false)
	require.Equal(t, answer{200, `"done"`}, c.attach(t, ids["resume"]))
	require.Equal(t, http.StatusConflict, c.attach(t, ids["cancel"]).code)
	require.Equal(t, 1, ran.count("error"))
	require.Equal(t, 1, ran.count("step"))
	require.Equal(t, "paused", c.row(t, ids["pause"]).Status)
}

// patient returns a retry policy that does not end while a test runs.
func patient() sdk.ServiceDefinitionOption {
	return sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(20*time.Millisecond), sdk.WithRetryIntervalFactor(1), sdk.WithMaxRetryAttempts(100_000))
}

// testSharedAttempts checks lesson 5 and the glossary: the retry limit counts the attempts of all steps together, and a resume
// gives a new set of attempts. A step with options of its own does not follow the policy.
func (c claims) testSharedAttempts(t *testing.T) {
	var ran tally
	limit := func(last sdk.InvocationRetryPolicyOption) sdk.ServiceDefinitionOption {
		return sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(time.Millisecond), sdk.WithMaxRetryAttempts(3), last)
	}
	failUntil := func(ctx sdk.Context, name string, n int, options ...sdk.RunOption) error {
		_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) {
			if ran.add(name) < n {
				return sdk.Void{}, errors.New("not yet")
			}
			return sdk.Void{}, nil
		}, options...)
		return err
	}
	run := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		return sdk.Void{}, errors.Join(failUntil(ctx, "first", 2), failUntil(ctx, "second", 6))
	}
	options := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		return sdk.Void{}, failUntil(ctx, "options", 9, sdk.WithInitialRetryInterval(time.Millisecond))
	}
	tries := func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
		return sdk.Void{}, failUntil(ctx, "tries", 99, sdk.WithInitialRetryInterval(time.Millisecond), sdk.WithMaxRetryAttempts(5))
	}
	c.serve(t,
		sdk.NewService("Limit", limit(sdk.PauseOnMaxAttempts())).
			Handler("Run", sdk.NewServiceHandler(run)).
			Handler("Options", sdk.NewServiceHandler(options)).
			Handler("Tries", sdk.NewServiceHandler(tries)),
		sdk.NewService("Deadly", limit(sdk.KillOnMaxAttempts())).
			Handler("Run", sdk.NewServiceHandler(func(ctx sdk.Context, _ sdk.Void) (sdk.Void, error) {
				return sdk.Void{}, failUntil(ctx, "deadly", 99)
			})))

	id, _ := c.send(t, "Limit/Run", "", "k")
	c.waitStatus(t, id, "paused")
	require.Equal(t, []int{2, 2}, []int{ran.count("first"), ran.count("second")}, "three attempts, all steps together")
	c.patch(t, id, "resume")
	processtest.Eventually(t, func() bool { return ran.count("second") == 5 && c.row(t, id).Status == "paused" }, "three more attempts")
	c.patch(t, id, "resume")
	require.Equal(t, 200, c.attach(t, id).code)
	require.Equal(t, 2, ran.count("first"), "a finished step is not run again")

	require.Equal(t, 200, c.call(t, "Limit/Options", "", "").code)
	require.Equal(t, 9, ran.count("options"), "no limit: the options replace the whole policy")
	got := c.call(t, "Limit/Tries", "", "")
	require.Equal(t, 500, got.code)
	require.Contains(t, got.body, "not yet")
	require.Equal(t, 5, ran.count("tries"))

	got = c.call(t, "Deadly/Run", "", "")
	require.Equal(t, 500, got.code)
	require.True(t, strings.Contains(got.body, "not yet"), got.body)
	require.Equal(t, 3, ran.count("deadly"))
}
