package main

import (
	"example.com/workbook/tools/learner"
)

type resetCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number: 3."`
}

// Run moves the learner's copy of a lesson out of the way.
func (c resetCmd) Run(p *place) error {
	l, err := learner.ParseLesson(p.root, "reset", c.N)
	if err != nil {
		return err
	}
	return learner.Reset(p.root, l)
}
