package main

import (
	"context"
	"path/filepath"

	"example.com/workbook/tools/learner"
)

type saveCmd struct {
	To string `arg:"" optional:"" help:"The archive, or a folder for it; without it: the workbook's folder."`
}

// Run packs work/ into one file.
func (c saveCmd) Run(ctx context.Context, p *place) error {
	to := c.To
	switch {
	case to == "":
		to = p.root
	case !filepath.IsAbs(to):
		to = filepath.Join(p.dir, to)
	}
	return learner.Save(ctx, p.root, to)
}
