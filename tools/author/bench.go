package main

import (
	"context"

	"example.com/workbook/tools/author/bench"
	"example.com/workbook/tools/process"
)

type benchCmd struct {
	Runs     int  `default:"5" help:"The number of measurements per figure; the median is printed."`
	Loop     bool `default:"true" negatable:"" help:"Measure the time from the save of a file to the verdict."`
	Cold     bool `default:"true" negatable:"" help:"Measure the set-up with empty caches."`
	Orders   bool `default:"true" negatable:"" help:"Measure the shop's orders."`
	Machines bool `default:"true" negatable:"" help:"Measure orders with one node and with three, and kill a node (90 seconds)."`
}

// Run measures how long a learner waits.
func (c benchCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	return bench.Run(ctx, bench.Options{
		Root: p.root, Keeper: k, Runs: c.Runs, Loop: c.Loop, Cold: c.Cold, Orders: c.Orders, Machines: c.Machines,
	})
}
