package world

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/proxy"
)

func TestDoomed(t *testing.T) {
	const enough = 3
	for _, c := range []struct {
		what string
		end  proxy.Attempt
		rung bool
	}{
		{"a failure that may pass", proxy.Attempt{N: 2, End: "error: no", Code: 500}, false},
		{"one too many", proxy.Attempt{N: 3, End: "error: no", Code: 500}, true},
		{"a replay that goes another way", proxy.Attempt{N: 2, End: "error: no", Code: proxy.Mismatch}, true},
		{"a wait", proxy.Attempt{N: 9, End: "suspended"}, false},
		{"an end", proxy.Attempt{N: 9, End: "done"}, false},
	} {
		var d failureSignal
		rung := d.Next(enough)
		d.onEvent(proxy.Event{Attempt: &c.end, What: proxy.Began})
		d.onEvent(proxy.Event{Attempt: &c.end, What: proxy.Ended, How: c.end.End})
		select {
		case <-rung:
			require.True(t, c.rung, c.what)
		default:
			require.False(t, c.rung, c.what)
		}
		select {
		case <-d.Next(enough):
			require.Fail(t, "it rings on", c.what)
		default:
		}
	}
}
