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
	"example.com/workbook/tools/restate"
)

// build runs a go command from the root. What go has to say is shown as it is:
// the compiler's errors are the learner's to read.
func build(ctx context.Context, k *restate.Keeper, root string, args ...string) error {
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
	return errRed
}

// runGo runs a go command from the root, in env unless that is nil, and returns
// what it said, which goes to w too unless that is nil.
func runGo(ctx context.Context, k *restate.Keeper, root string, env []string, w io.Writer, args ...string) (said string, err error) {
	// Of a go command that is killed, its folder would stay.
	temp, err := k.MkdirTemp()
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	if env == nil {
		env = os.Environ()
	}
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env, cmd.Stdout = root, append(slices.Clip(env), "PWD="+root, "GOTMPDIR="+temp), w
	goes, err := process.Start(k, cmd)
	if err != nil {
		return "", noGo(err)
	}
	select {
	case <-goes.Done():
		return goes.Output(), goes.Err()
	case <-ctx.Done():
		goes.Kill()
		return goes.Output(), ctx.Err()
	}
}

func noGo(err error) error {
	return hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
}

// Without debug tables the link takes half as long, and a panic still says
// where; nor do we need git to name the commit.
var linkFast = []string{"-ldflags=-s -w", "-buildvcs=false"}
