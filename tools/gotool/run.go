// Package gotool runs the go command, and prepares a machine for it: modules, compilers, the first
// build. The cause of a failure is an error such as ErrDiskFull.
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

// LinkFast has the flags for a fast build without git. It leaves out debug tables, which halves the
// time of the linker; a panic still prints its lines. It also leaves out the commit, for which go
// would call git.
var LinkFast = []string{"-ldflags=-s -w", "-buildvcs=false"}

// Build runs a go command in the workbook's folder, and shows its output, so that learners read the
// compiler's errors. If the code has errors, Build returns hint.ExitRed.
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

// Run runs a go command in dir, and returns its output. If env is nil, Run uses the environment of
// this process. If w is not nil, Run also writes the output to w. At the end, Run removes the files
// that the command and its tests have left in the temporary folder.
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
	cmd.Env = append(cmd.Env, "LC_ALL=C") // so that Trouble can read the messages of a C compiler
	return process.Run(ctx, k, cmd)
}

// buildParent returns the user's GOTMPDIR, the folder in which go builds; "" if it is not set. make
// asks go for this setting before it runs the tool.
var buildParent = sync.OnceValue(func() string {
	if own, asked := os.LookupEnv("GOTMPDIR"); asked {
		return own
	}
	own, _ := exec.Command("go", "env", "GOTMPDIR").Output()
	return strings.TrimSpace(string(own))
})

// DirEnv returns the environment variables for a command's folder, and for its temporary files. PWD
// is one of them, because the path of the folder may contain a symbolic link.
func DirEnv(dir, temp string) []string {
	return []string{"PWD=" + dir, "TMPDIR=" + temp, "GOTMPDIR=" + temp}
}
