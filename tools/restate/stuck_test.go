package restate

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
)

// An invocation that waits for a person says why, which object key it holds, and how to
// free it; and the command that it prints works.
func TestStuck(t *testing.T) {
	t.Parallel()
	c := claims{start(t, Options{IngressAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0"}), new(tally)}
	run := stuckRun{c}
	c.serve(t, run.services()...)
	for _, test := range []struct {
		name  string
		begin func(*testing.T) (id string)
		is    string   // a pattern of the headline
		lines []string // patterns of its lines
		free  string   // the verb that is typed
		code  int      // of the answer after that
	}{
		{
			"a step of a virtual object, resumed", run.sends("StuckObject/k-1/Fail"),
			"is paused: there is no attempt until somebody resumes it",
			[]string{"reason: step charge: no money", "key: k-1 of StuckObject is held; a later call that needs it waits", "resume: ", "kill: "},
			"resume", 200,
		},
		{
			"a handler of a workflow, killed", run.sends("StuckFlow/w-1/Run"),
			"is paused: .*", []string{"reason: no luck", "key: w-1 of StuckFlow is held; a second run of this workflow is refused", "resume: ", "kill: "},
			"kill", 409,
		},
		{
			"a service", run.sends("StuckService/Fail"), "is paused: .*", []string{"reason: no luck", "resume: ", "kill: "}, "kill", 409,
		},
		{
			"a shared handler holds nothing", run.sends("StuckObject/k-1/Look"), "is paused: .*", []string{"reason: no luck", "resume: ", "kill: "}, "kill", 409,
		},
		{
			"paused by hand", run.pauses("StuckObject/k-2/Wait", "running"),
			"is paused: .*", []string{"reason: no attempt has failed; somebody paused it", "key: k-2 of StuckObject is held; .*", "resume: ", "kill: "},
			"kill", 409,
		},
		{
			"paused by hand after a failure", run.pauses("StuckService/Slow", "backing-off"), "is paused: .*", []string{"reason: no luck", "resume: ", "kill: "}, "kill", 409,
		},
		{
			"a long back-off", run.sends("StuckObject/k-3/Slow"),
			`has failed 1 time, and its next attempt is at \d\d:\d\d:\d\d`,
			[]string{"reason: no luck", "key: k-3 of StuckObject is held; .*", "resume: ", "kill: "}, "kill", 409,
		},
		{
			"many failures", run.sends("StuckService/Often"),
			`has failed \d+ times, and its next attempt is at .*`, []string{"reason: no luck", "resume: ", "kill: "}, "kill", 409,
		},
		{
			"behind a key that a paused invocation holds", run.sendsBehind("StuckObject/k-4/Fail"),
			"waits: another invocation holds its object key",
			[]string{"reason: step charge: no money", `key: k-4 of StuckObject, held by StuckObject/k-4/Fail inv_\w+ \(paused\)`, "resume: ", "kill: "}, "kill", 200,
		},
		{
			"behind a handler that runs", run.sendsBehind("StuckObject/k-5/Wait"),
			"waits: another invocation holds its object key",
			[]string{`key: k-5 of StuckObject, held by StuckObject/k-5/Wait inv_\w+ \((running|suspended)\)`, "cancel: ", "kill: "}, "kill", 200,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			id := test.begin(t)
			var found Stuck
			processtest.Eventually(t, func() bool {
				all, err := c.Admin().Stuck(t.Context())
				require.NoError(t, err)
				for _, s := range all {
					if s.ID == id {
						found = s
					}
				}
				return found.ID != ""
			}, "%s is stuck", id)
			require.Regexp(t, "^"+test.is+"$", found.Headline())
			lines := found.Lines()
			require.Len(t, lines, len(test.lines), "%v", lines)
			for n, want := range test.lines {
				require.Regexp(t, "^"+want, lines[n].Title+": "+lines[n].Text)
				if lines[n].Title == test.free {
					out, err := exec.Command("sh", "-c", lines[n].Text+" -sS -f --max-time 20").CombinedOutput()
					require.NoError(t, err, "%s: %s", lines[n].Text, out)
				}
			}
			require.Equal(t, test.code, c.attach(t, id).code)
			all, err := c.Admin().Stuck(t.Context())
			require.NoError(t, err)
			require.False(t, hasID(all, id), "it is over")
		})
	}
	t.Run("followed", run.testFollow)
}

// testFollow follows an invocation that fails at each attempt: it becomes stuck once, and
// what there is to say about it changes.
func (r stuckRun) testFollow(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	id := r.sends("StuckService/Always")(t)
	becomes, says, ended, done := 0, 0, make(chan Invocation, 1), make(chan struct{})
	go func() {
		defer close(done)
		r.Admin().FollowStuck(ctx, func(s Stuck, changed bool) {
			if s.ID != id {
				return
			}
			if says++; changed {
				becomes++
			}
			if says == 3 {
				r.Admin().Kill(ctx, id)
			}
		}, func(i Invocation) {
			if i.ID == id {
				ended <- i
			}
		})
	}()
	require.Equal(t, "[409] killed", (<-ended).Failure)
	stop()
	<-done
	require.Equal(t, 1, becomes)
}

func hasID(all []Stuck, id string) bool {
	for _, s := range all {
		if s.ID == id {
			return true
		}
	}
	return false
}

// stuckRun has services that fail.
type stuckRun struct{ claims }

func (r stuckRun) services() []sdk.ServiceDefinition {
	limit := sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(time.Millisecond), sdk.WithMaxRetryAttempts(2), sdk.PauseOnMaxAttempts())
	slow := sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(time.Hour))
	often := sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(time.Millisecond), sdk.WithRetryIntervalFactor(1.5), sdk.WithMaxRetryAttempts(1000))
	always := sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(300*time.Millisecond), sdk.WithRetryIntervalFactor(1), sdk.WithMaxRetryAttempts(1000))
	var tries tally
	fail := func(ctx sdk.ObjectContext, _ sdk.Void) (sdk.Void, error) {
		_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) {
			if tries.add(sdk.Key(ctx)) > 2 {
				return sdk.Void{}, nil
			}
			return sdk.Void{}, errors.New("no money\nand more")
		}, sdk.WithName("charge"))
		return sdk.Void{}, err
	}
	wait := func(ctx sdk.ObjectContext, _ sdk.Void) (sdk.Void, error) {
		_, err := sdk.Awakeable[string](ctx).Result()
		return sdk.Void{}, err
	}
	luckless := errors.New("no luck")
	return []sdk.ServiceDefinition{
		sdk.NewObject("StuckObject", limit).
			Handler("Fail", sdk.NewObjectHandler(fail)).
			Handler("Wait", sdk.NewObjectHandler(wait)).
			Handler("Touch", sdk.NewObjectHandler(func(sdk.ObjectContext, sdk.Void) (string, error) { return "touched", nil })).
			Handler("Slow", sdk.NewObjectHandler(func(sdk.ObjectContext, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless }, slow)).
			Handler("Look", sdk.NewObjectSharedHandler(func(sdk.ObjectSharedContext, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless })),
		sdk.NewWorkflow("StuckFlow", limit).
			Handler("Run", sdk.NewWorkflowHandler(func(sdk.WorkflowContext, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless })),
		sdk.NewService("StuckService", limit).
			Handler("Fail", sdk.NewServiceHandler(func(sdk.Context, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless })).
			Handler("Slow", sdk.NewServiceHandler(func(sdk.Context, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless }, slow)).
			Handler("Always", sdk.NewServiceHandler(func(sdk.Context, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless }, always)).
			Handler("Often", sdk.NewServiceHandler(func(sdk.Context, sdk.Void) (sdk.Void, error) { return sdk.Void{}, luckless }, often)),
	}
}

