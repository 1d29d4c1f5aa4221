package main

import (
	"context"

	"example.com/workbook/tools/doctor"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop"
)

type doctorCmd struct {
	Offline bool `help:"Prove that nothing needs the network any more: OFFLINE=1."`
	Port    int  `default:"8080" help:"The port that you will give to make run and make shop."`
	Alone   bool `hidden:"" help:"Check only what can be checked with the network off."`
}

// Run prints one block that can be pasted to an instructor.
func (c doctorCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	return doctor.Examine(ctx, k, doctor.Options{
		Root: p.root, Dir: p.dir, Offline: c.Offline, Alone: c.Alone, Port: c.Port, Above: shop.Ports,
	})
}
