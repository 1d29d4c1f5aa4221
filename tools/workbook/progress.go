package main

import (
	"example.com/workbook/tools/learner"
)

type progressCmd struct{}

// Run lists every task and its state.
func (progressCmd) Run(p *place) error { return learner.ShowProgress(p.root) }
