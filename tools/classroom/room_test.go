package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
)

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	root, err := course.Root(dir)
	require.NoError(t, err)
	return root
}

// newTestDesk opens a desk with a record in dir.
func newTestDesk(t *testing.T, dir string) *desk {
	t.Helper()
	d, err := newDesk(moduleRoot(t), filepath.Join(dir, "room.db"))
	require.NoError(t, err)
	t.Cleanup(func() { d.journal.db.Close() })
	d.code, err = d.journal.joinCode(func() string { return "fernk" })
	require.NoError(t, err)
	require.NoError(t, d.replayRecord())
	return d
}

// learnerID returns the id of the n-th learner.
func learnerID(n int) string { return fmt.Sprintf("%032x", n) }

func yes() *bool { on := true; return &on }
func no() *bool  { on := false; return &on }

// began is when the class of these tests was opened.
var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// classOf has a room, and adds events to it at times in minutes after the room was opened.
type classOf struct {
	*room
	n int64
}

func newClassOf() *classOf {
	lessons := []course.Lesson{{N: 1, Slug: "01-concepts", Title: "What survives", Tasks: []course.Task{{ID: "1.1", Title: "Predict"}, {ID: "1.2", Title: "Steps"}, {ID: "1.3", Title: "One charge"}}}}
	c := &classOf{room: newRoom(lessons, map[string]int{"1.1": 5, "1.2": 10, "1.3": 20})}
	c.addAt(0, event{Opened: true})
	return c
}

func (c *classOf) addAt(minute float64, e event) {
	e.At = began.Add(time.Duration(minute * float64(time.Minute)))
	c.apply(e)
}

// addCheck adds a report in which the tasks in right passed, and the first of the other tasks
// failed.
func (c *classOf) addCheck(minute float64, who int, right ...string) {
	c.n++
	p := class.Report{Name: fmt.Sprint("l", who), ID: learnerID(who), N: c.n, Lesson: 1, Tasks: map[string]bool{"1.1": false, "1.2": false, "1.3": false}}
	for _, t := range right {
		p.Tasks[t] = true
	}
	for _, t := range []string{"1.3", "1.2", "1.1"} {
		if !p.Tasks[t] {
			p.Red, p.Check, p.Likely = t, "the check of "+t, "the cause of "+t
		}
	}
	c.addAt(minute, event{Report: &p})
}

func (c *classOf) minutesOf(task string, who int) float64 {
	return c.learners[learnerID(who)].tasks[task].took.Minutes()
}

func TestTimeIsCountedFromTheLastThatWasDone(t *testing.T) {
	c := newClassOf()
	c.addCheck(4, 1)
	c.addCheck(6, 1, "1.1")
	c.addCheck(9, 1, "1.1")
	c.addCheck(20, 1, "1.1", "1.2")
	c.addCheck(21, 1, "1.2")               // task 1.1 fails again
	c.addCheck(30, 1, "1.1", "1.2", "1.3") // task 1.1 passes; its time was already taken
	require.InDelta(t, 6, c.minutesOf("1.1", 1), 0.01)
	require.InDelta(t, 14, c.minutesOf("1.2", 1), 0.01)
	require.InDelta(t, 10, c.minutesOf("1.3", 1), 0.01)
}

func TestSeveralAtOnceShareTheTimeAsPlanned(t *testing.T) {
	c := newClassOf()
	c.addCheck(35, 1, "1.1", "1.2", "1.3")
	require.InDelta(t, 5, c.minutesOf("1.1", 1), 0.01)
	require.InDelta(t, 10, c.minutesOf("1.2", 1), 0.01)
	require.InDelta(t, 20, c.minutesOf("1.3", 1), 0.01)
}

func TestNobodysTimeRunsWhileTheRoomListens(t *testing.T) {
	c := newClassOf()
	c.addAt(1, event{Listen: yes()})
	c.addAt(2, event{Listen: yes()}) // the instructor pressed the button twice
	c.addAt(11, event{Listen: no()})
	c.addCheck(20, 1, "1.1")
	require.InDelta(t, 10, c.minutesOf("1.1", 1), 0.01)
	c.addAt(21, event{Listen: yes()})
	c.addCheck(25, 1, "1.1", "1.2") // a learner works although the instructor speaks
	require.InDelta(t, 1, c.minutesOf("1.2", 1), 0.01)
	c.addAt(200, event{Listen: no()})
	c.addAt(300, event{Opened: true}) // on the next day
	c.addCheck(304, 1, "1.1", "1.2", "1.3")
	require.InDelta(t, 4, c.minutesOf("1.3", 1), 0.01)
}

func TestALessonBegunLater(t *testing.T) {
	c := newClassOf()
	c.n++
	c.addAt(50, event{Report: &class.Report{Name: "l1", ID: learnerID(1), N: c.n, Lesson: 1, Begun: true}})
	c.addCheck(58, 1, "1.1")
	require.InDelta(t, 8, c.minutesOf("1.1", 1), 0.01)
	require.Equal(t, "1.2", c.currentTaskOfFirst())
}

func (c *classOf) currentTaskOfFirst() string { return c.makeView(began, nil).Learners[0].At }

