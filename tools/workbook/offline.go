package main

import (
	"context"

	"example.com/workbook/tools/offline"
	"example.com/workbook/tools/process"
)

type offlineCmd struct {
	Folder    string   `arg:"" optional:"" help:"The folder to make: work/offline."`
	Platforms []string `help:"Other platforms to add the server for: PLATFORMS=darwin-arm64,linux-arm64, or all."`
	Use       string   `hidden:"" help:"Fill the caches from that folder, as its use.sh does."`
}

// Run makes the folder, or fills the caches from one.
func (c offlineCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if c.Use != "" {
		return offline.Use(ctx, k, offline.Options{Root: p.root, Dir: p.dir, Folder: c.Use})
	}
	return offline.Make(ctx, k, offline.Options{Root: p.root, Dir: p.dir, Folder: c.Folder, Platforms: c.Platforms})
}
