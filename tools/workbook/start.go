package main

import (
	"context"
	"fmt"
	"slices"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/shop/client"
)

type startCmd struct {
	Name string `arg:"" optional:"" help:"The process: restate, sandbox or program."`
}

// Run makes the open shop restart what was killed.
func (c startCmd) Run(ctx context.Context, p *place) error {
	if c.Name != client.SecondUnit && !slices.Contains(client.UnitNames, c.Name) {
		what := fmt.Sprintf("%q is not a process of the shop", c.Name)
		if c.Name == "" {
			what = "the name of the process is missing"
		}
		return hint.New(hint.Usage, "for example: "+client.StartCommand("program")+"; or restate, or sandbox", "%s", what)
	}
	shop, _, err := client.Dial(ctx, p.root)
	if err != nil {
		return err
	}
	u, err := shop.Start(ctx, c.Name)
	if err != nil {
		return err
	}
	fmt.Printf("%s is back: pid %d, %s%s\n", u.Name, u.PID, u.Addr, u.Note)
	return nil
}
