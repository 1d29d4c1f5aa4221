package main

import (
	"context"
	"time"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop"
)

type shopCmd struct {
	Shop  string        `enum:"reference,mine" default:"reference" help:"The services that run: reference, or mine (your finished ones)."`
	Port  int           `default:"8080" help:"The port of the ingress; other ports are 990 to 1015 above."`
	Delay time.Duration `default:"5s" help:"The time that the gateway takes for a charge."`
	Nodes int           `enum:"1,3" default:"1" help:"The nodes of restate-server: 1, or 3 with two copies of the program."`
	Seed  uint64        `default:"1" help:"The seed of the gateway's random rolls."`
}

// Run opens the shop until Ctrl-C.
func (c shopCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	return shop.Run(ctx, shop.Options{
		Root: p.root, Keeper: k, Mine: c.Shop == "mine", Port: c.Port, Delay: c.Delay, Seed: c.Seed, Nodes: c.Nodes,
	})
}
