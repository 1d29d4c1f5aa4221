package main

import "context"

// joining are the flags by which a learner joins a class, with the first command
// that reports to it.
type joining struct {
	Class string `env:"CLASS" help:"Tell a class how your tasks fare: its address, or off."`
	// Some systems have a NAME in everybody's environment, so it counts beside CLASS alone.
	Name string `env:"NAME" help:"What you are called there; it need not be your own."`
}

type handCmd struct {
	joining
	Down bool `help:"Take it down: DOWN=1."`
}

// Run raises the learner's hand in their class, or takes it down.
func (c handCmd) Run(ctx context.Context, p *place) error {
	p.class.Join(c.Class, c.Name)
	return p.class.SetHand(ctx, !c.Down)
}
