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

// room is what has happened in a class so far.
type room struct {
	course   []course.Lesson
	minutes  map[string]int // planned, by task
	learners map[string]*learner
	order    []*learner        // as they came
	names    map[string]string // whose id, by a name in small letters

	opened    time.Time
	last      time.Time // of the last event
	listening time.Time // since when; zero while the room works
	pauses    []span    // in which nobody was to work
}

type span struct{ from, to time.Time }

type learner struct {
	id, name string
	last     time.Time
	hand     time.Time // zero: it is down
	handN    int64     // the report that said so
	lesson   int
	tasks    map[string]*standing
	guesses  map[string]string

	since time.Time // when they began with what comes next
}

// standing is how a task fares with a learner.
type standing struct {
	green  bool
	given  bool  // it is the reference that is right
	n      int64 // the report that said so
	reds   int   // checks that were red
	check  string
	likely string
	took   time.Duration // until it was right for the first time; 0 before
}

func newRoom(lessons []course.Lesson, minutes map[string]int) *room {
	return &room{course: lessons, minutes: minutes, learners: map[string]*learner{}, names: map[string]string{}}
}

// most is as many learners as a class takes.
const most = 100

// errTaken: what a report needs may be free later.
var errTaken = errors.New("taken")

// admit says why a report is not taken, and cleans one that is.
func (r *room) admit(p *class.Report) error {
	if err := class.CheckName(p.Name); err != nil {
		return err
	}
	if len(p.ID) != 32 || strings.Trim(p.ID, "0123456789abcdef") != "" || p.N < 1 {
		return hint.New(hint.Usage, "", "the report does not say whose it is, or which")
	}
	whose, taken := r.names[strings.ToLower(p.Name)]
	switch {
	case taken && whose != p.ID:
		return hint.New(hint.Usage, fmt.Sprintf("choose another name: NAME=%s-2, with CLASS as before", p.Name), "the name is %w: somebody in this class is %s already", errTaken, p.Name)
	case r.learners[p.ID] == nil && len(r.order) >= most:
		return hint.New(hint.Setup, "", "every place is %w: %d are in the class", errTaken, most)
	}
	r.clean(p)
	return nil
}

// clean leaves of a report what this course knows, in words of a bearable length.
func (r *room) clean(p *class.Report) {
	maps.DeleteFunc(p.Tasks, func(id string, _ bool) bool { return !r.knows(id) })
	maps.DeleteFunc(p.Guesses, func(id, _ string) bool { return !r.knows(id) })
	for id, guess := range p.Guesses {
		p.Guesses[id] = short(guess)
	}
	if !r.knows(p.Red) {
		p.Red = ""
	}
	if p.Lesson < 1 || p.Lesson > len(r.course) {
		p.Lesson = 0
	}
	p.Check, p.Likely = short(p.Check), short(p.Likely)
}

func (r *room) knows(id string) bool {
	for _, l := range r.course {
		if _, ok := l.Task(id); ok {
			return true
		}
	}
	return false
}

const longest = 240

// short is one line that a page can hold.
func short(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	if all := []rune(text); len(all) > longest {
		text = string(all[:longest-1]) + "…"
	}
	return text
}

// night is how long nothing happens before it is taken for no class at all.
const night = time.Hour

// take has one more event happen.
func (r *room) take(e event) {
	switch {
	case e.Opened:
		if r.opened.IsZero() {
			r.opened = e.At
		} else if e.At.Sub(r.last) > night {
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
		r.report(*e.Report, e.At)
	}
	if e.At.After(r.last) {
		r.last = e.At
	}
}

func (r *room) report(p class.Report, at time.Time) {
	l := r.learner(p)
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
	r.judged(l, p, at)
}

// learner is who has sent a report, and is called as it says.
func (r *room) learner(p class.Report) *learner {
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

// judged notes how tasks fare. A report that comes late changes nothing that a later
// one has said.
func (r *room) judged(l *learner, p class.Report, at time.Time) {
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
	r.spent(l, right, at)
}
