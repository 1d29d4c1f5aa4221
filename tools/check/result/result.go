// Package result holds what a check has found: which tasks of a lesson pass,
// which do not, and why.
//
// A check writes its result as JSON to the file that the environment variable
// CHECK_RESULT names, and then prints no verdict itself. Programs that run
// checks read that file, and never the words of a verdict. This package links
// neither the Restate SDK nor SQLite.
package result

import (
	"fmt"
	"regexp"
	"strings"
)

// Version is the version of the format. Read refuses every other.
const Version = 1

// Result is what one run of a lesson's checks has found.
type Result struct {
	Version int `json:"version"`

	Lesson int    `json:"lesson"` // its number
	Slug   string `json:"slug"`   // 01-concepts
	Tree   string `json:"tree"`   // lessons, solutions or work

	Word    Word     `json:"word"`
	Tasks   []Task   `json:"tasks"`             // all tasks of the lesson, in order
	Shown   string   `json:"shown,omitempty"`   // the task that the verdict shows in full
	Scripts []Script `json:"scripts,omitempty"` // in the order in which they began
	Replay  *Replay  `json:"replay,omitempty"`  // nil when the replay did not run
	Problem *Problem `json:"problem,omitempty"` // what kept the checks from judging

	Lines []Line `json:"lines"` // the verdict for people
}

// Word is the first word of a verdict. It says who has to act.
type Word string

// The words, from good to bad.
const (
	Pass   Word = "PASS"   // the lesson is done; in lessons, every stub is red as promised
	Part   Word = "PART"   // no check is red, and some were left out
	Fail   Word = "FAIL"   // the learner's code is at fault
	Setup  Word = "SETUP"  // this machine cannot run checks
	Broken Word = "BROKEN" // the workbook itself is at fault
)

var words = []Word{Pass, Part, Fail, Setup, Broken}

// State is the state of a task.
type State string

// The states of a task.
const (
	TaskPassed    State = "pass"
	TaskFailed    State = "fail"
	TaskPart      State = "part"       // no check is red, and some were left out
	TaskNotJudged State = "not judged" // the program died in a function that another task is about
	TaskNotBegun  State = "not begun"  // a red extra task that still has all its TODOs
	TaskBroken    State = "broken"     // the check itself failed
	TaskNotRun    State = "not run"    // every check was left out
)

var states = []State{TaskPassed, TaskFailed, TaskPart, TaskNotJudged, TaskNotBegun, TaskBroken, TaskNotRun}

// isRed reports whether a check of the task has failed.
func (s State) isRed() bool {
	return s == TaskFailed || s == TaskNotJudged || s == TaskNotBegun || s == TaskBroken
}

// Task is the result of one task of the lesson.
type Task struct {
	ID    string `json:"id"` // 1.2
	Title string `json:"title"`
	State State  `json:"state"`
	Extra bool   `json:"extra,omitempty"`
	Ran   int    `json:"ran"`           // how many checks ran; a replay counts for none
	Of    int    `json:"of"`            // how many checks there are
	Red   *Red   `json:"red,omitempty"` // the first check that failed; nil when none did
}

// Red is why a check of a task failed.
type Red struct {
	Script    string   `json:"script"`             // the script's file, from the root
	Replay    bool     `json:"replay,omitempty"`   // it failed with every step replayed
	Check     string   `json:"check,omitempty"`    // the phase of the script
	Did       []string `json:"did,omitempty"`      // what the script did before
	Expected  string   `json:"expected,omitempty"` // empty when the check itself failed
	Got       string   `json:"got,omitempty"`
	Ledger    []string `json:"ledger,omitempty"`
	Attempts  []string `json:"attempts,omitempty"`
	Where     string   `json:"where,omitempty"`     // the file and line to look at
	Cause     string   `json:"cause,omitempty"`     // the id of the likely cause
	Likely    string   `json:"likely,omitempty"`    // the likely cause in words
	Next      string   `json:"next,omitempty"`      // what to do now
	Unwritten bool     `json:"unwritten,omitempty"` // the handler answered that its code is still to be written
}

