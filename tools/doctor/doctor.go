// Package doctor examines a machine for the course: what can be seen, what can be
// built, and a call to a real server. It prints one block that can be pasted to an
// instructor.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/stage"
)

// Options are what to examine, and for what.
type Options struct {
	Root, Dir string // the workbook, and the folder that the tool was called in
	Offline   bool   // prove that nothing more needs the network
	Alone     bool   // this is the examination in a namespace without a network
	Port      int    // that make run and make shop are to have
	Above     []int  // the other ports of make shop, as distances from Port
}

// Examine prints the block. A machine that is not ready is hint.ExitSetup.
func Examine(ctx context.Context, k *process.Keeper, opts Options) error {
	d := &doctor{Options: opts, keeper: k}
	if d.Alone {
		d.requireLoopback()
	}
	var e *hint.Error
	if d.taken = stage.CheckPorts(d.Port, d.Above, "make doctor"); errors.As(d.taken, &e) && e.Kind == hint.Usage {
		return d.taken
	}
	d.examine(ctx)
	return d.verdict(ctx)
}

// doctor is one examination of this machine.
type doctor struct {
	Options
	keeper *process.Keeper
	hasGo  bool   // of a version that will do
	binary string // restate-server
	taken  error  // what is wrong with the ports
	failed bool   // something is not ok
}

func (d *doctor) examine(ctx context.Context) {
	if d.Alone {
		d.binary = os.Getenv(aloneServer)
		d.tryWork(ctx)
		return
	}
	d.introduce(ctx)
	d.lookAtMachine(ctx)
	switch {
	case !d.Offline:
		d.tryWork(ctx)
	case !d.hasGo:
		d.note("network", "not tried: install Go first")
	default:
		d.workOffline(ctx)
	}
}

func (d *doctor) verdict(ctx context.Context) error {
	switch {
	case d.Alone && (d.failed || ctx.Err() != nil):
		return hint.ExitSetup // the first doctor prints it
	case ctx.Err() != nil:
		return hint.New(hint.Setup, "make doctor starts again from the beginning", "interrupted; no process or temporary file is left")
	case d.Alone:
		return nil
	case d.failed:
		fmt.Println("\nnot ready: fix what is not ok, then: make doctor")
		return hint.ExitSetup
	}
	ready := "ready"
	if d.Offline {
		ready += ", without a network"
	}
	fmt.Println("\n" + ready + ". go on with: make lesson 1")
	return nil
}

// problem is what a check found, who can mend it, and how.
type problem struct{ what, who, do string }

const (
	you           = "you"
	administrator = "your administrator"
	instructor    = "your instructor"
)

// ownBlock is what to do where nothing better is known.
const ownBlock = "send them this block"

// problemOf returns the problem behind an error, with its hint if it has one.
func problemOf(err error, who string) *problem {
	var e *hint.Error
	if errors.As(err, &e) && e.Do != "" {
		return &problem{e.What, who, e.Do}
	}
	return &problem{err.Error(), instructor, ownBlock}
}

// check looks at one thing and prints what it finds.
func (d *doctor) check(ctx context.Context, name string, look func(context.Context) (string, *problem)) (ok bool) {
	if ctx.Err() != nil {
		return false
	}
	found, p := look(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case p == nil:
		printLine("ok", name, found)
		return true
	}
	d.failed = true
	printLine("not ok", name, p.what)
	printLine("", "", p.who+": "+p.do)
	return false
}

// note prints what is neither right nor wrong.
func (d *doctor) note(name, text string) { printLine("--", name, text) }

const width = 80

// printLine prints a line, or more where it is too long, indented alike.
func printLine(mark, name, text string) {
	line := fmt.Sprintf("%-7s %-11s", mark, name)
	indent := strings.Repeat(" ", len(line))
	for _, word := range strings.Fields(hideHome(text)) {
		if len([]rune(line))+1+len([]rune(word)) > width && strings.TrimSpace(line) != "" {
			fmt.Println(strings.TrimRight(line, " "))
			line = indent
		}
		line += " " + word
	}
	fmt.Println(line)
}

// hideHome keeps the user's name out of what is pasted.
func hideHome(s string) string {
	home, err := os.UserHomeDir()
	if err != nil || len(home) < 2 {
		return s
	}
	s = strings.ReplaceAll(s, home, "~")
	return strings.ReplaceAll(s, "HOME=~", "HOME="+home) // some shells have no ~ while HOME is not set
}
