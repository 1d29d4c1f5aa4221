package stage

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// Every lesson lists how its handlers are called.
func TestCallsAreJSON(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		calls, err := ReadCalls(root, l)
		require.NoError(t, err)
		require.NotEmpty(t, calls, "testdata/%s/run.txt has no calls for make run %d", l.Slug, l.N)
		for _, c := range calls {
			require.Regexp(t, `^[A-Z]\w+(/[A-Za-z0-9._-]+)?/[A-Z]\w+(/send)?$`, c.Path)
			require.True(t, c.JSON == "" || json.Valid([]byte(c.JSON)), c.JSON)
		}
	}
}

func TestCurlLines(t *testing.T) {
	require.Equal(t, "curl 127.0.0.1:8080/restate/call/Cart/c-1/View", Call{Path: "Cart/c-1/View"}.Curl("127.0.0.1:8080"))
	require.Equal(t, `curl h:1/restate/call/A/B -H 'content-type: application/json' -d '{"a":"it'\''s"}'`, Call{"A/B", `{"a":"it's"}`}.Curl("h:1"))
	require.Equal(t, "curl h:1/restate/send/Order/o-1/CreateOrder", Call{Path: "Order/o-1/CreateOrder/send"}.Curl("h:1"))
	require.Equal(t, "Order/CreateOrder", Call{Path: "Order/o-1/CreateOrder/send"}.Handler())
}

func TestLastWords(t *testing.T) {
	require.Equal(t, "", LastWords("\n"))
	require.Equal(t, "panic: no\n\ngoroutine 1", LastWords("hello\npanic: no\n\ngoroutine 1\n"))
	require.Len(t, strings.Split(LastWords(strings.Repeat("line\n", 100)), "\n"), 10)
}
