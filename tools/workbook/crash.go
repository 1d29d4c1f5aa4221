package main

type crashCmd struct {
	N string `arg:"" help:"The lesson's number: 1."`
}

func (c crashCmd) Run(p *place) error { return nil }
