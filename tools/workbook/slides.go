package main

import (
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/agenda"
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
		file := filepath.Join(dir, plan+".html")
		if err := writeDeck(deck, file); err != nil {
			return notDone("the slides were not made", dir, err)
		}
		fmt.Printf("made %s: %s\n", file, count(len(deck.Slides), "slide"))
	}
	fmt.Printf("\nopen one in a browser; it needs no network, nor this tool\n")
	fmt.Println("  show    F fills the screen, the arrow keys go on, ? shows all keys")
	fmt.Println("  notes   S opens the speaker's window, with what to say and what comes next")
	fmt.Println("  print   E shows one slide a page: then print, without margins; with what to say, too, where the\n          address ends in ?print-pdf&showNotes=separate-page")
	return nil
}

// writeDeck has the deck there whole or not at all.
func writeDeck(deck *slides.Deck, file string) error {
	page, err := deck.HTML()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*.html")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(page)
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return settleFile(temp.Name(), file)
}

// settleFile gives a file that is ready its place, and the rights of others.
func settleFile(temp, to string) error {
	if err := os.Chmod(temp, 0o666&^umask()); err != nil {
		return err
	}
	return os.Rename(temp, to)
}
