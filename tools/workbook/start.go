package main

import (
	"context"
	"fmt"
	"slices"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/shop/client"
)

type startCmd struct {
	Name string `arg:"" optional:"" help:"The process: restate, sandbox or program; in a shop with three nodes node-1, copy-1 and so on."`
}

// Run makes the open shop restart what was killed.
func (c startCmd) Run(ctx context.Context, p *place) error {
	if !slices.Contains(slices.Concat(client.UnitNames, []string{client.SecondUnit}, client.ManyNames), c.Name) {
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
