package main

import (
	"context"

	"example.com/workbook/tools/judge"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/stage"
)

type crashCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number: 1."`
}

// Run crashes the lesson's program and prints what happened.
func (c crashCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	l, err := learner.ParseLesson(p.root, "crash", c.N)
	if err != nil {
		return err
	}
	if err := stage.CheckHasStory(p.root, l); err != nil {
		return err
	}
	if _, _, err := judge.Find(p.root, p.dir, "crash", c.N); err != nil {
		return err
	}
	return stage.RunStory(ctx, k, p.root, l)
}
