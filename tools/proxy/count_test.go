package proxy

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// All runs of a workflow have the same id. After Restate has forgotten a run, the attempts of the
// next run are counted from 1 again.
func TestAttemptsAreCountedPerRun(t *testing.T) {
	p := &Proxy{streams: map[string]int{}}
	begin := func(id string) *Attempt {
		r := httptest.NewRequest("POST", "/invoke/Order/CreateOrder", nil)
		r.Header.Set("X-Restate-Invocation-Id", id)
		return p.addAttempt(r)
	}
	first := begin("inv_1")
	first.setEnd("cut")
	require.Equal(t, 1, begin("inv_2").N, "another invocation")
	second := begin("inv_1")
	require.Equal(t, 2, second.N, "Restate retries the first attempt")
	second.setEnd("done")
	require.Equal(t, 1, begin("inv_1").N, "Restate has forgotten the run")
}
