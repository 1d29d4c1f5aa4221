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

// A part is one kind of check of the code, with its commands.
type part struct {
	name        string
	commands    []command
	needs       string // the program that the part needs, if that is not Go; without it the part is not run
	besideTests bool   // make test runs the part at the same time as the tests, which often wait
}

// A command is a program with its arguments. If the program's name begins with lint:, it is a tool
// of tools/lint/lint.mod.
type command struct {
	program string // lint:staticcheck, for example
	args    []string
	silent  bool                   // the command fails if it prints anything
	unless  func(root string) bool // reports whether the command has nothing to do; may be nil
}

// raced are the packages that run under the race detector: the goroutines of these packages share
// much data. The tests of all other packages are too slow for the race detector, and share data
// only through these packages.
var raced = []string{"./tools/proxy", "./tools/sandbox", "./tools/process/...", "./tools/class", "./tools/classroom",
	"./tools/stage/...", "./tools/shop/...", "./lessons/shop/..."}

// ownPackages are the packages of the workbook itself. A learner's packages in work/ belong to the
// same module, so that an editor shows their errors. They need not compile.
var ownPackages = []string{"./lessons/...", "./solutions/...", "./tools/..."}

var parts = []part{
	{name: "gofmt", commands: []command{{program: "gofmt", args: []string{"-l", "lessons", "solutions", "tools"}, silent: true}}},
	{name: "modules", commands: []command{{program: "go", args: []string{"mod", "tidy", "-diff"}}}},
	{name: "vet", commands: []command{{program: "go", args: append([]string{"vet"}, ownPackages...)}}},
	{name: "staticcheck", commands: []command{{program: "lint:staticcheck", args: ownPackages}}},
	{name: "prose", commands: []command{{program: "go", args: []string{"test", "./tools/prose"}}}},
	{name: "style", commands: []command{{program: "go", args: []string{"test", "./tools/style"}}}},
	// The findings of actionlint must not depend on which other linters are installed.
	{name: "workflows", commands: []command{{program: "lint:actionlint", args: []string{"-shellcheck=", "-pyflakes="}}}},
	{name: "javascript", needs: "npm", commands: []command{
		{program: "npm", args: []string{"ci", "--prefix=tools/page", "--no-audit", "--no-fund"}, unless: hasNodeModules},
		{program: "npm", args: []string{"test", "--prefix=tools/page"}},
	}},
	{name: "race", besideTests: true, commands: []command{{program: "go", args: append([]string{"test", "-race"}, raced...)}}},
}

// Run runs the gate, and prints at its end which parts were not run.
func (gateCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if err := trimPaths(); err != nil {
		return err
	}
	notRun, err := p.runGate(ctx, k, func(part) bool { return true })
	printNotRun(notRun)
	return err
}

// trimPaths makes go leave the path of the workbook out of compiled packages. So another clone, and
// the copies of the workbook that tests make, find all packages in go's cache.
func trimPaths() error {
	return os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"))
}

// runGate runs the chosen parts, also after a part has failed, and prints a line with the time for
// each. It returns the parts that cannot run on this machine, with the reasons.
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

// printNotRun prints a line for each part or test that was not run. .ci/run refuses such lines.
func printNotRun(all []string) {
	for _, what := range all {
		fmt.Println("NOT RUN: " + what)
	}
}

// run runs the part's commands until one of them fails, and returns the output of that command.
func (p part) run(ctx context.Context, k *process.Keeper, in *place) (output string, err error) {
	for _, c := range p.commands {
		if c.unless != nil && c.unless(in.root) {
			continue
		}
		program, err := in.locate(ctx, k, c.program)
		if err != nil {
			return "", err
		}
		temp, err := k.MkdirTemp() // for go's temporary files, which remain if go is killed
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

// hasNodeModules reports whether npm has installed the packages that the page's package.json names.
// It does not compare times, because git writes unchanged files again.
func hasNodeModules(root string) bool {
	cmd := exec.Command("npm", "ls", "--prefix=tools/page")
	cmd.Dir = root
	return cmd.Run() == nil
}

// locate returns the path of a program. If the program is a tool of lint.mod, locate builds it
// first, which takes a minute the first time. Of gofmt, locate returns the program that belongs to
// the go command, since the gofmt of another release may format differently.
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

// output returns the output of a go command, without the newline at its end.
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

// runGo runs a go command in the workbook's folder, and shows its output. If env is nil, the
// command gets the environment of this process.
func (p *place) runGo(ctx context.Context, k *process.Keeper, env []string, args ...string) error {
	_, err := gotool.Run(ctx, k, p.root, env, os.Stdout, args...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return hint.ExitRed
	}
	return err
}
