package main

import (
	"context"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
)

type catchupCmd struct {
	N string `arg:"" optional:"" help:"The lesson that you want to start with: 5."`
}

// Run puts the reference in the place of earlier lessons, and checks it.
func (c catchupCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	l, err := learner.ParseLesson(p.root, "catchup", c.N)
	if err != nil {
		return err
	}
	return learner.CatchUp(ctx, k, p.root, l, func(given course.Lesson) error {
		return p.judge(k).Check(ctx, given.Dir(p.root, "work"), given)
	})
}
