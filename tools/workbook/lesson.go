package main

import (
	"context"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
)

type lessonCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number: 1."`
	joining
}

// Run prepares this machine and copies the lesson's stub to work/.
func (c lessonCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	l, err := learner.ParseLesson(p.root, "lesson", c.N)
	if err != nil {
		return err
	}
	made, err := learner.Make(ctx, k, p.root, l)
	if err != nil {
		return err
	}
	p.class.Join(c.Class, c.Name)
	p.class.Report(class.Report{Lesson: l.N, Begun: made})
	return learner.Equip(p.root, l)
}
