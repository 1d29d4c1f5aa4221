package world

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The lines of the SDK's logger are not the learner's. A learner may use the same logger.
func TestOwnLines(t *testing.T) {
	require.Equal(t, []string{
		"charging o-1",
		"2026/01/02 03:04:05 I am here",
		"2026/01/02 03:04:05 INFO charged method=Checkout/Place invocationID=inv_1",
	}, ownLines("2026/01/02 03:04:05 WARN Accepting requests without validating request signatures; handler access must be restricted\n"+
		"2026/01/02 03:04:05 INFO Restate SDK started listening on 127.0.0.1:44101\n"+
		"charging o-1\n\n"+
		"2026/01/02 03:04:05 WARN Invocation returned a terminal failure method=Checkout/Place err=declined\n"+
		"2026/01/02 03:04:05 I am here\n"+
		"2026/01/02 03:04:05 ERROR Invocation panicked, returning error to Restate method=Checkout/Place\n"+
		"2026/01/02 03:04:05 http: panic serving 127.0.0.1:1\n"+
		"2026/01/02 03:04:05 INFO charged method=Checkout/Place invocationID=inv_1"))
	require.Empty(t, ownLines(""))
}
