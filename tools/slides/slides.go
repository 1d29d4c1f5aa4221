// Package slides makes decks for an instructor, one for each plan, from the
// lessons' own files. What is shown of a lesson stands in its SLIDES.md; its
// objectives, tasks, key sentence and questions are those of its README.md and
// NOTES.md, and the order and the breaks are the agenda's.
//
// A slide of a SLIDES.md begins with a heading ##. Lines under it may say more:
//
//	tasks: 1.2 1.3   it is shown before the first of these that a plan has, and
//	                 not at all where it has none; without that line it is part
//	                 of what is shown before the tasks
//	plans: 90m half  it is in these plans alone
//	notes: 4         what the speaker sees is this item of "How it goes"
//
// Then comes what is on the slide, and below a line "Notes:" more for the
// speaker. <!-- bold word --> makes the lines of code with that word bold.
package slides

import (
	"strings"

	"example.com/workbook/tools/agenda"
)

// Deck is what a plan shows, slide by slide.
type Deck struct {
	Title  string
	Slides []Slide
}

// Slide is one idea. Its texts are Markdown.
type Slide struct {
	Kind  string // how it looks: title, lesson, key, question, pause; "" for most
	Text  string
	Notes string // for the speaker alone
}

// Title is the slide's first line, without its mark.
func (s Slide) Title() string {
	line, _, _ := strings.Cut(s.Text, "\n")
	return strings.TrimLeft(line, "# ")
}

// Make is the deck of a plan.
func Make(root, plan string) (*Deck, error) {
	a, err := agenda.New(root, plan)
	if err != nil {
		return nil, err
	}
	m := &maker{root: root, plan: plan, agenda: a}
	if err := m.make(); err != nil {
		return nil, err
	}
	return &m.deck, nil
}
