package slides

import (
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/course"
)

func (l *lesson) objectivesSlide() Slide {
	return Slide{Text: "## When this is done you can\n\n- " + strings.Join(l.notes.Objectives, "\n- "),
		Notes: "Read them aloud, and begin."}
}

// tasksSlide lists the tasks that the plan contains, and the extra tasks for fast
// learners.
func (l *lesson) tasksSlide() Slide {
	s := Slide{Text: "## What you do\n", Notes: "When it goes wrong:\n\n- " + strings.Join(l.notes.List("When it goes wrong"), "\n- ")}
	var extras []string
	for _, t := range l.Tasks {
		switch {
		case slices.Contains(l.plan, t.ID):
			s.Text += fmt.Sprintf("\n- **%s** %s", t.ID, t.Title)
		case t.Extra:
			extras = append(extras, fmt.Sprintf("**%s** %s", t.ID, t.Title))
		}
	}
	if len(extras) > 0 {
		s.Text += "\n\nAhead of the others? " + strings.Join(extras, ", ") + "."
	}
	return s
}

// taskSlide shows how to do one task.
func (l *lesson) taskSlide(i agenda.Item) Slide {
	s := Slide{Text: fmt.Sprintf("## %s %s\n\nRead **%[1]s** in `work/%[3]s/README.md`.\n\n```text\n", i.Task.ID, i.Task.Title, l.Slug)}
	line := func(command, what string) { s.Text += fmt.Sprintf("%-15s %s\n", command, what) }
	if i.Task.ID == l.plan[0] {
		line(fmt.Sprintf("make lesson %d", l.N), "your copy of the lesson")
	}
	line(fmt.Sprintf("make check %d", l.N), "judge it")
	if hints, _ := course.Hints(l.root, l.Lesson, i.Task.ID); len(hints) > 0 {
		line("make hint "+i.Task.ID, "the next hint of three")
	}
	s.Text += "```"
	if truths, _ := course.Truths(l.root, l.Lesson); truths[i.Task.ID] != "" {
		s.Text += "\n\nWrite your guess down **before** you look."
	}
	s.Notes = l.taskNotes(i)
	return s
}

// taskNotes returns the parts of the lesson's notes that concern a task.
func (l *lesson) taskNotes(i agenda.Item) string {
	notes := []string{fmt.Sprintf("%d minutes.", i.Minutes)}
	for _, item := range l.goes {
		if name, _, _ := strings.Cut(strings.TrimPrefix(item, "**"), "**"); strings.Contains(name, i.Task.ID) {
			notes = append(notes, item)
		}
	}
	for _, wrong := range l.notes.List("Wrong answers you will see") {
		if strings.Contains(wrong, "`: "+i.Task.ID+",") {
			notes = append(notes, "- "+wrong)
		}
	}
	return strings.Join(notes, "\n\n")
}

// reviewSlides returns the key sentence, a slide for each question, and the questions
// to discuss.
func (l *lesson) reviewSlides() []Slide {
	questions := l.notes.List("Questions they ask")
	all := []Slide{{Kind: "key", Text: "## The one thing\n\n" + l.notes.Section("The one thing to land"),
		Notes: "Questions they ask:\n\n- " + strings.Join(questions, "\n- ")}}
	for _, item := range l.notes.List("Review") {
		question, answer, _ := strings.Cut(strings.TrimPrefix(item, "*"), "* ")
		all = append(all, Slide{Kind: "question", Text: "## Review\n\n" + question, Notes: "To people who have not spoken yet. " + answer})
	}
	discuss := Slide{Kind: "question", Text: "## To discuss: one of these", Notes: "As time allows."}
	for _, item := range l.notes.List("Two questions to discuss") {
		question, listen, _ := strings.Cut(strings.TrimPrefix(item, "**"), "** ")
		discuss.Text += "\n\n" + question
		discuss.Notes += "\n\n- " + listen
	}
	return append(all, discuss)
}
