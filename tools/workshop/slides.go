package workshop

import (
	"fmt"
	"path/filepath"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/slides"
)

// MakeSlides makes a deck for each plan, and what is printed. It replaces those that
// are there: they are made from the lessons, and nobody edits them.
func MakeSlides(root string, plans []string) error {
	dir := filepath.Join(root, "work", "slides")
	for _, plan := range plans {
		deck, err := slides.Make(root, plan)
		if err != nil {
			return err
		}
		page, err := deck.HTML()
		if err != nil {
			return err
		}
		if err := writePage(dir, plan, page, course.Count(len(deck.Slides), "slide")); err != nil {
			return err
		}
	}
	return makePapers(root, dir, plans)
}

// makePapers makes what is printed, the handout and each plan's quiz, and prints how
// to use it all.
func makePapers(root, dir string, plans []string) error {
	papers := []struct{ page, plan, file string }{{"HANDOUT", plans[0], "handout"}}
	for _, plan := range plans {
		papers = append(papers, struct{ page, plan, file string }{"QUIZ", plan, "quiz-" + plan})
	}
	for _, paper := range papers {
		page, err := slides.Paper(root, paper.page, paper.plan)
		if err != nil {
			return err
		}
		if err := writePage(dir, paper.file, page, "to be printed"); err != nil {
			return err
		}
	}
	fmt.Printf("\nopen the slides in a browser; they need neither a network nor this tool\n")
	fmt.Println("  show    F fills the screen, arrow keys change the slide, ? shows all keys")
	fmt.Println("  notes   S opens the speaker's window with notes and the next slide")
	fmt.Println("  print   E shows one slide per page: then print without margins;\n          to print the notes too, end the address in\n          ?print-pdf&showNotes=separate-page")
	return nil
}

// writePage writes a page, whole or not at all, and prints so.
func writePage(dir, name string, page []byte, what string) error {
	file := filepath.Join(dir, name+".html")
	if err := notes.Update(file, func([]byte) []byte { return page }); err != nil {
		return files.WriteError("the slides were not made", dir, err)
	}
	fmt.Printf("made %s: %s\n", file, what)
	return nil
}
