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
	Env   []string `sep:"none" placeholder:"NAME=value" help:"Set an environment variable of the new build, such as the address of a test database."`
	Only  []string `placeholder:"NAME" help:"Judge only the invocations of these services."`
	Save  string   `placeholder:"DIR" help:"Record the journals in a new folder, to replay them later."`
	Open  bool     `help:"Leave the network of the new build open, if this machine cannot close it."`
}

// Help returns a text about what the tool does, and what the tool cannot see.
func (replaysCmd) Help() string {
	return `This tool finds out whether the invocations that are in flight can go on with a
new build. The tool reads their journals, which changes nothing on the server,
and lets the new build replay each journal. No step of the new build runs. The
tool can judge every Restate service in Go, not only the services of the workbook.

  fits         the new build replays the whole journal
  strands      the new code does not do what the journal has, so the invocation
               would fail again and again (RT0016)
  cannot tell  the line explains why

The exit code is 0 if all invocations fit, 1 if at least one strands, and 3
otherwise.

Code outside of steps does run. So the build runs in an empty folder, which is
removed afterwards, and in a network without other programs. The tool refuses
and counts the requests that the build sends to other machines. Files in other
folders are not protected: if the program opens a database file, name another
file with --env.

The tool cannot see everything. Neither the tool nor the server compares the
duration of a sleep or the delay of a send. If the new code has a step before a
wait for an awakeable or a signal, the change fits, because the server accepts
and runs that step too. What an invocation does after its journal was read is
not judged.

Recordings have everything that journals have, such as requests and results.`
}

// Run reads or records journals, and lets the new build replay them.
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
