package main

import (
	"example.com/workbook/tools/learner"
)

type hintCmd struct {
	Task string `arg:"" optional:"" help:"The task: 1.2."`
}

// Run shows the next hint for a task.
func (c hintCmd) Run(p *place) error { return learner.ShowHint(p.root, c.Task) }
