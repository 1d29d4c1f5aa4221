package replays

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// A Build names the program that replays journals.
type Build struct {
	Path string   // the path of a program, or of a folder with a main package, which Judge builds
	Args []string // arguments of the program
	Env  []string // NAME=value; added to the environment of this process
	// Open lets the program use the network of this machine. Only requests of HTTP clients that use
	// Go's proxy setting are then refused.
	Open bool
}

// A Report is the result of [Judge].
type Report struct {
	Verdicts []Verdict // in the order of the journals
	Refused  int       // how many requests to other machines were refused since the build started
	Open     bool      // as in Build
}

// Judge lets a build replay journals, and returns a verdict on each journal. No step runs, and no
// command of a handler is executed: the commands come back to this function only. But the code of
// handlers outside of steps runs. Therefore the build runs in a temporary folder, and in a network
// from which it reaches no other machine.
//
// Every error that a person can correct is a [hint.Error] of kind Setup: the build does not compile,
// does not start or lacks a service, or this machine cannot close the network of a program.
func Judge(ctx context.Context, k *process.Keeper, b Build, journals []Journal) (*Report, error) {
	dir, err := k.MkdirTemp()
	if err != nil {
		return nil, err
	}
	defer k.RemoveDir(dir)
	if err := os.Mkdir(filepath.Join(dir, workDir), 0o700); err != nil {
		return nil, err
	}
	program, err := b.build(ctx, k, dir)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(task{Program: program, Args: b.Args, Env: b.Env, Open: b.Open, Journals: journals})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, taskFile), text, 0o600); err != nil {
		return nil, hint.New(hint.Setup, "free some space (`df -h` and `df -i` show where)", "cannot write to %s: %w", dir, files.Cause(err))
	}
	printed, err := runReplayer(ctx, k, dir, b.Open)
	if err != nil {
		return nil, err
	}
	var o outcome
	if text, err = os.ReadFile(filepath.Join(dir, outcomeFile)); err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		return nil, hint.New(hint.Broken, hint.HowToReport("."), "the replay ended without a result: %s", lastLine(printed))
	}
	if err := o.check(b); err != nil {
		return nil, err
	}
	for i := range o.Verdicts {
		o.Verdicts[i].Line = shortenPaths(o.Verdicts[i].Line)
	}
	return &Report{Verdicts: o.Verdicts, Refused: o.Refused, Open: b.Open}, nil
}

// shortenPaths makes the paths in the lines of a verdict relative to the user's current folder.
func shortenPaths(lines string) string {
	here, err := os.Getwd()
	if err != nil {
		return lines
	}
	return strings.ReplaceAll(lines, here+string(filepath.Separator), "")
}

// build returns the path of the program. If b names a folder, build compiles the program first.
func (b Build) build(ctx context.Context, k *process.Keeper, dir string) (program string, err error) {
	const do = "name a program, or a folder with a main package"
	path, err := filepath.Abs(b.Path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", hint.New(hint.Setup, do, "cannot find the build: %w", err)
	case info.Mode().IsRegular() && info.Mode()&0o111 == 0:
		return "", hint.New(hint.Setup, do, "%s is not a program", b.Path)
	case !info.IsDir():
		return path, nil
	}
	program = filepath.Join(dir, "program")
	args := append([]string{"build", "-o", program}, append(gotool.LinkFast, ".")...)
	printed, err := gotool.Run(ctx, k, path, nil, nil, args...)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		if t := gotool.Trouble(printed); t != nil {
			return "", t
		}
		return "", hint.New(hint.Setup, "cd "+b.Path+" && go build .", "%s does not compile: %s", b.Path, firstError(printed))
	case err != nil:
		return "", err
	}
	if info, err := os.Stat(program); err != nil || info.Mode()&0o111 == 0 {
		return "", hint.New(hint.Setup, do, "%s has no main package", b.Path)
	}
	return program, nil
}

// firstError returns the first error that go prints, without the line that names the package.
func firstError(printed string) string {
	for line := range strings.Lines(printed) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			return line
		}
	}
	return "go build failed"
}

// runReplayer starts a process with a replayer, waits until the replayer has done its task, and returns
// what the process printed. The process ends when this process ends.
func runReplayer(ctx context.Context, k *process.Keeper, dir string, open bool) (printed string, err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	if open {
		return process.Run(ctx, k, exec.Command(exe, replayerVerb, dir))
	}
	cause := errors.New("only Linux can close a network")
	for _, attributes := range isolations() {
		cmd := exec.Command(exe, replayerVerb, dir)
		cmd.SysProcAttr = attributes
		printed, err := process.Run(ctx, k, cmd)
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err == nil:
			return printed, nil
		case errors.As(err, &exit):
			err = errors.New(lastLine(printed))
		}
		cause = err
	}
	return "", hint.New(hint.Setup, "run this command on Linux, as root or on a machine that allows user namespaces; if the handlers send no requests outside of their steps, you can add --open instead",
		"this machine cannot close the network of a program: %w", cause)
}

// check returns an error if the replayer could not judge the journals.
func (o outcome) check(b Build) error {
	if o.NoStart != "" {
		more := ""
		if o.Printed != "" {
			more = "; its last line: " + o.Printed
		}
		if o.Refused > 0 {
			more += fmt.Sprintf("; %s to the outside world refused", course.Count(o.Refused, "request"))
		}
		return hint.New(hint.Setup, "set the variables of the build with --env NAME=value, and type its arguments behind --; the build runs in an empty folder and reaches no other machine",
			"%s does not start: %s%s", b.Path, o.NoStart, more)
	}
	if len(o.Missing) > 0 {
		names := slices.Sorted(maps.Keys(o.Missing))
		n := 0
		for _, name := range names {
			n += o.Missing[name]
		}
		return hint.New(hint.Setup, "name the build that serves "+strings.Join(names, ", ")+", or judge only the services of this build with --only=NAME,…",
			"%s does not serve %s (%s in flight)", b.Path, strings.Join(names, ", "), course.Count(n, "invocation"))
	}
	return nil
}