func TestALateReportChangesNothing(t *testing.T) {
	c := newClassOf()
	c.n = 10
	c.addCheck(5, 1, "1.1", "1.2")
	c.n = 3
	c.addCheck(4, 1)
	require.True(t, c.learners[learnerID(1)].tasks["1.2"].green)
	require.Equal(t, began.Add(5*time.Minute), c.learners[learnerID(1)].last)
	for _, hand := range []struct {
		n  int64
		up *bool
	}{{20, yes()}, {19, no()}} {
		c.addAt(6, event{Report: &class.Report{Name: "l1", ID: learnerID(1), N: hand.n, Hand: hand.up}})
	}
	require.NotZero(t, c.makeView(began, nil).Learners[0].Hand)
	c.addAt(7, event{Lower: "L1"})
	require.Zero(t, c.makeView(began, nil).Learners[0].Hand)
	c.addAt(7, event{Lower: "nobody"})
}

// A task that the reference solution passed does not count until the learner's own code has passed
// it.
func TestWhatIsGiven(t *testing.T) {
	c := newClassOf()
	c.n++
	c.addAt(5, event{Report: &class.Report{Name: "l1", ID: learnerID(1), N: c.n, Lesson: 1, Given: true, Tasks: map[string]bool{"1.1": true}}})
	v := c.makeView(began, nil)
	require.Equal(t, cellView{Green: true, Given: true}, v.Learners[0].Tasks["1.1"])
	require.Zero(t, v.Lessons[0].Tasks[0].Done)
	require.Zero(t, c.minutesOf("1.1", 1))
	c.addCheck(9, 1, "1.1")
	require.Equal(t, 1, c.makeView(began, nil).Lessons[0].Tasks[0].Done)
	require.InDelta(t, 9, c.minutesOf("1.1", 1), 0.01)
}

func TestWhatRefusesMost(t *testing.T) {
	c := newClassOf()
	c.addCheck(1, 1)
	c.addCheck(2, 1)
	c.addCheck(2, 2, "1.1")
	c.addCheck(3, 3, "1.1")
	c.addCheck(4, 4, "1.1", "1.2", "1.3")
	fails := c.makeView(began, nil).Fails
	require.Len(t, fails, 2)
	require.Equal(t, failView{Task: "1.2", Title: "Steps", Learners: 2, Times: 2, Words: []wordsCount{{"the cause of 1.2", 2}}}, fails[0])
	require.Equal(t, failView{Task: "1.1", Title: "Predict", Learners: 1, Times: 2, Words: []wordsCount{{"the cause of 1.1", 1}}}, fails[1])
	c.addCheck(5, 2, "1.1", "1.2")
	c.addCheck(5, 3, "1.1", "1.2")
	require.Equal(t, "1.3", c.makeView(began, nil).Fails[0].Task, "a learner who has passed 1.2 is stuck at another task")
}

func TestTheFirstGuessStays(t *testing.T) {
	c := newClassOf()
	for i, guess := range []string{"1 charge, 1 email", "2 charges, 1 email"} {
		c.addAt(1, event{Report: &class.Report{Name: "l1", ID: learnerID(1), N: int64(i + 1), Guesses: map[string]string{"1.1": guess}}})
		c.addAt(1, event{Report: &class.Report{Name: "l2", ID: learnerID(2), N: int64(i + 1), Guesses: map[string]string{"1.1": "1 charge, 1 email"}}})
	}
	require.Equal(t, []guessView{{"1.1", "Predict", "2 charges, 1 email", []wordsCount{{"1 charge, 1 email", 2}}}},
		c.makeView(began, map[string]string{"1.1": "2 charges, 1 email"}).Guesses)
}

func TestTruthsAreTheChecks(t *testing.T) {
	d := newTestDesk(t, t.TempDir())
	require.Equal(t, map[string]string{"1.1": "2 charges, 1 email", "6.2": "18 seconds", "7.1": "1 order, 2 payments, 1 status-call", "8.1": "0 lost-orders, 4 repeated-requests, 0 double-charges", "8.5": "0 answers, 0 gone-orders, 1 charge"}, d.truths)
}

func TestTimingsBesideThePlan(t *testing.T) {
	c := newClassOf()
	for who := range 6 {
		c.addCheck(float64(5+who), who, "1.1")
	}
	for who := range 5 {
		c.addCheck(60, who, "1.1", "1.2")
	}
	c.addCheck(61, 0, "1.1", "1.2", "1.3")
	var b bytes.Buffer
	c.writeTimings(&b)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Regexp(t, `^task +done by +plan +median +slowest fifth$`, strings.TrimSpace(lines[0]))
	require.Regexp(t, `^1.1 +6 of 6 +5 +8 +9 +longer than planned$`, strings.TrimSpace(lines[1]))
	require.Regexp(t, `^1.2 +5 of 6 +10 +53 +55 +longer than planned$`, strings.TrimSpace(lines[2]))
	require.Regexp(t, `^1.3 +1 of 6 +20 +1 +1 +few$`, strings.TrimSpace(lines[3]))
}
