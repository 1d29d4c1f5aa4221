package main

import "context"

type handCmd struct {
	joining
	Down bool `help:"Take your hand down: DOWN=1."`
}

// Run raises the learner's hand in their class, or takes it down.
func (c handCmd) Run(ctx context.Context, p *place) error {
	p.class.Join(c.Class, c.Name)
	return p.class.SetHand(ctx, !c.Down)
}
