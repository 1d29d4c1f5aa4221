package main

import (
	"context"
	"fmt"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/hint"
)

// joining are the flags by which a learner joins a class, with the first command
// that reports to it.
type joining struct {
	Class string `env:"CLASS" help:"Tell a class how your tasks fare: its address, or off."`
	// Some systems have a NAME in everybody's environment, so it counts beside CLASS alone.
	Name string `env:"NAME" help:"What you are called there; it need not be your own."`
}

type classSendCmd struct{}

// Run sends the reports that wait. Nobody reads what it would print.
func (classSendCmd) Run(ctx context.Context, p *place) error { return class.Send(ctx, p.root) }

type handCmd struct {
	joining
	Down bool `help:"Take it down: DOWN=1."`
}

// Run raises the learner's hand in their class, and waits for the class's answer.
func (c handCmd) Run(ctx context.Context, p *place) error {
	p.class.Join(c.Class, c.Name)
	if m, _ := class.Read(p.root); m.Class == "" {
		return hint.New(hint.Usage, "CLASS=http://… NAME=otter make hand, with the address on the instructor's screen", "you are in no class")
	}
	up := !c.Down
	if err := class.Put(p.root, class.Report{Hand: &up}); err != nil {
		return err
	}
	if err := class.Send(ctx, p.root); err != nil {
		return err
	}
	if up {
		fmt.Println("your hand is up. make hand DOWN=1 takes it down")
	} else {
		fmt.Println("your hand is down")
	}
	return nil
}
