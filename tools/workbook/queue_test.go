package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/stage"
)

// The page of lesson 3 says what Restate's own page shows while the price service is
// frozen. That page reads the tables that this test reads.
func TestRunShowsTheQueueAndTheState(t *testing.T) {
	t.Parallel()
	port := testPortFlag(t)
	r := begin(t, treeWithLesson(t, "03-virtual-object", "solutions", ""), "run", "3", port)
	r.waitForText("Shipping/ship-o-1/CreateShipment -H")
	q := newQueue(r, port)
	require.Contains(t, r.out.String(), fmt.Sprintf("Restate's page: http://127.0.0.1:%d/ui/", q.admin))
	require.Contains(t, q.ask(http.MethodGet, "/services/Cart", ""), `"inactivity_timeout":"1m"`, "the minute until Suspended")
	require.Contains(t, r.curl(0), `{"items":{"book":1},`)

	q.freeze()
	calls := q.addThreeTimes()
	q.waitForAdds("pending", "pending", "running")
	q.showsOneBook()
	q.wake()
	require.Contains(t, q.endOf(calls), `{"items":{"book":4},`)
	require.Contains(t, q.state()[0]["value_utf8"], `{"items":{"book":4},`)

	// Without the minute.
	q.ask(http.MethodPatch, "/services/Cart", `{"inactivity_timeout":"100ms"}`)
	q.freeze()
	calls = q.addThreeTimes()
	q.waitForAdds("pending", "pending", "suspended")
	q.wake()
	require.Contains(t, q.endOf(calls), `{"items":{"book":7},`)
}

// queue is a lesson 3 that make run serves.
type queue struct {
	*running
	admin  int // port
	prices int // pid of the price service
}

var restLine = regexp.MustCompile(`(?m)^  rest +pid (\d+) .* solutions/02-basic-service$`)

func newQueue(r *running, portFlag string) *queue {
	r.t.Helper()
	port, err := strconv.Atoi(strings.TrimPrefix(portFlag, "PORT="))
	require.NoError(r.t, err)
	found := restLine.FindStringSubmatch(r.out.String())
	require.NotNil(r.t, found, r.out.String())
	pid, err := strconv.Atoi(found[1])
	require.NoError(r.t, err)
	return &queue{running: r, admin: port + stage.AdminAbove, prices: pid}
}

func (q *queue) freeze() { require.NoError(q.t, syscall.Kill(q.prices, syscall.SIGSTOP)) }
func (q *queue) wake()   { require.NoError(q.t, syscall.Kill(q.prices, syscall.SIGCONT)) }

// addThreeTimes types the line for Add three times, each with & at the end. The calls
// end when their answers are in the channel.
func (q *queue) addThreeTimes() <-chan string {
	answers := make(chan string, 3)
	line := strings.Replace(q.curlCommand(0), "--max-time 20", "--max-time 120", 1)
	for range cap(answers) {
		go func() {
			answer, _ := exec.Command("sh", "-c", line).CombinedOutput()
			answers <- string(answer)
		}()
	}
	return answers
}

// endOf returns the answers of all three calls.
func (q *queue) endOf(calls <-chan string) string {
	var all string
	for range cap(calls) {
		all += <-calls
	}
	return all
}

// waitForAdds waits until the calls of Add that have not ended have these statuses, sorted.
func (q *queue) waitForAdds(want ...string) {
	q.t.Helper()
	var got []string
	require.EventuallyWithT(q.t, func(c *assert.CollectT) {
		got = nil
		for _, row := range q.rows("SELECT status FROM sys_invocation WHERE target = 'Cart/ann/Add' AND status <> 'completed'") {
			got = append(got, row["status"])
		}
		slices.Sort(got)
		assert.Equal(c, want, got)
	}, time.Minute, 50*time.Millisecond)
}

// showsOneBook requires that View answers, and that the table of states has the same.
func (q *queue) showsOneBook() {
	q.t.Helper()
	answer := q.curl(1)
	require.Contains(q.t, answer, `{"items":{"book":1},`)
	require.Equal(q.t, []map[string]string{{"service_key": "ann", "key": "contents", "value_utf8": answer}}, q.state())
	q.waitForAdds("pending", "pending", "running")
}

// state returns what the carts have in Restate.
func (q *queue) state() []map[string]string {
	q.t.Helper()
	return q.rows("SELECT service_key, key, value_utf8 FROM state WHERE service_name = 'Cart'")
}

func (q *queue) rows(sql string) []map[string]string {
	q.t.Helper()
	body, err := json.Marshal(map[string]string{"query": sql})
	require.NoError(q.t, err)
	var answer struct{ Rows []map[string]string }
	require.NoError(q.t, json.Unmarshal([]byte(q.ask(http.MethodPost, "/query", string(body))), &answer))
	return answer.Rows
}

// ask sends a request to the admin API and returns its answer.
func (q *queue) ask(method, path, body string) string {
	q.t.Helper()
	req, err := http.NewRequest(method, fmt.Sprintf("http://127.0.0.1:%d%s", q.admin, path), strings.NewReader(body))
	require.NoError(q.t, err)
	req.Header.Set("content-type", "application/json")
	req.Header.Set("accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(q.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(q.t, err)
	require.Equal(q.t, http.StatusOK, res.StatusCode, "%s %s: %s", method, path, answer)
	return string(answer)
}
