package watchdog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
)

// A cancelled call has time to notice the cancel, even if it failed many times before.
func TestFailuresBeforeACancelDoNotCount(t *testing.T) {
	s := New(nil, "o-1")
	enough := s.maxRetries()
	for _, look := range []struct {
		what      string
		retries   int
		signalled bool
		hears     bool
	}{
		{"the cancel is on its way", 3 * enough, false, true},
		{"it is in the journal", 4 * enough, true, true},
		{"it was not heard of yet", 5*enough - 1, true, true},
		{"nor ever", 5 * enough, true, false},
	} {
		require.Equal(t, look.hears, s.hearsCancel(world.Invocation{ID: "inv_1", Retries: look.retries}, look.signalled), look.what)
	}
	require.True(t, s.hearsCancel(world.Invocation{ID: "inv_2", Retries: 9 * enough}, true), "each has its own")
}

// An attempt that could not reach the program says nothing about the learner's code.
func TestUnreachedAttemptsDoNotCount(t *testing.T) {
	require.Equal(t, 2, countUnreached([]proxy.Attempt{{End: "killed"}, {End: proxy.Unreachable}, {End: proxy.Unreachable}, {End: "error: no"}, {}}))
}

// A script that makes all requests fail for several subjects says so more than once. Each
// invocation still has the same number of attempts.
func TestAllFailingIsNotAddedUp(t *testing.T) {
	w := New(nil, "o-1")
	w.ExpectFailures(-1)
	w.ExpectFailures(-24)
	require.Equal(t, claim.MaxRetriesAllFailing, w.maxRetries())
	w.ExpectFailures(12)
	require.Equal(t, claim.MaxRetriesAllFailing+12, w.maxRetries(), "a later step of the same handler fails too")
}

// A run of a workflow has no idempotency key.
func TestOnlyOneCallIsLookedAt(t *testing.T) {
	run := func(key string) *world.Call {
		return &world.Call{Target: world.Target{Service: "Order", Key: key, Handler: "CreateOrder"}}
	}
	s := New(nil, "o-1")
	s.Calls = map[string]*world.Call{"a": run("o-1-a"), "b": run("o-1-b")}
	a, b := world.Invocation{Service: "Order", Key: "o-1-a", Handler: "CreateOrder"}, world.Invocation{Service: "Order", Key: "o-1-b", Handler: "CreateOrder"}
	require.True(t, s.isOwn(a) && s.isOwn(b))
	s.Only = s.Calls["a"]
	require.True(t, s.isOwn(a))
	require.False(t, s.isOwn(b))
}

// A call that is still open may resolve the promise: on a busy machine that takes seconds.
func TestPromiseMayStillBeResolved(t *testing.T) {
	entries := []world.JournalEntry{{Type: "Command: Input"}, {Type: "Command: GetPromise"}}
	order := &world.Call{Target: world.Target{Service: "Order", Key: "o-1", Handler: "CreateOrder"}, Done: make(chan struct{})}
	approval := &world.Call{Target: world.Target{Service: "Order", Key: "o-1", Handler: "Approve"}, Key: "o-1/approval", Done: make(chan struct{})}
	looksUntilFailure := func() (n int) {
		w := New(nil, "o-1")
		w.Calls = map[string]*world.Call{"order": order, "approval": approval}
		for n = 1; w.checkPromise(order, world.Invocation{ID: "inv_1"}, entries, claim.ExpectAnswerFrom("Order/o-1/CreateOrder")) == nil; n++ {
			require.Less(t, n, 100)
		}
		return n
	}
	require.Equal(t, 25, looksUntilFailure())
	close(approval.Done)
	require.Equal(t, 5, looksUntilFailure())
}
