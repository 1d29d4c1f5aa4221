package proxy

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// If a message is too large, restate-server drops it and reports nothing to the program. So the
// proxy reports how the attempt ended.
func TestAMessageThatTheServerDoesNotTake(t *testing.T) {
	for _, c := range []struct {
		t    Type
		what string
	}{
		{Result, "the result of a step"},
		{Output, "the answer of the handler"},
		{Call, "the request of a call"},
		{Send, "the request of a send"},
		{setState, "a value of the state"},
		{Error, "a message"},
	} {
		p := &Proxy{sent: map[string][]Type{}}
		a := &Attempt{Invocation: "inv"}
		require.NoError(t, p.passMessage(a, c.t, nil))
		a.End = ""
		require.ErrorIs(t, p.passMessage(a, c.t, make([]byte, 40<<20)), errTooLarge)
		require.Equal(t, "error: "+c.what+" has 40 MB, and Restate takes at most 32 MB at once; store it elsewhere, and keep its name", a.End)
		require.Equal(t, "1: "+a.End, (&Attempt{N: 1, End: a.End}).Line())
	}
	require.Empty(t, tooLarge(Result, serverMax))
	require.NotEmpty(t, tooLarge(Result, serverMax+1))
}
