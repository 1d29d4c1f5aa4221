// Package workshop has what an instructor asks for: a workshop's plan with clock
// times, slides, and the page that shows how a class fares.
package workshop

import (
	"fmt"
	"strings"
	"time"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/ui"
)

// Agenda returns a plan with clock times, from its start.
func Agenda(a *agenda.Agenda, start time.Time) string {
	var b strings.Builder
	end := start.Add(time.Duration(a.Minutes()) * time.Minute)
	fmt.Fprintf(&b, "plan %s, %s to %s: %d minutes of doing, %d of talk, %d of breaks\n\n",
		a.Plan, start.Format("15:04"), end.Format("15:04"), a.Minutes(agenda.Task), a.Minutes(agenda.Opening, agenda.Talk, agenda.Review, agenda.Closing), a.Minutes(agenda.Break, agenda.Lunch))
	at := start
	for _, i := range a.Items {
		fmt.Fprintf(&b, "%s  %3d  %s\n", at.Format("15:04"), i.Minutes, ui.Truncate(ui.Columns-12, describeItem(i)))
		at = at.Add(time.Duration(i.Minutes) * time.Minute)
	}
	fmt.Fprintf(&b, "%s       end\n\nif time runs short, leave these tasks out, the first one first:\n\n", at.Format("15:04"))
	for _, i := range a.Cuts {
		fmt.Fprintf(&b, "       %3d  %s\n", i.Minutes, ui.Truncate(ui.Columns-12, describeItem(i)))
	}
	fmt.Fprintf(&b, "\nyou talk several times during a lesson; lessons/NN-…/NOTES.md says when;\neverything else: lessons/INSTRUCTOR.md\n")
	return b.String()
}

// describeItem returns what happens in an item, in a line.
func describeItem(i agenda.Item) string {
	switch i.Kind {
	case agenda.Opening:
		return "opening: introductions, make doctor, how to read a verdict"
	case agenda.Closing:
		return "closing: the four rules, the exit quiz, make save"
	case agenda.Task:
		return "  " + i.Task.ID + "  " + i.Task.Title
	case agenda.Talk:
		title := fmt.Sprintf("lesson %d, %s: you show", i.Lesson.N, i.Lesson.Title)
		if len(i.Needs) > 0 {
			title += " (needs " + strings.Trim(fmt.Sprint(i.Needs), "[]") + ")"
		}
		return title
	case agenda.Review:
		return fmt.Sprintf("  review of lesson %d", i.Lesson.N)
	}
	return string(i.Kind)
}
