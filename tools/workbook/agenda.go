package main

import (
	"os"
	"time"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/workshop"
)

type agendaCmd struct {
	Plan  string `enum:"90m,half,full,two" default:"half" help:"The length of the workshop: 90m, half or full; or two, a second day."`
	Start string `default:"09:00" help:"When it begins."`
}

// Run prints the plan.
func (c agendaCmd) Run(p *place) error {
	start, err := time.Parse("15:04", c.Start)
	if err != nil {
		return hint.New(hint.Usage, "for example: make agenda PLAN=half START=09:00", "%q is not a time of day", c.Start)
	}
	a, err := agenda.New(p.root, c.Plan)
	if err != nil {
		return err
	}
	os.Stdout.WriteString(workshop.Agenda(a, start))
	return nil
}
