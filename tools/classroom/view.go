package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/course"
)

// view is the JSON that the page shows. Times are in milliseconds since 1970.
type view struct {
	Now       int64         `json:"now"`
	Listening int64         `json:"listening,omitempty"` // when the instructor began to speak
	Worked    int64         `json:"worked"`              // when the class began to work, or went on after its last pause
	Lessons   []lessonView  `json:"lessons"`
	Learners  []learnerView `json:"learners"`
	Fails     []failView    `json:"fails"`
	Guesses   []guessView   `json:"guesses"`
}

type lessonView struct {
	N     int        `json:"n"`
	Title string     `json:"title"`
	Tasks []taskView `json:"tasks"`
}

type taskView struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Extra bool   `json:"extra,omitempty"`
	Done  int    `json:"done"`
}

type learnerView struct {
	Name  string              `json:"name"`
	Last  int64               `json:"last"`
	Hand  int64               `json:"hand,omitempty"` // when the hand was raised
	At    string              `json:"at"`             // the first task of the learner's lesson that is not right
	Tasks map[string]cellView `json:"tasks"`
}

type cellView struct {
	Green bool `json:"green"`
	Given bool `json:"given,omitempty"`
	Reds  int  `json:"reds,omitempty"`
}

// failView is a task at which at least one learner is stuck.
type failView struct {
	Task     string       `json:"task"`
	Title    string       `json:"title"`
	Learners int          `json:"learners"` // how many learners the check refuses
	Times    int          `json:"times"`    // how often the check has refused them
	Words    []wordsCount `json:"words"`
}

type wordsCount struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

type guessView struct {
	Task    string       `json:"task"`
	Title   string       `json:"title"`
	Truth   string       `json:"truth"`
	Guesses []wordsCount `json:"guesses"`
}

func (r *room) makeView(now time.Time, truths map[string]string) view {
	v := view{Now: now.UnixMilli(), Learners: []learnerView{}, Fails: []failView{}, Guesses: []guessView{}}
	if !r.listening.IsZero() {
		v.Listening = r.listening.UnixMilli()
	}
	v.Worked = r.opened.UnixMilli()
	for _, p := range r.pauses {
		v.Worked = max(v.Worked, p.to.UnixMilli())
	}
	for _, l := range r.order {
		v.Learners = append(v.Learners, r.makeLearnerView(l))
	}
	slices.SortFunc(v.Learners, func(a, b learnerView) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	for _, l := range r.course {
		lesson := lessonView{N: l.N, Title: l.Title}
		for _, t := range l.Tasks {
			lesson.Tasks = append(lesson.Tasks, taskView{t.ID, t.Title, t.Extra, r.countDone(t)})
			v.Fails = append(v.Fails, r.failViews(t)...)
			if truth := truths[t.ID]; truth != "" {
				v.Guesses = append(v.Guesses, guessView{t.ID, t.Title, truth, r.countGuesses(t)})
			}
		}
		v.Lessons = append(v.Lessons, lesson)
	}
	slices.SortStableFunc(v.Fails, func(a, b failView) int {
		return cmp.Or(b.Learners-a.Learners, b.Times-a.Times)
	})
	return v
}

func (r *room) makeLearnerView(l *learner) learnerView {
	v := learnerView{Name: l.name, Last: l.last.UnixMilli(), Tasks: map[string]cellView{}, At: r.currentTask(l)}
	if !l.hand.IsZero() {
		v.Hand = l.hand.UnixMilli()
	}
	for id, s := range l.tasks {
		v.Tasks[id] = cellView{s.green, s.given, s.reds}
	}
	return v
}

// currentTask returns the id of the task on which a learner works.
func (r *room) currentTask(l *learner) string {
	if l.lesson == 0 {
		return ""
	}
	for _, t := range r.course[l.lesson-1].Tasks {
		if s := l.tasks[t.ID]; s == nil || !s.green {
			return t.ID
		}
	}
	return ""
}

func (r *room) countDone(t course.Task) (n int) {
	for _, l := range r.order {
		if s := l.tasks[t.ID]; s != nil && s.green && !s.given {
			n++
		}
	}
	return n
}

// failViews returns a view of the task if learners are stuck at it, with the likely cause, or with
// what the check looked at.
func (r *room) failViews(t course.Task) []failView {
	f := failView{Task: t.ID, Title: t.Title}
	var words []string
	for _, l := range r.order {
		s := l.tasks[t.ID]
		if s == nil || s.green || s.check+s.likely == "" {
			continue
		}
		f.Learners++
		f.Times += s.reds
		words = append(words, cmp.Or(s.likely, s.check))
	}
	if f.Learners == 0 {
		return nil
	}
	f.Words = countTexts(words)
	return []failView{f}
}

func (r *room) countGuesses(t course.Task) []wordsCount {
	var all []string
	for _, l := range r.order {
		if g := l.guesses[t.ID]; g != "" {
			all = append(all, g)
		}
	}
	return countTexts(all)
}

// countTexts returns how often each text occurs. The most frequent text comes first. Texts that are
// equally frequent are in alphabetical order.
func countTexts(texts []string) []wordsCount {
	all := []wordsCount{}
	for _, text := range texts {
		i := slices.IndexFunc(all, func(c wordsCount) bool { return c.Text == text })
		if i < 0 {
			all = append(all, wordsCount{text, 0})
			i = len(all) - 1
		}
		all[i].Count++
	}
	slices.SortFunc(all, func(a, b wordsCount) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text)) })
	return all
}
