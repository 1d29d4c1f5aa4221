package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/stage"
)

const (
	classPort   = 8100
	thisMachine = "127.0.0.1"
)

type classCmd struct {
	Port   int    `default:"8100" help:"Of the class's page."`
	Listen string `default:"127.0.0.1" help:"Where: this machine alone, unless it says LISTEN=all or an address of this machine's."`
	New    bool   `help:"Begin with an empty class: NEW=1. The record of the last one is kept beside it."`
}

// Run serves a class's page until it is stopped.
func (c classCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	host := c.Listen
	if host == "all" {
		host = "0.0.0.0"
	}
	if net.ParseIP(host) == nil {
		return hint.New(hint.Usage, "LISTEN=all, or one of its addresses in the room's network", "%q is no address of this machine", c.Listen)
	}
	if err := stage.CheckPorts(c.Port, []int{0}, "make class"); err != nil {
		return err
	}
	if c.New {
		if err := p.newClass(); err != nil {
			return err
		}
	}
	return p.classroom(ctx, k, "-listen", net.JoinHostPort(host, fmt.Sprint(c.Port)), "-again", c.again())
}

// again is the command without what is for once.
func (c classCmd) again() string {
	command := "make class"
	if c.Port != classPort {
		command += fmt.Sprintf(" PORT=%d", c.Port)
	}
	if c.Listen != thisMachine {
		command += " LISTEN=" + c.Listen
	}
	return command
}

type timingsCmd struct{}

// Run prints how long tasks have taken a class.
func (timingsCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	return p.classroom(ctx, k, "-timings")
}

func (p *place) classRecord() string { return filepath.Join(p.root, "work", "class", "room.db") }

// newClass moves the record away.
func (p *place) newClass() error {
	if !files.Exists(p.classRecord()) {
		return nil
	}
	dated := filepath.Join(filepath.Dir(p.classRecord()), time.Now().Format("room-2006-01-02-150405"))
	// What SQLite has beside it belongs to it.
	for _, end := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(p.classRecord()+end, dated+".db"+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return files.WriteError("the last class's record was not moved", filepath.Dir(dated), err)
		}
	}
	fmt.Printf("the last class is in work/class/%s.db\n", filepath.Base(dated))
	return nil
}

// classroomPackage keeps the record: this tool must not link SQLite.
const classroomPackage = "./tools/classroom"

// classroom builds that program and runs it.
func (p *place) classroom(ctx context.Context, k *process.Keeper, args ...string) error {
	dir, err := k.MkdirTemp()
	if err != nil {
		return err
	}
	binary := filepath.Join(dir, "classroom")
	if err := gotool.Build(ctx, k, p.root, slices.Concat([]string{"build"}, gotool.LinkFast, []string{"-o", binary, classroomPackage})...); err != nil {
		return err
	}
	cmd := exec.Command(binary, append([]string{"-root", p.root, "-record", p.classRecord()}, args...)...)
	cmd.Stdout = os.Stdout
	return attended(ctx, k, cmd)
}

// attended runs a program until it ends or ctx is done. What it says is said, and how
// it ends is how we do.
func attended(ctx context.Context, k *process.Keeper, cmd *exec.Cmd) error {
	runs, err := process.Start(k, cmd)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		runs.Stop()
		return nil
	case <-runs.Done():
	}
	var exit *exec.ExitError
	if errors.As(runs.Err(), &exit) && exit.ExitCode() == int(hint.Usage) {
		return hint.ExitUsage
	}
	if runs.Err() != nil {
		return hint.ExitSetup
	}
	return nil
}
