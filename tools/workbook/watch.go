package main

import (
	"context"
	"fmt"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/judge"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
)

type watchCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number. Without it: the lesson that you save in."`
	joining
}

// Run checks a lesson whenever one of its files is saved.
func (c watchCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	p.class.Join(c.Class, c.Name)
	return p.judge(k).Watch(ctx, c.N, judge.Keys{
		ShowHint:     func(task string) error { return learner.ShowHint(p.root, task) },
		ShowProgress: func() error { return learner.ShowProgress(p.root) },
		MakeLesson: func(ctx context.Context, l course.Lesson) error {
			return lessonCmd{N: fmt.Sprint(l.N)}.Run(ctx, k, p)
		},
	})
}
