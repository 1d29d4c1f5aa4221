package main

type hintCmd struct {
	Task string `arg:"" help:"The task: 1.2."`
}

func (c hintCmd) Run(p *place) error { return nil }
