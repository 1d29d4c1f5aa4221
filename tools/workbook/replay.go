package main

import (
	"context"

	"example.com/workbook/tools/stage"
)

type replayCmd struct {
	Port int `default:"9095" help:"The port of the page."`
}

// Run serves the page with its recordings, and nothing else.
func (c replayCmd) Run(ctx context.Context, p *place) error {
	return stage.ServeRecordings(ctx, p.root, c.Port)
}
