package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// room is the state of a class.
type room struct {
	course   []course.Lesson
	minutes  map[string]int // planned minutes, by task
	learners map[string]*learner
	order    []*learner        // in the order in which they came
	names    map[string]string // the learner's id, by the name in small letters

	opened    time.Time
	last      time.Time // the time of the last event
	listening time.Time // when the instructor began to speak; zero while the learners work
	pauses    []span    // times in which the learners were not expected to work
}

type span struct{ from, to time.Time }

type learner struct {
	id, name string
	last     time.Time
	hand     time.Time // when the hand was raised; zero if it is down
	handN    int64     // the number of the report about the hand
	lesson   int
	tasks    map[string]*standing
	guesses  map[string]string

	since time.Time // when the learner began the task that comes next
}

// standing describes how far a learner is with a task.
type standing struct {
	green  bool
	given  bool  // the reference solution passed the check, not the learner's code
	n      int64 // the number of the report with this result
	reds   int   // how many checks failed
	check  string
	likely string
	took   time.Duration // how long the learner needed until the task was right for the first time; 0 before that
}

func newRoom(lessons []course.Lesson, minutes map[string]int) *room {
	return &room{course: lessons, minutes: minutes, learners: map[string]*learner{}, names: map[string]string{}}
}

// maxLearners is the largest size of a class.
const maxLearners = 100

// errTaken means that the name in a report belongs to another learner, or that the class is full.
// Both may change later.
var errTaken = errors.New("taken")

// checkReport returns why a report is not accepted. It cleans a report that is accepted.
func (r *room) checkReport(p *class.Report) error {
	if err := class.CheckName(p.Name); err != nil {
		return err
	}
	if len(p.ID) != 32 || strings.Trim(p.ID, "0123456789abcdef") != "" || p.N < 1 {
		return hint.New(hint.Usage, "", "the report has no name or no number")
	}
	whose, taken := r.names[strings.ToLower(p.Name)]
	switch {
	case taken && whose != p.ID:
		return hint.New(hint.Usage, fmt.Sprintf("choose another name: NAME=%s-2, with CLASS as before", p.Name), "the name is %w: another learner of this class has the name %s", errTaken, p.Name)
	case r.learners[p.ID] == nil && len(r.order) >= maxLearners:
		return hint.New(hint.Setup, "", "every place is %w: %d learners are in the class", errTaken, maxLearners)
	}
	r.cleanReport(p)
	return nil
}

// cleanReport removes tasks that this course does not have, and shortens texts.
func (r *room) cleanReport(p *class.Report) {
	maps.DeleteFunc(p.Tasks, func(id string, _ bool) bool { return !r.hasTask(id) })
	maps.DeleteFunc(p.Guesses, func(id, _ string) bool { return !r.hasTask(id) })
	for id, guess := range p.Guesses {
		p.Guesses[id] = shorten(guess)
	}
	if !r.hasTask(p.Red) {
		p.Red = ""
	}
	if p.Lesson < 1 || p.Lesson > len(r.course) {
		p.Lesson = 0
	}
	p.Check, p.Likely = shorten(p.Check), shorten(p.Likely)
}

func (r *room) hasTask(id string) bool {
	for _, l := range r.course {
		if _, ok := l.Task(id); ok {
			return true
		}
	}
	return false
}

// maxText limits the texts of a report, in characters.
const maxText = 240

// shorten turns text into one line and cuts it off after maxText characters.
func shorten(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	if all := []rune(text); len(all) > maxText {
		text = string(all[:maxText-1]) + "…"
	}
	return text
}

// maxSilence is how long a class may send no event before this time counts as a pause.
const maxSilence = time.Hour

// apply changes the state of the room by one event.
func (r *room) apply(e event) {
	switch {
	case e.Opened:
		if r.opened.IsZero() {
			r.opened = e.At
		} else if e.At.Sub(r.last) > maxSilence {
			r.pauses = append(r.pauses, span{r.last, e.At})
		}
	case e.Listen != nil && *e.Listen && r.listening.IsZero():
		r.listening = e.At
	case e.Listen != nil && !*e.Listen && !r.listening.IsZero():
		r.pauses = append(r.pauses, span{r.listening, e.At})
		r.listening = time.Time{}
	case e.Lower != "":
		if l := r.learners[r.names[strings.ToLower(e.Lower)]]; l != nil {
			l.hand = time.Time{}
		}
	case e.Report != nil:
		r.applyReport(*e.Report, e.At)
	}
	if e.At.After(r.last) {
		r.last = e.At
	}
}

func (r *room) applyReport(p class.Report, at time.Time) {
	l := r.enroll(p)
	if at.After(l.last) {
		l.last = at
	}
	if p.Lesson != 0 {
		l.lesson = p.Lesson
	}
	if p.Begun && at.After(l.since) {
		l.since = at
	}
	if p.Hand != nil && p.N > l.handN {
		l.handN, l.hand = p.N, time.Time{}
		if *p.Hand {
			l.hand = at
		}
	}
	for id, guess := range p.Guesses {
		if _, ok := l.guesses[id]; !ok {
			l.guesses[id] = guess
		}
	}
	r.applyResults(l, p, at)
}

// enroll returns the learner who sent a report, and gives that learner the name in the report.
func (r *room) enroll(p class.Report) *learner {
	l := r.learners[p.ID]
	if l == nil {
		l = &learner{id: p.ID, since: r.opened, tasks: map[string]*standing{}, guesses: map[string]string{}}
		r.learners[p.ID] = l
		r.order = append(r.order, l)
	}
	delete(r.names, strings.ToLower(l.name))
	l.name = p.Name
	r.names[strings.ToLower(p.Name)] = p.ID
	return l
}

// applyResults updates the learner's tasks. An old report that arrives late does not change the
// result of a newer report.
func (r *room) applyResults(l *learner, p class.Report, at time.Time) {
	var right []string
	for _, id := range slices.Sorted(maps.Keys(p.Tasks)) {
		s := l.tasks[id]
		if s == nil {
			s = &standing{}
			l.tasks[id] = s
		}
		if p.Tasks[id] && s.took == 0 && !p.Given {
			right = append(right, id)
		}
		if id == p.Red {
			s.reds++
		}
		if p.N < s.n {
			continue
		}
		s.n, s.green, s.given, s.check, s.likely = p.N, p.Tasks[id], p.Given, "", ""
		if id == p.Red {
			s.check, s.likely = p.Check, p.Likely
		}
	}
	r.addDurations(l, right, at)
}
