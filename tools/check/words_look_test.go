package check

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// However often it had failed by then, a call that was cancelled has its time to
// hear of it.
func TestFailuresBeforeACancelDoNotCount(t *testing.T) {
	s := &Script{}
	enough := s.tooMany()
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
		require.Equal(t, look.hears, s.hears(invocation{ID: "inv_1", Retries: look.retries}, look.signalled), look.what)
	}
	require.True(t, s.hears(invocation{ID: "inv_2", Retries: 9 * enough}, true), "each has its own")
}
