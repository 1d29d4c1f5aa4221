package main

import (
	"context"
	"slices"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/replays"
	"example.com/workbook/tools/ui"
)

type replaysCmd struct {
	From  string   `arg:"" placeholder:"URL|DIR" help:"The address of a server's admin API, or a folder with recordings."`
	Build string   `arg:"" optional:"" help:"The new build: a program, or a folder with a main package."`
	Args  []string `arg:"" optional:"" help:"Arguments of the new build, behind --."`
	Env   []string `sep:"none" placeholder:"NAME=value" help:"Set a variable of the new build, such as the address of a database to throw away."`
	Only  []string `placeholder:"NAME" help:"Judge the invocations of these services only."`
	Save  string   `placeholder:"DIR" help:"Record the journals in a new folder, to replay them later."`
	Open  bool     `help:"Do not close the network: for a machine that cannot."`
}

// Help returns what the tool does, and what it cannot see.
func (replaysCmd) Help() string {
	return `This tool tells whether the invocations that are in flight can go on with a new
build. The tool reads their journals, which changes nothing on the server, and
has the new build replay each one. No step runs. Any Restate service in Go can be
judged, not only the workbook's.

  fits         the new build replays all that was recorded
  strands      the new code does something else than what was recorded, so
               the invocation would fail again and again (RT0016)
  cannot tell  and why

The exit code is 0 when all fit, 1 when one strands, and 3 otherwise.

Code outside of steps does run. So the build gets an empty folder, which is
removed, and a network in which there is nothing else. What the build asks for
there is refused and counted. Files elsewhere are not protected: if the program
opens a database file, name another one with --env.

Some things cannot be seen. How long a sleep takes, and the delay of a send, are
compared by nobody. A step that is added before a wait for an awakeable or a signal
fits, since the server accepts that step too, and runs it. What an invocation
has done since its journal was read is not judged.

Recordings have all that journals have, such as requests and results.`
}

// Run judges a new build.
func (c replaysCmd) Run(ctx context.Context, k *process.Keeper) error {
	if c.Build == "" && c.Save == "" {
		return hint.New(hint.Usage, "for example: go tool workbook replays http://127.0.0.1:9070 ./cmd/shop", "name the new build too")
	}
	journals, err := replays.Read(ctx, c.From)
	if err != nil {
		return err
	}
	if len(c.Only) > 0 {
		journals = slices.DeleteFunc(journals, func(j replays.Journal) bool { return !slices.Contains(c.Only, j.Service) })
	}
	if c.Save != "" {
		if err := replays.Save(c.Save, journals); err != nil {
			return err
		}
		ui.Printf("recorded %s in %s\n", course.Count(len(journals), "invocation"), c.Save)
	}
	if c.Build == "" {
		return nil
	}
	if len(journals) == 0 {
		ui.Printf("no invocation is in flight, so every build fits\n")
		return nil
	}
	report, err := replays.Judge(ctx, k, replays.Build{Path: c.Build, Args: c.Args, Env: c.Env, Open: c.Open}, journals)
	if err != nil {
		return err
	}
	for _, line := range report.Lines(journals) {
		ui.PrintLine(line, 4)
	}
	return report.Err()
}
