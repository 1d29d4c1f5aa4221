// Package doctor examines whether a machine is ready for the course: it looks at the machine,
// builds lessons, and makes a call to a real server. It prints one block of text that a learner can
// send to an instructor.
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

// Options has the folders, the ports and the kind of an examination.
type Options struct {
	Root, Dir string // the workbook's folder, and the folder in which the tool was called
	Offline   bool   // prove that the lessons need no network any more
	Alone     bool   // this process is the second doctor, in a namespace without a network
	Port      int    // the port that make run and make shop will use
	Above     []int  // the other ports of make shop, as distances from Port
}

// Examine prints the block. It returns hint.ExitSetup if the machine is not ready.
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
	hasGo  bool   // go is installed, in a version that is new enough
	binary string // the path of restate-server
	taken  error  // why the ports cannot be used
	failed bool   // at least one check was not ok
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
		return hint.ExitSetup // the first doctor prints the last lines
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

// problem describes what a check found, who can correct it, and how.
type problem struct{ what, who, do string }

const (
	you           = "you"
	administrator = "your administrator"
	instructor    = "your instructor"
)

// ownBlock is the advice for a problem without a better one.
const ownBlock = "send them this block"

// problemOf returns the problem behind an error, with its hint if it has one.
func problemOf(err error, who string) *problem {
	var e *hint.Error
	if errors.As(err, &e) && e.Do != "" {
		return &problem{e.What, who, e.Do}
	}
	return &problem{err.Error(), instructor, ownBlock}
}

// check runs one check, and prints its result.
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

// note prints a line that is neither ok nor not ok.
func (d *doctor) note(name, text string) { printLine("--", name, text) }

const width = 80

// printLine prints a text. A long text takes several lines, which have the same indentation.
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

// hideHome replaces the path of the home folder, which contains the user's name, because people
// paste this block.
func hideHome(s string) string {
	home, err := os.UserHomeDir()
	if err != nil || len(home) < 2 {
		return s
	}
	s = strings.ReplaceAll(s, home, "~")
	return strings.ReplaceAll(s, "HOME=~", "HOME="+home) // some shells do not expand ~ while HOME is not set
}
