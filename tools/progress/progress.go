// Package progress keeps the state of the learner's tasks in work/progress.txt, one
// line for each task:
//
//	1.2  done   5f0c3a91b7e2  Each effect a named step
//
// The third word is a hash of the lesson's check scripts at the time of the check. The
// text after it, and every line of another form, is kept as it is.
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
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/notes"
)

// State is how far a task is.
type State string

const (
	New     State = "new"      // not judged yet
	Red     State = "red"      // the last check failed
	Done    State = "done"     // the last check passed
	ReCheck State = "re-check" // it passed, and the check has changed since
	Given   State = "given"    // the task is solved by the reference, not by the learner
)

// GivenName is the file in a lesson's folder in work/ that marks it as a copy of the
// reference.
const GivenName = "GIVEN.txt"

// File returns the path of the progress file.
func File(root string) string { return filepath.Join(root, "work", "progress.txt") }

// Record stores a check's results for the tasks of a lesson in work/. The hash of the
// scripts that judged is checks, see [ChecksOf]. Tasks without a result keep their
// state.
func Record(root string, l course.Lesson, checks string, results map[string]bool) error {
	if err := record(root, l, checks, results); err != nil {
		return files.WriteError("your progress was not recorded", filepath.Join(root, "work"), err)
	}
	return nil
}

func record(root string, l course.Lesson, checks string, results map[string]bool) error {
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
	return writeStates(root, l, states, checks)
}

// Give records that the reference was copied for every task of a lesson.
func Give(root string, l course.Lesson) error {
	states := map[string]State{}
	for _, t := range l.Tasks {
		states[t.ID] = Given
	}
	checks, err := ChecksOf(root, l)
	if err != nil {
		return err
	}
	return writeStates(root, l, states, checks)
}

func writeStates(root string, l course.Lesson, states map[string]State, hash string) error {
	if len(states) == 0 {
		return nil
	}
	return notes.Update(File(root), func(old []byte) []byte {
		return withStates(old, l, states, hash)
	})
}

const head = "# the results of your tasks: make check and go test write this file, make progress shows it"

// withStates returns the file's text with new states: in the task's line if there is
// one, otherwise in a new line at the end.
func withStates(text []byte, l course.Lesson, states map[string]State, hash string) (now []byte) {
	if len(text) == 0 {
		now = notes.Append(now, head)
	}
	there := map[string]bool{}
	for row := range strings.Lines(string(text)) {
		r, ok := parseRow(row)
		if state, judged := states[r.task]; ok && judged {
			there[r.task] = true
			row = formatLine(r.task, state, hash, r.rest)
		}
		now = append(now, row...)
	}
	for _, t := range l.Tasks {
		if state, judged := states[t.ID]; judged && !there[t.ID] {
			now = notes.Append(now, formatLine(t.ID, state, hash, "  "+t.Title))
		}
	}
	return now
}

func formatLine(task string, s State, hash, rest string) string {
	return fmt.Sprintf("%s  %-5s  %s%s", task, s, hash, rest)
}

// row is a line of the form that this package writes.
type row struct {
	task  string
	state State
	hash  string
	rest  string // with the line's end
}

var rowPattern = regexp.MustCompile(`^\s*(\d+\.\d+)\s+(done|red|given)\s+([0-9a-f]{12})(\s(?s:.*))?$`)

func parseRow(text string) (row, bool) {
	m := rowPattern.FindStringSubmatch(text)
	if m == nil {
		return row{}, false
	}
	return row{task: m[1], state: State(m[2]), hash: m[3], rest: m[4]}, true
}

// Progress is the state of every task of the course, by its number.
type Progress map[string]State

// Read returns the progress as it is now. A file that does not exist or cannot be
// parsed counts as no progress.
func Read(root string) (Progress, error) {
	text, err := os.ReadFile(File(root))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	rows := map[string]row{}
	for text := range strings.Lines(string(text)) {
		if r, ok := parseRow(text); ok {
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
			p[t.ID] = rows[t.ID].currentState(hash)
			if p[t.ID] == Given && notGiven != nil {
				p[t.ID] = New // the reference was moved away again
			}
		}
	}
	return p, nil
}

// currentState returns the row's state, given the hash of the checks of today.
func (r row) currentState(hash string) State {
	switch {
	case r.state == "":
		return New
	case r.state == Done && r.hash != hash:
		return ReCheck
	}
	return r.state
}

// Open returns the tasks of a lesson that are still to be done.
func (p Progress) Open(l course.Lesson) []course.Task {
	return slices.DeleteFunc(slices.Clone(l.Tasks), func(t course.Task) bool {
		return p[t.ID] != New && p[t.ID] != Red
	})
}

// Passed reports whether the learner has passed a lesson. Extra tasks may be open: the
// one-day plan leaves them out.
func (p Progress) Passed(l course.Lesson) bool {
	return !slices.ContainsFunc(p.Open(l), func(t course.Task) bool { return !t.Extra })
}
