package main

type runCmd struct {
	N    string `arg:"" help:"The lesson's number: 1."`
	Port int    `default:"8080" help:"The port to call it at; Restate's own page is 990 above it."`
}

func (c runCmd) Run(p *place) error { return nil }
