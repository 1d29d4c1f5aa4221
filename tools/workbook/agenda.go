package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

type agendaCmd struct {
	Plan  string `enum:"90m,half,full" default:"half" help:"How long: 90m, half a day, or a full day."`
	Start string `default:"09:00" help:"When it begins."`
}

// Run prints what comes when.
func (c agendaCmd) Run(p *place) error {
	start, err := time.Parse("15:04", c.Start)
	if err != nil {
		return hint.New(hint.Usage, "for example: make agenda PLAN=half START=09:00", "%q is no time of day", c.Start)
	}
	a, err := newAgenda(p.root, c.Plan)
	if err != nil {
		return err
	}
	os.Stdout.WriteString(a.text(start))
	return nil
}

// agenda is a plan, in order, with its breaks.
type agenda struct {
	plan  string
	items []item
	cuts  []item // what is left out first, first
}

// item is one thing of an agenda.
type item struct {
	kind    string // talk, task, review, break, lunch
	minutes int
	lesson  course.Lesson
	task    course.Task
	needs   string // of a lesson's first
}

const (
	// sitting is how long a class sits without a break.
	sitting = 75
	pauses  = 10
	lunch   = 60
	// morning is when lunch is due, in a day that has one.
	morning = 170
)

func newAgenda(root, plan string) (*agenda, error) {
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	a := &agenda{plan: plan}
	for _, l := range lessons {
		n, err := course.ReadNotes(root, l)
		if err != nil {
			return nil, err
		}
		if len(n.Plans[plan]) > 0 {
			a.add(l, n)
		}
	}
	a.rest()
	return a, nil
}

// add adds a lesson. What is left out first is of the last lesson.
func (a *agenda) add(l course.Lesson, n course.Notes) {
	needs := ""
	if len(n.Needs) > 0 {
		needs = "needs " + strings.Trim(fmt.Sprint(n.Needs), "[]")
	}
	a.items = append(a.items, item{kind: "talk", minutes: n.Talk, lesson: l, needs: needs})
	var cuts []item
	for _, id := range n.Plans[a.plan] {
		task, _ := l.Task(id)
		a.items = append(a.items, item{kind: "task", minutes: n.Tasks[id].Minutes, lesson: l, task: task})
	}
	for _, id := range n.Cut {
		if task, _ := l.Task(id); slices.Contains(n.Plans[a.plan], id) {
			cuts = append(cuts, item{kind: "task", minutes: n.Tasks[id].Minutes, lesson: l, task: task})
		}
	}
	a.cuts = append(cuts, a.cuts...)
	a.items = append(a.items, item{kind: "review", minutes: n.Review, lesson: l})
}

// rest puts breaks in: nobody sits longer than they can, and a day has a lunch.
func (a *agenda) rest() {
	var all []item
	sat, since, eaten := 0, 0, a.plan != "full"
	for _, i := range a.items {
		switch {
		case !eaten && since+i.minutes > morning:
			all = append(all, item{kind: "lunch", minutes: lunch})
			sat, eaten = 0, true
		case sat+i.minutes > sitting:
			all = append(all, item{kind: "break", minutes: pauses})
			sat = 0
		}
		all = append(all, i)
		sat += i.minutes
		since += i.minutes
	}
	a.items = all
}

// minutes are those of all that is of some kinds; of everything if none is named.
func (a *agenda) minutes(kinds ...string) (sum int) {
	for _, i := range a.items {
		if len(kinds) == 0 || slices.Contains(kinds, i.kind) {
			sum += i.minutes
		}
	}
	return sum
}

func (a *agenda) text(start time.Time) string {
	var b strings.Builder
	end := start.Add(time.Duration(a.minutes()) * time.Minute)
	fmt.Fprintf(&b, "plan %s, %s to %s: %d minutes of doing, %d of talk and review, %d of breaks\n\n",
		a.plan, start.Format("15:04"), end.Format("15:04"), a.minutes("task"), a.minutes("talk", "review"), a.minutes("break", "lunch"))
	at := start
	for _, i := range a.items {
		fmt.Fprintf(&b, "%s  %3d  %s\n", at.Format("15:04"), i.minutes, i)
		at = at.Add(time.Duration(i.minutes) * time.Minute)
	}
	fmt.Fprintf(&b, "%s       end\n\nwhen time runs short, leave out, in this order, what is still to come:\n\n", at.Format("15:04"))
	for _, i := range a.cuts {
		fmt.Fprintf(&b, "       %3d  %s\n", i.minutes, i)
	}
	fmt.Fprintf(&b, "\nwhat to say and to show: lessons/NN-…/NOTES.md; all else: lessons/INSTRUCTOR.md\n")
	return b.String()
}

func (i item) String() string {
	switch i.kind {
	case "task":
		return "  " + i.task.ID + "  " + i.task.Title
	case "talk":
		title := fmt.Sprintf("lesson %d, %s: you show", i.lesson.N, i.lesson.Title)
		if i.needs != "" {
			title += " (" + i.needs + ")"
		}
		return title
	case "review":
		return fmt.Sprintf("  review of lesson %d", i.lesson.N)
	}
	return i.kind
}
