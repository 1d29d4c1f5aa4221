// Package agenda computes the timetable of a course day: a plan's lessons, tasks and
// breaks, with the minutes from the lessons' notes.
package agenda

import (
	"slices"

	"example.com/workbook/tools/course"
)

// Plans are the names of all plans: those of a single day, the shortest first, and the
// plan of a second day.
var Plans = []string{"90m", "half", "full", "two"}

// Agenda is a plan's items and breaks in the order in which they are taught.
type Agenda struct {
	Plan  string
	Items []Item
	Cuts  []Item // tasks to leave out when time runs short, the first one first
}

// Item is one entry of an agenda.
type Item struct {
	Kind    Kind
	Minutes int
	Lesson  course.Lesson
	Task    course.Task
	Needs   []int // on a lesson's Talk: the numbers of the lessons that come before
}

// Kind is the kind of an item.
type Kind string

const (
	Opening Kind = "opening"
	Talk    Kind = "talk"
	Task    Kind = "task"
	Review  Kind = "review"
	Closing Kind = "closing"
	Break   Kind = "break"
	Lunch   Kind = "lunch"
)

const (
	// Sitting is the longest stretch without a break, in minutes.
	Sitting = 75
	pause   = 10
	lunch   = 60
	// morning is when lunch is due, in minutes from the start of a day that has one.
	morning = 170
	// After so many minutes, a break or lunch comes before the next lesson rather than
	// in the middle of it.
	enough, noon = 40, 140
)

// New returns the agenda of a plan.
func New(root, plan string) (*Agenda, error) {
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	frame, err := course.ReadFrame(root)
	if err != nil {
		return nil, err
	}
	a := &Agenda{Plan: plan}
	a.Items = append(a.Items, Item{Kind: Opening, Minutes: frame.Opening[plan]})
	for _, l := range lessons {
		n, err := course.ReadNotes(root, l)
		if err != nil {
			return nil, err
		}
		if len(n.Plans[plan]) > 0 {
			a.addLesson(l, n)
		}
	}
	a.Items = append(a.Items, Item{Kind: Closing, Minutes: frame.Closing[plan]})
	a.insertBreaks()
	return a, nil
}

// addLesson appends a lesson's talk, tasks and review. Its cuts come before those of
// earlier lessons: the last lesson is shortened first.
func (a *Agenda) addLesson(l course.Lesson, n course.Notes) {
	a.Items = append(a.Items, Item{Kind: Talk, Minutes: n.Talk[a.Plan], Lesson: l, Needs: n.Needs})
	var cuts []Item
	for _, id := range n.Plans[a.Plan] {
		task, _ := l.Task(id)
		a.Items = append(a.Items, Item{Kind: Task, Minutes: n.Tasks[id].Minutes, Lesson: l, Task: task})
	}
	for _, id := range n.Cut {
		if task, _ := l.Task(id); slices.Contains(n.Plans[a.Plan], id) {
			cuts = append(cuts, Item{Kind: Task, Minutes: n.Tasks[id].Minutes, Lesson: l, Task: task})
		}
	}
	a.Cuts = append(cuts, a.Cuts...)
	a.Items = append(a.Items, Item{Kind: Review, Minutes: n.Review, Lesson: l})
}

// insertBreaks adds a break after at most Sitting minutes, and lunch to a whole day.
func (a *Agenda) insertBreaks() {
	var all []Item
	sat, since, eaten := 0, 0, a.Plan != "full"
	for _, i := range a.Items {
		begins := i.Kind == Talk
		switch {
		case !eaten && (since+i.Minutes > morning || begins && since > noon):
			all = append(all, Item{Kind: Lunch, Minutes: lunch})
			sat, eaten = 0, true
		case sat+i.Minutes > Sitting || begins && sat > enough:
			all = append(all, Item{Kind: Break, Minutes: pause})
			sat = 0
		}
		all = append(all, i)
		sat += i.Minutes
		since += i.Minutes
	}
	a.Items = all
}

// Minutes returns the sum of the minutes of all items of the given kinds, or of all
// items when no kind is given.
func (a *Agenda) Minutes(kinds ...Kind) (sum int) {
	for _, i := range a.Items {
		if len(kinds) == 0 || slices.Contains(kinds, i.Kind) {
			sum += i.Minutes
		}
	}
	return sum
}
