package main

import (
	"context"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop"
)

type recordingsCmd struct{}

// Run makes the recordings that are part of the workbook, with the real server and the real
// programs.
func (recordingsCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	return shop.MakeRecordings(ctx, k, p.root)
}
