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

// A Build is the program that is to replay journals.
type Build struct {
	Path string   // of a program, or of a folder with a package that go builds
	Args []string // of the program
	Env  []string // NAME=value, for the program, beside our own environment
	Open bool     // run it with the network of this machine, and refuse only what goes through Go's HTTP proxy setting
}

// A Report is the result of [Judge].
type Report struct {
	Verdicts []Verdict // in the order of the journals
	Refused  int       // requests to the outside world, from the start of the build on
	Open     bool      // as in Build
}

// Judge lets a build replay journals, and judges each. No step runs, and no command of a handler gets
// further than this function. Code outside of steps does run. So the build runs in a folder that is removed, and
// with a network that is closed.
//
// Every error that a person can mend is a [hint.Error] of kind Setup: a build that does not compile or does not start, or
// that lacks a service; a machine that cannot close a network.
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
	said, err := openRoom(ctx, k, dir, b.Open)
	if err != nil {
		return nil, err
	}
	var o outcome
	if text, err = os.ReadFile(filepath.Join(dir, outcomeFile)); err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		return nil, hint.New(hint.Broken, hint.HowToReport("."), "the replay broke off: %s", lastWords(said))
	}
	if err := o.check(b); err != nil {
		return nil, err
	}
	for i := range o.Verdicts {
		o.Verdicts[i].Line = shortenPaths(o.Verdicts[i].Line)
	}
	return &Report{Verdicts: o.Verdicts, Refused: o.Refused, Open: b.Open}, nil
}

// shortenPaths leaves out of the lines of a verdict the folder that the user is in.
func shortenPaths(lines string) string {
	here, err := os.Getwd()
	if err != nil {
		return lines
	}
	return strings.ReplaceAll(lines, here+string(filepath.Separator), "")
}

// build returns the path of the program, which it builds if that is not done yet.
func (b Build) build(ctx context.Context, k *process.Keeper, dir string) (program string, err error) {
	const do = "name a program, or a folder with a main package"
	path, err := filepath.Abs(b.Path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", hint.New(hint.Setup, do, "no build: %w", err)
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

// openRoom runs a room until it has done its task, and returns what it has printed. It ends with us.
func openRoom(ctx context.Context, k *process.Keeper, dir string, open bool) (said string, err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	if open {
		return process.Run(ctx, k, exec.Command(exe, roomVerb, dir))
	}
	cause := errors.New("only Linux can do that")
	for _, attributes := range closedRooms() {
		cmd := exec.Command(exe, roomVerb, dir)
		cmd.SysProcAttr = attributes
		said, err := process.Run(ctx, k, cmd)
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err == nil:
			return said, nil
		case errors.As(err, &exit):
			err = errors.New(lastWords(said))
		}
		cause = err
	}
	return "", hint.New(hint.Setup, "judge on Linux, as root or where user namespaces are allowed; or, if the handlers call nobody outside of their steps, add --open",
		"this machine cannot close the network of a program: %w", cause)
}

// check returns why there are no verdicts.
func (o outcome) check(b Build) error {
	if o.NoStart != "" {
		said := ""
		if o.Said != "" {
			said = "; its last words: " + o.Said
		}
		if o.Refused > 0 {
			said += fmt.Sprintf("; %s to the outside world refused", course.Count(o.Refused, "request"))
		}
		return hint.New(hint.Setup, "give it what it needs: --env NAME=value sets its environment, and -- ARG… its arguments; its folder is empty and its network is closed",
			"%s does not start: %s%s", b.Path, o.NoStart, said)
	}
	if len(o.Missing) > 0 {
		names := slices.Sorted(maps.Keys(o.Missing))
		n := 0
		for _, name := range names {
			n += o.Missing[name]
		}
		return hint.New(hint.Setup, "name the program that has it; or judge only the services of this one: --only=NAME,…",
			"%s does not have %s, for which there are invocations in flight (%d)", b.Path, strings.Join(names, ", "), n)
	}
	return nil
}
