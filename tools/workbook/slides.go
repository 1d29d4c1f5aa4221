package main

import (
	"fmt"
	"path/filepath"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/slides"
)

type slidesCmd struct {
	Plan string `enum:"90m,half,full,all" default:"all" help:"The plan to make a deck for: 90m, half, full; all of them if not said."`
}

// Run makes the decks anew: they are made from the lessons, and nobody's own.
func (c slidesCmd) Run(p *place) error {
	plans := agenda.Plans
	if c.Plan != "all" {
		plans = []string{c.Plan}
	}
	dir := filepath.Join(p.root, "work", "slides")
	for _, plan := range plans {
		deck, err := slides.Make(p.root, plan)
		if err != nil {
			return err
		}
		page, err := deck.HTML()
		if err != nil {
			return err
		}
		if err := made(dir, plan, page, course.Count(len(deck.Slides), "slide")); err != nil {
			return err
		}
	}
	return p.papers(dir, plans)
}

// papers makes what is printed: the handout, and each plan's quiz.
func (p *place) papers(dir string, plans []string) error {
	papers := []struct{ page, plan, file string }{{"HANDOUT", plans[0], "handout"}}
	for _, plan := range plans {
		papers = append(papers, struct{ page, plan, file string }{"QUIZ", plan, "quiz-" + plan})
	}
	for _, paper := range papers {
		page, err := slides.Paper(p.root, paper.page, paper.plan)
		if err != nil {
			return err
		}
		if err := made(dir, paper.file, page, "to be printed"); err != nil {
			return err
		}
	}
	fmt.Printf("\nopen them in a browser; they need no network, nor this tool\n")
	fmt.Println("  show    F fills the screen, the arrow keys go on, ? shows all keys")
	fmt.Println("  notes   S opens the speaker's window, with what to say and what comes next")
	fmt.Println("  print   E shows one slide a page: then print, without margins;\n          with what to say, too, where the address ends in\n          ?print-pdf&showNotes=separate-page")
	return nil
}

// made has a page there, whole or not at all.
func made(dir, name string, page []byte, what string) error {
	file := filepath.Join(dir, name+".html")
	if err := notes.Update(file, func([]byte) []byte { return page }); err != nil {
		return files.WriteError("the slides were not made", dir, err)
	}
	fmt.Printf("made %s: %s\n", file, what)
	return nil
}
