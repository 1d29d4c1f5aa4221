package main

import (
	"fmt"
	"slices"

	"example.com/workbook/tools/hint"
)

type startCmd struct {
	Name string `arg:"" optional:"" help:"Which one: restate, sandbox or program."`
}

var unitNames = []string{"restate", "sandbox", "program"}

// Run has the shop that is open bring back what was killed.
func (c startCmd) Run(p *place) error {
	if !slices.Contains(unitNames, c.Name) {
		what := fmt.Sprintf("%q is none of the shop's processes", c.Name)
		if c.Name == "" {
			what = "which one? its name is missing"
		}
		return hint.New(hint.Usage, "for example: "+startCommand("program")+"; or restate, or sandbox", "%s", what)
	}
	ctx, stop := untilStopped()
	defer stop()
	shop, _, err := p.shop(ctx)
	if err != nil {
		return err
	}
	var u unitView
	if err := shop.do(ctx, "POST", "start/"+c.Name, &u); err != nil {
		return gone(ctx, err)
	}
	fmt.Printf("%s is back: pid %d, %s\n", u.Name, u.PID, u.Addr)
	return nil
}