// sends returns a function that sends a call, and returns its id.
func (r stuckRun) sends(path string) func(*testing.T) string {
	return func(t *testing.T) string {
		key := path // so that there is an answer to wait for; a workflow's run takes none
		if strings.HasPrefix(path, "StuckFlow") {
			key = ""
		}
		id, _ := r.send(t, path, "", key)
		return id
	}
}

// pauses does what sends does, and pauses the invocation once it has a status.
func (r stuckRun) pauses(path, status string) func(*testing.T) string {
	return func(t *testing.T) string {
		id := r.sends(path)(t)
		r.waitStatus(t, id, status)
		r.patch(t, id, "pause")
		r.waitStatus(t, id, "paused")
		return id
	}
}

// sendsBehind sends a call, and then one that waits for the same key, of which it
// returns the id.
func (r stuckRun) sendsBehind(path string) func(*testing.T) string {
	return func(t *testing.T) string {
		r.sends(path)(t)
		object, _, _ := strings.Cut(path[len("StuckObject/"):], "/")
		id := r.sends(fmt.Sprintf("StuckObject/%s/Touch", object))(t)
		r.waitStatus(t, id, "pending")
		return id
	}
}

func TestReasonsAreShort(t *testing.T) {
	require.Equal(t, "the program did not answer", plainReason("h2 pool connection error: stream error received: unexpected internal error encountered"))
	require.Equal(t, "no luck", plainReason("[500 Internal] no luck"))
	require.Equal(t, "row is there already", plainReason("row is there already\nstack"))
	require.Len(t, []rune(plainReason(strings.Repeat("é", 1000))), longestReason+1)
	require.Regexp(t, "^é+…$", plainReason(strings.Repeat("é", 1000)))
}
