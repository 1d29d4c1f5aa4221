package main

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/class"
)

var classLine = regexp.MustCompile(`CLASS=(http://127\.0\.0\.1:\d+/[a-z]{5}) NAME=otter make check`)

// member is a learner's workbook, with or without a class.
type member struct {
	t    *testing.T
	root string
}

// runCheck runs a check as the learner, with more environment variables.
func (m *member) runCheck(env ...string) *running {
	m.t.Helper()
	r := beginWith(m.t, append(trimmedEnv(), env...), m.root, "check")
	require.Equal(m.t, 1, r.waitForEnd(), r.err.String())
	require.Contains(m.t, r.out.String(), "PASS 1.1  ")
	require.Contains(m.t, r.out.String(), "FAIL 1.2  ")
	return r
}

// awaitSenders waits at the end of the test for the processes that send to a class.
// Nothing else waits for them, and they write to work/class.
func awaitSenders(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		require.Eventually(t, func() bool {
			return !strings.Contains(processCommands(t), mustTool(t)+" class-send")
		}, time.Minute, 20*time.Millisecond)
	})
}

// sent waits until nothing waits to be sent.
func (m *member) sent() {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		why, waiting := class.Trouble(m.root)
		return why == "" && waiting == 0
	}, 20*time.Second, 20*time.Millisecond)
}

// inClass is a learner as the class's page shows them.
type inClass struct {
	Name  string
	Hand  int64
	At    string
	Tasks map[string]struct{ Green bool }
}

// fetchClass returns the first view that the page at an address sends.
func fetchClass(t *testing.T, url string) []inClass {
	t.Helper()
	resp, err := http.Get(url + "/events")
	require.NoError(t, err)
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		var v struct{ Learners []inClass }
		if text, ok := strings.CutPrefix(lines.Text(), `data: {"now"`); ok {
			require.NoError(t, json.Unmarshal([]byte(`{"now"`+text), &v))
			return v.Learners
		}
	}
	require.Fail(t, "nothing came")
	return nil
}

// A learner's check, from a class that never answers to one that is closed, comes
// back and is told what it has missed.
func TestACheckAndItsClass(t *testing.T) {
	t.Parallel()
	m := &member{t, treeWithWork(t, "lessons", "checkout/answers.go", "GuessCharges = -1", "GuessCharges = 2", "GuessMails   = -1", "GuessMails   = 1")}
	awaitSenders(t)
	hangs, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := m.runCheck("CLASS=http://"+hangs.Addr().String()+"/fernk", "NAME=otter")
	// On a busy machine a check takes longer than a report is waited for, elsewhere.
	require.Regexp(t, `^class     (the class has not answered yet, and the check did not wait\n|the class cannot be reached: no answer\n)`, r.err.String())
	require.NoError(t, hangs.Close())

	// The instructor's is another workbook: only what is posted comes from one to the other.
	instructor, port := newTree(t), testPortFlag(t)
	c := begin(t, instructor, "class", port)
	c.waitForText("make class " + port + " continues the class")
	url := classLine.FindStringSubmatch(c.out.String())[1]
	r = m.runCheck("CLASS="+url, "NAME=otter")
	require.Equal(t, "class     you are otter in "+url+"; to leave the class: CLASS=off make check\n", r.err.String())
	m.sent()
	now := fetchClass(t, url)
	require.Len(t, now, 1)
	require.Equal(t, "otter", now[0].Name)
	require.Equal(t, "1.2", now[0].At)
	require.True(t, now[0].Tasks["1.1"].Green)
	require.False(t, now[0].Tasks["1.2"].Green)

	hand := tool(t, m.root, "hand")
	require.Zero(t, hand.code, hand.err)
	require.Equal(t, "your hand is up. to take it down: make hand DOWN=1\n", hand.out)
	require.NotZero(t, fetchClass(t, url)[0].Hand)

	c.signal(syscall.SIGINT)
	require.Zero(t, c.waitForEnd(), c.err.String())
	require.Contains(t, c.out.String(), "\nstopped; the record is kept, and make class "+port+" continues with it\n")
	hand = tool(t, m.root, "hand", "DOWN=1")
	require.Equal(t, 3, hand.code)
	require.Equal(t, "the class cannot be reached: connection refused\nhint: your checks run without the class; look whether this machine is in the room's network\n", hand.err)
	again := tool(t, m.root, "lesson", "1")
	require.Zero(t, again.code)
	require.Contains(t, again.err, "class     the last report was not sent: the class cannot be reached: connection refused\n          hint: ")
	require.Contains(t, again.err, "2 reports wait to be sent; to leave the class: CLASS=off make check\n")

	c = begin(t, instructor, "class", port)
	c.waitForText("1 in the class so far")
	require.Zero(t, tool(t, m.root, "lesson", "1").code)
	m.sent()
	require.Zero(t, fetchClass(t, url)[0].Hand, "what waited was sent, and the class is the same")
	c.signal(syscall.SIGTERM)
	require.Zero(t, c.waitForEnd())
	timings := tool(t, instructor, "timings")
	require.Zero(t, timings.code, timings.err)
	require.Regexp(t, `(?m)^1\.1 +1 of 1 +\d+ +0 +0 +few$`, timings.out)

	for _, env := range []string{"CLASS=off", "NAME=heron"} {
		left := runProgramWith(t, []string{env}, m.root, mustTool(t), "lesson", "1")
		require.Zero(t, left.code)
		require.Empty(t, left.err, "who has left hears no more of it")
	}
}

// A learner who joins a class and has no lesson yet is told what to do next.
func TestCheckWithoutALessonJoinsAClass(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	awaitSenders(t)
	r := runProgramWith(t, []string{"CLASS=http://127.0.0.1:1/fernk", "NAME=otter"}, root, mustTool(t), "check")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "class     ")
	require.Contains(t, r.err, "there is no lesson in work/ yet\nhint: make lesson 1\n")
}
