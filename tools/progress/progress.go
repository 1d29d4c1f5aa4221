// Package progress keeps how the learner's tasks fared in work/progress.txt, a
// line a task:
//
//	1.2  done   5f0c3a91b7e2  Each effect a named step
//
// The third word is a hash of the lesson's check scripts as they were when they
// judged it. What stands behind it, and every line of another form, is kept as
// it is.
package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/notes"
)

// State is how a task fares.
type State string

const (
	New     State = "new"      // not judged yet
	Red     State = "red"      // the last check said no
	Done    State = "done"     // and here it said yes
	ReCheck State = "re-check" // it said yes, and has changed since
	Given   State = "given"    // the reference, and not the learner's
)

// GivenName is the file that says of a lesson's folder in work/ that the
// reference was put there.
const GivenName = "GIVEN.txt"

// File is where the lines are.
func File(root string) string { return filepath.Join(root, "work", "progress.txt") }

// Record notes which tasks of a lesson in work/ a check has found right, and
// which not; checks are those that judged them, see [ChecksOf]. Tasks that it
// says nothing of stay as they are.
func Record(root string, l course.Lesson, checks string, results map[string]bool) error {
	right := Done
	if _, err := os.Stat(filepath.Join(l.Dir(root, "work"), GivenName)); err == nil {
		right = Given
	}
	states := map[string]State{}
	for _, t := range l.Tasks {
		green, judged := results[t.ID]
		if judged {
			states[t.ID] = Red
		}
		if green {
			states[t.ID] = right
		}
	}
	return write(root, l, states, checks)
}

// Give notes that the reference stands in for every task of a lesson.
func Give(root string, l course.Lesson) error {
	states := map[string]State{}
	for _, t := range l.Tasks {
		states[t.ID] = Given
	}
	checks, err := ChecksOf(root, l)
	if err != nil {
		return err
	}
	return write(root, l, states, checks)
}

func write(root string, l course.Lesson, states map[string]State, hash string) error {
	if len(states) == 0 {
		return nil
	}
	return notes.Update(File(root), func(old []byte) []byte {
		return changed(old, l, states, hash)
	})
}

const head = "# how your tasks fared: make check writes this, make progress shows it"

// changed is the file's text with new states: in the task's line, if it has
// one, and else at the end.
func changed(text []byte, l course.Lesson, states map[string]State, hash string) (now []byte) {
	if len(text) == 0 {
		now = notes.Append(now, head)
	}
	there := map[string]bool{}
	for row := range strings.Lines(string(text)) {
		r, ok := parse(row)
		if state, judged := states[r.task]; ok && judged {
			there[r.task] = true
			row = line(r.task, state, hash, r.rest)
		}
		now = append(now, row...)
	}
	for _, t := range l.Tasks {
		if state, judged := states[t.ID]; judged && !there[t.ID] {
			now = notes.Append(now, line(t.ID, state, hash, "  "+t.Title))
		}
	}
	return now
}

func line(task string, s State, hash, rest string) string {
	return fmt.Sprintf("%s  %-5s  %s%s", task, s, hash, rest)
}

// row is a line that we know.
type row struct {
	task  string
	state State
	hash  string
	rest  string // with the line's end
}

var form = regexp.MustCompile(`^\s*(\d+\.\d+)\s+(done|red|given)\s+([0-9a-f]{12})(\s(?s:.*))?$`)

func parse(text string) (row, bool) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return row{}, false
	}
	return row{task: m[1], state: State(m[2]), hash: m[3], rest: m[4]}, true
}

// Progress is the state of every task of the course, by its number.
type Progress map[string]State

// Read is the progress as it is now. A file that is not there, or makes no
// sense, is nothing done yet.
func Read(root string) (Progress, error) {
	text, err := os.ReadFile(File(root))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	rows := map[string]row{}
	for text := range strings.Lines(string(text)) {
		if r, ok := parse(text); ok {
			rows[r.task] = r
		}
	}
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	p := Progress{}
	for _, l := range lessons {
		hash, err := ChecksOf(root, l)
		if err != nil {
			return nil, err
		}
		_, notGiven := os.Stat(filepath.Join(l.Dir(root, "work"), GivenName))
		for _, t := range l.Tasks {
			p[t.ID] = rows[t.ID].now(hash)
			if p[t.ID] == Given && notGiven != nil {
				p[t.ID] = New // the reference was moved away again
			}
		}
	}
	return p, nil
}

// now is the state, if the checks have this hash today.
func (r row) now(hash string) State {
	switch {
	case r.state == "":
		return New
	case r.state == Done && r.hash != hash:
		return ReCheck
	}
	return r.state
}

// Open are the tasks of a lesson that are still to be done.
func (p Progress) Open(l course.Lesson) []course.Task {
	return slices.DeleteFunc(slices.Clone(l.Tasks), func(t course.Task) bool {
		return p[t.ID] != New && p[t.ID] != Red
	})
}

// Passed says whether a lesson is behind the learner. Extra tasks may be open:
// the one-day plan leaves them out.
func (p Progress) Passed(l course.Lesson) bool {
	return !slices.ContainsFunc(p.Open(l), func(t course.Task) bool { return !t.Extra })
}
