package main

import (
	"context"

	"example.com/workbook/tools/learner"
)

type solutionCmd struct {
	N   string `arg:"" optional:"" help:"The lesson's number: 3."`
	Yes bool   `help:"Show the solution without asking first: YES=1."`
}

// Run shows how the learner's copy differs from the reference.
func (c solutionCmd) Run(ctx context.Context, p *place) error {
	l, err := learner.ParseLesson(p.root, "solution", c.N)
	if err != nil {
		return err
	}
	return learner.Compare(ctx, p.root, l, c.Yes)
}
