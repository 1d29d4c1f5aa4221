// Package gotool runs the go command, and gets a machine ready for it: modules,
// compilers, the first build. The cause of a failure is an error such
// as ErrDiskFull.
package gotool

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// LinkFast has a build leave out debug tables, which halves the link's time, and
// a panic still names its lines; and leave out the commit, which needs git.
var LinkFast = []string{"-ldflags=-s -w", "-buildvcs=false"}

// Build runs a go command from the root. Its output is shown as it is: the
// compiler's errors are the learner's to read. Where they are the cause, the
// error is hint.ExitRed.
func Build(ctx context.Context, k *process.Keeper, root string, args ...string) error {
	printed, err := Run(ctx, k, root, nil, os.Stderr, args...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if t := Trouble(printed); t != nil {
		return t
	}
	return hint.ExitRed
}

// Run runs a go command in dir, in env unless that is nil, and returns its
// output, which goes to w too unless that is nil. What it and its tests leave in
// the temporary folder is removed.
func Run(ctx context.Context, k *process.Keeper, dir string, env []string, w io.Writer, args ...string) (printed string, err error) {
	temp, err := k.MkdirBuild(buildParent())
	if err != nil {
		return "", err
	}
	defer k.RemoveDir(temp)
	if env == nil {
		env = os.Environ()
	}
	cmd := exec.Command("go", args...)
	if cmd.Err != nil {
		return "", missingGo(cmd.Err)
	}
	cmd.Dir, cmd.Env, cmd.Stdout = dir, append(slices.Clip(env), DirEnv(dir, temp)...), w
	cmd.Env = append(cmd.Env, "LC_ALL=C") // Trouble reads what a C compiler prints
	return process.Run(ctx, k, cmd)
}

// buildParent returns the folder that go is set to build in, "" if there is none. make asks
// go before it runs us.
var buildParent = sync.OnceValue(func() string {
	if own, asked := os.LookupEnv("GOTMPDIR"); asked {
		return own
	}
	own, _ := exec.Command("go", "env", "GOTMPDIR").Output()
	return strings.TrimSpace(string(own))
})

// DirEnv returns the variables that name the folder in which a command runs, and
// the one for its temporary files. PWD is among them, since the way to a folder
// may lead over a link.
func DirEnv(dir, temp string) []string {
	return []string{"PWD=" + dir, "TMPDIR=" + temp, "GOTMPDIR=" + temp}
}
