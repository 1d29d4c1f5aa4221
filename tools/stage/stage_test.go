package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/page"
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

// A page that cannot be served any longer is reported: nobody would see it otherwise.
func TestAPageThatDiesIsReported(t *testing.T) {
	l, err := net.Listen("tcp", Loopback(0))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	printed := captureStderr(t, func() { servePage(t.Context(), &page.Page{}, l) })
	require.Contains(t, printed, "the page at "+l.Addr().String()+" ended; the other processes continue: ")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Empty(t, captureStderr(t, func() { servePage(ctx, &page.Page{}, l) }), "it was stopped")
}

// captureStderr returns what do prints to standard error.
func captureStderr(t *testing.T, do func()) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer file.Close()
	stderr := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = stderr }()
	do()
	printed, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(printed)
}

func TestPortsThatCannotBeHad(t *testing.T) {
	l, err := net.Listen("tcp", Loopback(0))
	require.NoError(t, err)
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		name, want string
		port       int
	}{
		{"below", "a port is 1024 to 64520, not 80", 80},
		{"above", "a port is 1024 to 64520, not 65000", 65000},
		{"taken", fmt.Sprintf("port %d is taken, perhaps by make run, make shop or make class", taken), taken},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.port == taken && taken > 64520 {
				t.Skip("the kernel chose a port that is too high")
			}
			require.EqualError(t, CheckPorts(c.port, LessonPorts, "make run 1"), c.want)
		})
	}
	require.NoError(t, CheckPorts(FindPort(LessonPorts), LessonPorts, "make run 1"))
}
