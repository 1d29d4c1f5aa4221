package main

import (
	"context"

	"example.com/workbook/tools/judge"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/stage"
)

type runCmd struct {
	N    string `arg:"" optional:"" help:"The lesson's number: 1."`
	Port int    `default:"8080" help:"The port of the ingress; Restate's own page is at this port plus 990."`
}

// Run serves the learner's lesson until Ctrl-C.
func (c runCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if _, err := learner.ParseLesson(p.root, "run", c.N); err != nil {
		return err
	}
	_, l, err := judge.Find(p.root, p.dir, "run", c.N)
	if err != nil {
		return err
	}
	return stage.RunLesson(ctx, stage.Options{Root: p.root, Keeper: k}, l, c.Port)
}
