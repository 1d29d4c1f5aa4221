package main

import (
	"context"

	"example.com/workbook/tools/judge"
	"example.com/workbook/tools/process"
)

type checkCmd struct {
	N   string `arg:"" optional:"" help:"The lesson's number. Without it: the lesson whose folder you are in, or else the first unfinished one."`
	All bool   `help:"Check all lessons in work/: ALL=1; with a number, all up to that lesson."`
	joining
}

// Run tests the learner's copy and shows the verdict alone.
func (c checkCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	p.class.Join(c.Class, c.Name)
	if c.All {
		return p.judge(k).CheckAll(ctx, c.N)
	}
	dir, l, err := judge.Find(p.root, p.dir, "check", c.N)
	if err != nil {
		p.class.ReportJoining()
		return err
	}
	return p.judge(k).Check(ctx, dir, l)
}

// judge returns what checks the lessons.
func (p *place) judge(k *process.Keeper) *judge.Judge {
	return &judge.Judge{Root: p.root, Dir: p.dir, Keeper: k, Class: p.class}
}
