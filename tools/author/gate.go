package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

type gateCmd struct{}

// A part is one kind of check of the code, with the commands that do it.
type part struct {
	name        string
	commands    []command
	needs       string // a program without which the part is not run; most need only Go
	besideTests bool   // make test runs the part while the tests run, which often wait
}

// A command is a program with its arguments. One with lint: in front is a tool of tools/lint/lint.mod.
type command struct {
	program string // lint:staticcheck, for example
	args    []string
	silent  bool                   // any output is a finding
	unless  func(root string) bool // reports that the command has nothing to do; may be nil
}

// raced are the packages in which goroutines share much: all others' tests are too slow under the race
// detector, and what they share they share through these.
var raced = []string{"./tools/proxy", "./tools/sandbox", "./tools/process/...", "./tools/class", "./tools/classroom",
	"./tools/stage/...", "./tools/shop/...", "./lessons/shop/..."}

// ownPackages are the packages of the workbook itself. A learner's packages in work/ belong to
// the same module, so that an editor shows their errors, and need not compile.
var ownPackages = []string{"./lessons/...", "./solutions/...", "./tools/..."}

var parts = []part{
	{name: "gofmt", commands: []command{{program: "gofmt", args: []string{"-l", "lessons", "solutions", "tools"}, silent: true}}},
	{name: "modules", commands: []command{{program: "go", args: []string{"mod", "tidy", "-diff"}}}},
	{name: "vet", commands: []command{{program: "go", args: append([]string{"vet"}, ownPackages...)}}},
	{name: "staticcheck", commands: []command{{program: "lint:staticcheck", args: ownPackages}}},
	{name: "prose", commands: []command{{program: "go", args: []string{"test", "./tools/prose"}}}},
	{name: "style", commands: []command{{program: "go", args: []string{"test", "./tools/style"}}}},
	// What actionlint finds must not depend on which other linters are installed.
	{name: "workflows", commands: []command{{program: "lint:actionlint", args: []string{"-shellcheck=", "-pyflakes="}}}},
	{name: "javascript", needs: "npm", commands: []command{
		{program: "npm", args: []string{"ci", "--prefix=tools/page", "--no-audit", "--no-fund"}, unless: hasNodeModules},
		{program: "npm", args: []string{"test", "--prefix=tools/page"}},
	}},
	{name: "race", besideTests: true, commands: []command{{program: "go", args: append([]string{"test", "-race"}, raced...)}}},
}

// Run runs the gate, and names what was not run at its end.
func (gateCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if err := trimPaths(); err != nil {
		return err
	}
	notRun, err := p.runGate(ctx, k, func(part) bool { return true })
	printNotRun(notRun)
	return err
}

// trimPaths leaves the path of the workbook out of what go compiles. So another clone, and the copies of
// the workbook that the tests make, find all packages in go's cache.
func trimPaths() error {
	return os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"))
}

// runGate runs the chosen parts, whatever the others find, and prints a line for each with its time. It returns
// the parts that cannot be run here, with the reasons.
func (p *place) runGate(ctx context.Context, k *process.Keeper, chosen func(part) bool) (notRun []string, found error) {
	for _, part := range parts {
		if !chosen(part) {
			continue
		}
		if part.needs != "" {
			if _, err := exec.LookPath(part.needs); err != nil {
				notRun = append(notRun, fmt.Sprintf("gate %s: %s is not on the PATH", part.name, part.needs))
				continue
			}
		}
		began := time.Now()
		output, err := part.run(ctx, k, p)
		var exit *exec.ExitError
		switch {
		case err == nil:
			fmt.Printf("gate  %-12s ok      %5.1f s\n", part.name, time.Since(began).Seconds())
		case errors.As(err, &exit) || errors.Is(err, hint.ExitRed):
			fmt.Printf("gate  %-12s FAILED  %5.1f s\n%s", part.name, time.Since(began).Seconds(), output)
			found = hint.ExitRed
		default:
			return notRun, err
		}
	}
	return notRun, found
}

// printNotRun prints the lines that .ci/run refuses.
func printNotRun(all []string) {
	for _, what := range all {
		fmt.Println("NOT RUN: " + what)
	}
}

// run runs the part's commands until one finds something, and returns what that one printed.
func (p part) run(ctx context.Context, k *process.Keeper, in *place) (output string, err error) {
	for _, c := range p.commands {
		if c.unless != nil && c.unless(in.root) {
			continue
		}
		program, err := in.locate(ctx, k, c.program)
		if err != nil {
			return "", err
		}
		temp, err := k.MkdirTemp() // what go leaves there when it is killed is removed
		if err != nil {
			return "", err
		}
		defer k.RemoveDir(temp)
		cmd := exec.Command(program, c.args...)
		cmd.Dir, cmd.Env = in.root, append(os.Environ(), gotool.DirEnv(in.root, temp)...)
		output, err := process.Run(ctx, k, cmd)
		if err == nil && c.silent && output != "" {
			err = hint.ExitRed
		}
		if err != nil {
			return output, err
		}
	}
	return "", nil
}

// hasNodeModules reports whether npm has installed what the page's package.json names. Time stamps do not tell:
// git writes the same files again.
func hasNodeModules(root string) bool {
	cmd := exec.Command("npm", "ls", "--prefix=tools/page")
	cmd.Dir = root
	return cmd.Run() == nil
}

// locate returns the path of a program. Those of lint.mod are built first, which takes a minute once. The gofmt
// that belongs to the go command is taken, since that of another release may format otherwise.
func (p *place) locate(ctx context.Context, k *process.Keeper, program string) (string, error) {
	if name, found := strings.CutPrefix(program, "lint:"); found {
		return p.output(ctx, "tool", "-modfile=tools/lint/lint.mod", "-n", name)
	}
	if program == "gofmt" {
		root, err := p.output(ctx, "env", "GOROOT")
		return filepath.Join(root, "bin", "gofmt"), err
	}
	return program, nil
}

// output returns what a go command prints, without the line's end.
func (p *place) output(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = p.root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", hint.New(hint.Setup, "connect to the network once: go fetches the tools of tools/lint/lint.mod",
			"go %s: %s", strings.Join(args, " "), strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// runGo runs a go command at the root, in env unless that is nil, and shows its output.
func (p *place) runGo(ctx context.Context, k *process.Keeper, env []string, args ...string) error {
	_, err := gotool.Run(ctx, k, p.root, env, os.Stdout, args...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return hint.ExitRed
	}
	return err
}
