// Package agenda puts a plan's lessons, tasks and breaks in their order, by the
// minutes in the lessons' notes.
package agenda

import (
	"slices"

	"example.com/workbook/tools/course"
)

// Plans are the plans that there are, the shortest first.
var Plans = []string{"90m", "half", "full"}

// Agenda is a plan, in order, with its breaks.
type Agenda struct {
	Plan  string
	Items []Item
	Cuts  []Item // what is left out first, first
}

// Item is one thing of an agenda.
type Item struct {
	Kind    Kind
	Minutes int
	Lesson  course.Lesson
	Task    course.Task
	Needs   []int // of a lesson's first: the lessons that come before
}

// Kind is what an item is.
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
	// Sitting is how long a class sits without a break.
	Sitting = 75
	pause   = 10
	lunch   = 60
	// morning is when lunch is due, in a day that has one.
	morning = 170
	// A break and lunch come early rather than in the middle of a lesson.
	enough, noon = 40, 140
)

// New is the agenda of a plan.
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
			a.add(l, n)
		}
	}
	a.Items = append(a.Items, Item{Kind: Closing, Minutes: frame.Closing[plan]})
	a.rest()
	return a, nil
}

// add adds a lesson. What is left out first is of the last lesson.
func (a *Agenda) add(l course.Lesson, n course.Notes) {
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

// rest puts breaks in: nobody sits longer than they can, and a day has a lunch.
func (a *Agenda) rest() {
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

// Minutes are those of all that is of some kinds; of everything if none is named.
func (a *Agenda) Minutes(kinds ...Kind) (sum int) {
	for _, i := range a.Items {
		if len(kinds) == 0 || slices.Contains(kinds, i.Kind) {
			sum += i.Minutes
		}
	}
	return sum
}
