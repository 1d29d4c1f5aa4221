package main

type checkCmd struct {
	N string `arg:"" optional:""`
}

func (c checkCmd) Run(p *place) error { return nil }
