package main

import (
	"context"
	"time"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop"
)

type shopCmd struct {
	Shop  string        `enum:"reference,mine" default:"reference" help:"Whose services: reference; or mine, which is yours as far as they are written."`
	Port  int           `default:"8080" help:"The port to call it at; the others lie 990 to 1010 above."`
	Delay time.Duration `default:"5s" help:"How long the gateway takes."`
	Seed  uint64        `default:"1" help:"Of the gateway's rolls."`
}

// Run opens the shop until Ctrl-C.
func (c shopCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	return shop.Run(ctx, shop.Options{
		Root: p.root, Keeper: k, Mine: c.Shop == "mine", Port: c.Port, Delay: c.Delay, Seed: c.Seed,
	})
}