// Script is one run of a check script.
type Script struct {
	Name   string `json:"name"` // the file's name without its ending
	Task   string `json:"task"`
	Replay bool   `json:"replay,omitempty"` // with every step replayed
	Passed bool   `json:"passed"`
}

// Replay sums up the second run of the checks, with every step replayed from
// the journal.
type Replay struct {
	Checks      int `json:"checks"`
	Attempts    int `json:"attempts"`
	Invocations int `json:"invocations"`
	LeftOut     int `json:"left_out"` // checks without a replay: they crash the program, count attempts or ask questions
}

// Problem is why the checks could not judge, when this machine or the workbook
// is at fault.
type Problem struct {
	What string `json:"what"`
	Hint string `json:"hint,omitempty"`
}

// Line is a line of the verdict for people. If it is too long for a terminal, it
// continues in column Indent, or below its own first word if Indent is 0.
type Line struct {
	Text   string `json:"text"`
	Indent int    `json:"indent,omitempty"`
}

// Field is a named line of a task's verdict. Further lines of a list have no
// name.
type Field struct{ Name, Text string }

// Fields returns what a verdict that shows the task in full says of it, in
// order and without empty fields. A task that is not red has none.
func (t Task) Fields() (all []Field) {
	add := func(name string, texts ...string) {
		for _, text := range texts {
			if text != "" {
				all = append(all, Field{name, text})
				name = ""
			}
		}
	}
	red := t.Red
	if red == nil {
		return nil
	}
	add("check", red.Check)
	add("did", strings.Join(red.Did, "; "))
	add("expected", red.Expected)
	add("got", red.Got)
	if t.State == TaskBroken {
		add("script", red.Script)
	}
	add("ledger", red.Ledger...)
	add("attempts", red.Attempts...)
	add("where", red.Where)
	add("likely", red.Likely)
	add("next", red.Next)
	return all
}

// Short returns what a red task shows of its cause, without the ledger and the attempts.
func (t Task) Short() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s  %s\n", Fail, t.ID, t.Title)
	for _, f := range t.Fields() {
		switch f.Name {
		case "check", "did", "expected", "got", "likely":
			fmt.Fprintf(&b, "  %-8s  %s\n", f.Name, f.Text)
		}
	}
	return b.String()
}

var chance = []*regexp.Regexp{
	regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `), // a log's time
	regexp.MustCompile(`failed \d+ times?`),
	// Which place of a sweep is red first, when several are.
	regexp.MustCompile(`-cut-\d{3}\b`),
	regexp.MustCompile(`before the program sent message \d+ of .*`),
	regexp.MustCompile(`RT0016\): .*`), // where the two runs of a random draw part
}

// AreAlike reports whether two short verdicts are the same, apart from what differs
// between two runs of the same code.
func AreAlike(a, b string) bool {
	for _, c := range chance {
		a, b = c.ReplaceAllString(a, "…"), c.ReplaceAllString(b, "…")
	}
	return a == b
}

// Text returns the verdict for people.
func (r Result) Text() string {
	var b strings.Builder
	for _, l := range r.Lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

// Judged returns which tasks the checks found right, and which not. It is
// empty where this machine or the workbook could not judge.
func (r Result) Judged() map[string]bool {
	judged := map[string]bool{}
	if r.Word == Setup || r.Word == Broken {
		return judged
	}
	for _, t := range r.Tasks {
		if t.State == TaskPassed || t.State.isRed() {
			judged[t.ID] = t.State == TaskPassed
		}
	}
	return judged
}

// Refused returns the red task that the verdict shows in full, if its code is
// at fault.
func (r Result) Refused() (Task, bool) {
	for _, t := range r.Tasks {
		if t.ID == r.Shown && t.State.isRed() && t.State != TaskBroken {
			return t, true
		}
	}
	return Task{}, false
}
