package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// build runs a go command from the root. What go has to say is shown as it is:
// the compiler's errors are the learner's to read.
func build(ctx context.Context, k *process.Keeper, root string, args ...string) error {
	said, err := runGo(ctx, k, root, nil, os.Stderr, args...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	for _, ours := range []string{"no space left on device", "dial tcp", "lookup "} {
		if strings.Contains(said, ours) {
			return cannotBuild(said, err)
		}
	}
	return hint.ExitRed
}

// runGo runs a go command in dir, in env unless that is nil, and returns what it
// said, which goes to w too unless that is nil. What it and its tests leave in the
// temporary folder goes with it.
func runGo(ctx context.Context, k *process.Keeper, dir string, env []string, w io.Writer, args ...string) (said string, err error) {
	temp, err := k.MkdirTemp()
	if err != nil {
		return "", err
	}
	defer k.RemoveDir(temp)
	if env == nil {
		env = os.Environ()
	}
	cmd := exec.Command("go", args...)
	if cmd.Err != nil {
		return "", noGo(cmd.Err)
	}
	cmd.Dir, cmd.Env, cmd.Stdout = dir, append(slices.Clip(env), placed(dir, temp)...), w
	return process.Run(ctx, k, cmd)
}

// placed is the environment's part that says where a command runs, and where it may
// leave files. PWD, since the way to a folder may lead over a link that its name hides.
func placed(dir, temp string) []string {
	return []string{"PWD=" + dir, "TMPDIR=" + temp, "GOTMPDIR=" + temp}
}

func noGo(err error) error {
	return hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
}

// Without debug tables the link takes half as long, and a panic still says
// where; nor do we need git to name the commit.
var linkFast = []string{"-ldflags=-s -w", "-buildvcs=false"}
