package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop"
	"example.com/workbook/tools/stage"
)

type doctorCmd struct {
	Offline bool `help:"Prove that nothing more needs the network: OFFLINE=1."`
	Port    int  `default:"8080" help:"The port that you mean to give make run and make shop."`
	Alone   bool `hidden:"" help:"What needs no look at the machine, where the network is off."`
}

// Run prints one block that can be pasted to an instructor.
func (c doctorCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	d := &doctor{place: p, doctorCmd: c, keeper: k}
	if c.Alone {
		d.onlyLoopback()
	}
	var e *hint.Error
	if d.taken = stage.CheckPorts(c.Port, shop.Ports, "make doctor"); errors.As(d.taken, &e) && e.Kind == hint.Usage {
		return d.taken
	}
	d.examine(ctx)
	return d.verdict(ctx)
}

// doctor is one examination of this machine.
type doctor struct {
	*place
	doctorCmd
	keeper *process.Keeper
	goes   bool   // Go will do
	binary string // restate-server
	taken  error  // of the ports
	ill    bool
}

func (d *doctor) examine(ctx context.Context) {
	if d.Alone {
		d.binary = os.Getenv(aloneServer)
		d.work(ctx)
		return
	}
	d.introduce(ctx)
	d.machine(ctx)
	switch {
	case !d.Offline:
		d.work(ctx)
	case !d.goes:
		d.note("network", "not tried: Go comes first")
	default:
		d.workOffline(ctx)
	}
}

func (d *doctor) verdict(ctx context.Context) error {
	switch {
	case d.Alone && (d.ill || ctx.Err() != nil):
		return hint.ExitSetup // the first doctor says so
	case ctx.Err() != nil:
		return hint.New(hint.Setup, "make doctor looks again, from the beginning", "interrupted; nothing of it is left")
	case d.Alone:
		return nil
	case d.ill:
		fmt.Println("\nnot ready: mend what is not ok, then: make doctor")
		return hint.ExitSetup
	}
	ready := "ready"
	if d.Offline {
		ready += ", without a network"
	}
	fmt.Println("\n" + ready + ". go on with: make lesson 1")
	return nil
}

// illness is what a check found, who can mend it, and how.
type illness struct{ what, who, do string }

const (
	you           = "you"
	administrator = "your administrator"
	instructor    = "your instructor"
)

// ownBlock is what to do where we know no better.
const ownBlock = "send them this block"

// illnessOf is an error whose hint somebody can follow.
func illnessOf(err error, who string) *illness {
	var e *hint.Error
	if errors.As(err, &e) && e.Do != "" {
		return &illness{e.What, who, e.Do}
	}
	return &illness{err.Error(), instructor, ownBlock}
}

// check shows what a look at one thing came to.
func (d *doctor) check(ctx context.Context, name string, look func(context.Context) (string, *illness)) (well bool) {
	if ctx.Err() != nil {
		return false
	}
	said, ill := look(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case ill == nil:
		printLine("ok", name, said)
		return true
	}
	d.ill = true
	printLine("not ok", name, ill.what)
	printLine("", "", ill.who+": "+ill.do)
	return false
}

// note shows what is neither well nor ill.
func (d *doctor) note(name, said string) { printLine("--", name, said) }

const width = 80

// printLine prints a line, or more where it is too long, indented alike.
func printLine(mark, name, said string) {
	line := fmt.Sprintf("%-7s %-11s", mark, name)
	indent := strings.Repeat(" ", len(line))
	for _, word := range strings.Fields(withoutHome(said)) {
		if len([]rune(line))+1+len([]rune(word)) > width && strings.TrimSpace(line) != "" {
			fmt.Println(strings.TrimRight(line, " "))
			line = indent
		}
		line += " " + word
	}
	fmt.Println(line)
}

// withoutHome keeps the user's name out of what is pasted.
func withoutHome(s string) string {
	home, err := os.UserHomeDir()
	if err != nil || len(home) < 2 {
		return s
	}
	return strings.ReplaceAll(s, home, "~")
}
