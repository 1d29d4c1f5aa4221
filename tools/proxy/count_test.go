package proxy

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// The run of a workflow keeps its id: after Restate has forgotten the run, the next one
// is not one more attempt of it.
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
