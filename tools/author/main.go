// Command author is the tool of the people who write the workbook: it checks the code, runs all
// tests, and measures. The Makefile's goals test, gate and soak are aliases of its verbs. Learners
// need none of them.
//
// The exit code is 0 if everything is well, and 1 if a check fails. It is 2 if author was called
// wrongly; then author has changed nothing. It is 3 if this machine or the workbook itself is the
// reason.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
)

type cli struct {
	Test       testCmd       `cmd:"" help:"Test the workbook itself, as CI does: the gate first, then every test."`
	Gate       gateCmd       `cmd:"" help:"Check the code: format, modules, vet, staticcheck, style, races, JavaScript, workflows."`
	Matrix     matrixCmd     `cmd:"" help:"Run every check on every wrong answer (minutes)."`
	Mutants    mutantsCmd    `cmd:"" help:"Run the checks on every mutant of the solutions (most of an hour)."`
	Bench      benchCmd      `cmd:"" help:"Measure how long a learner waits, and what an order costs (minutes)."`
	Recordings recordingsCmd `cmd:"" help:"Make the workbook's recordings again (a minute)."`
	Cut        cutCmd        `cmd:"" help:"Cut stubs and snippets from solutions."`
	Soak       soakCmd       `cmd:"" help:"Check every solution 20 times (a quarter of an hour)."`
}

// place is the copy of the workbook in which a verb works.
type place struct{ root string }

func main() {
	if len(os.Args) > 1 && os.Args[1] == "sandbox" { // the verbs bench and recordings start this binary as the sandbox
		os.Exit(sandbox.Main(os.Args[2:]))
	}
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	err := runVerb(args)
	if err != nil && !errors.As(err, new(hint.Exit)) {
		fmt.Fprintln(os.Stderr, hint.Text(err))
	}
	return hint.ExitCode(err)
}

// runVerb parses args, and runs the verb that they name. Every verb gets a context, which ends with
// Ctrl-C, with SIGTERM, or when the terminal is closed. Every verb also gets a keeper, which cleans
// up if this process is killed.
func runVerb(args []string) error {
	parser, err := kong.New(&cli{}, kong.Name("author"), kong.Description("The tool of the workbook's authors."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		return err
	}
	verb, err := parser.Parse(flags(args))
	if err != nil {
		return hint.New(hint.Usage, "go tool author --help lists the verbs", "%w", err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	root, err := course.Root(dir)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	keeper, err := process.NewKeeper()
	if err != nil {
		return err
	}
	defer keeper.Close()
	verb.BindTo(ctx, (*context.Context)(nil))
	if err := verb.Run(keeper, &place{root: root}); ctx.Err() == nil {
		return err
	}
	return hint.New(hint.Setup, "", "interrupted; no process or temporary file is left")
}

// flags replaces settings such as RUNS=20, which people write behind make, by flags such as
// --runs=20.
func flags(args []string) []string {
	var all []string
	for _, arg := range args {
		if name, value, found := strings.Cut(arg, "="); found && name == strings.ToUpper(name) {
			arg = "--" + strings.ToLower(name) + "=" + value
		}
		all = append(all, arg)
	}
	return all
}
