package main

import (
	"context"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/workshop"
)

type classCmd struct {
	Port   int    `default:"8100" help:"The port of the class's page."`
	Listen string `default:"127.0.0.1" help:"Where to listen: this machine alone, or LISTEN=all, or one of this machine's addresses."`
	New    bool   `help:"Begin with an empty class: NEW=1. The record of the last class is kept."`
}

// Run serves a class's page until it is stopped.
func (c classCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	room := workshop.Classroom{Root: p.root, Keeper: k}
	return room.Serve(ctx, c.Listen, c.Port, c.New)
}

type timingsCmd struct{}

// Run prints how long tasks have taken a class.
func (timingsCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	room := workshop.Classroom{Root: p.root, Keeper: k}
	return room.PrintTimings(ctx)
}

type classSendCmd struct{}

// Run sends the reports that wait. The command that starts it discards its output.
func (classSendCmd) Run(ctx context.Context, p *place) error { return class.Send(ctx, p.root) }
