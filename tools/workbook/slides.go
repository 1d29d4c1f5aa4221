package main

import (
	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/workshop"
)

type slidesCmd struct {
	Plan string `enum:"90m,half,full,two,all" default:"all" help:"The plan to make a deck for: 90m, half, full or two; without it: all."`
}

// Run makes the decks of one plan or of all.
func (c slidesCmd) Run(p *place) error {
	plans := agenda.Plans
	if c.Plan != "all" {
		plans = []string{c.Plan}
	}
	return workshop.MakeSlides(p.root, plans)
}
