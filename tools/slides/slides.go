// Package slides makes an instructor's decks, one for each plan, from the files of
// the lessons. The slides of a lesson stand in its SLIDES.md. Objectives, tasks, key
// sentence and questions come from its README.md and NOTES.md, and order and breaks
// from the agenda.
//
// A slide in SLIDES.md begins with a heading ##. These options may follow:
//
//	tasks: 1.2 1.3   show it before the first of these tasks that the plan contains,
//	                 or not at all if it contains none of them; without this line
//	                 it is shown before all tasks
//	plans: 90m half  show it in these plans only
//	notes: 4         show this item of "How it goes" to the speaker
//
// Then comes the text of the slide and, below a line "Notes:", more text for the
// speaker. <!-- bold word --> prints the lines of code with that word in bold.
package slides

import (
	"strings"

	"example.com/workbook/tools/agenda"
)

// Deck is the slides of a plan.
type Deck struct {
	Title  string
	Slides []Slide
}

// Slide is one slide. Its texts are Markdown.
type Slide struct {
	Kind  string // the layout: title, lesson, key, question, pause; "" for most
	Text  string
	Notes string // for the speaker only
}

// Title returns the first line of the slide, without its heading mark.
func (s Slide) Title() string {
	line, _, _ := strings.Cut(s.Text, "\n")
	return strings.TrimLeft(line, "# ")
}

// Make returns the deck of a plan.
func Make(root, plan string) (*Deck, error) {
	a, err := agenda.New(root, plan)
	if err != nil {
		return nil, err
	}
	m := &maker{root: root, plan: plan, agenda: a}
	if err := m.makeDeck(); err != nil {
		return nil, err
	}
	return &m.deck, nil
}
