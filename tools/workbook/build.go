package main

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// build runs a go command from the root. What go has to say is shown as it is:
// the compiler's errors are the learner's to read.
func build(ctx context.Context, k *restate.Keeper, root string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	cmd.Stdout = os.Stderr
	goes, err := process.Start(k, cmd)
	if err != nil {
		return hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
	}
	select {
	case <-goes.Done():
	case <-ctx.Done():
		goes.Kill()
		return ctx.Err()
	}
	if goes.Err() == nil {
		return nil
	}
	for _, ours := range []string{"no space left on device", "dial tcp", "lookup "} {
		if strings.Contains(goes.Output(), ours) {
			return cannotBuild(goes.Output(), goes.Err())
		}
	}
	return errRed
}

// Without debug tables the link takes half as long, and a panic still says
// where; nor do we need git to name the commit.
var linkFast = []string{"-ldflags=-s -w", "-buildvcs=false"}
