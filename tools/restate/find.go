package restate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/process"
)

// serverEnv names the variable that overrides the search: the path of a server.
const serverEnv = "RESTATE_SERVER"

const ownServer = "set " + serverEnv + " to the full path of a restate-server " + Version

// Find returns the path of a restate-server of [Version]: the file that the
// environment variable RESTATE_SERVER names, else one on PATH (of the same
// minor version, at this patch or a later one), else the one in the user's
// cache folder, which is fetched from npm first if it is not there. What it
// fetches it reports to progress, which may be nil.
//
// Every error is a [hint.Error] of kind Setup, except ctx's own.
func Find(ctx context.Context, progress io.Writer) (binary string, err error) {
	f, err := npm.New(Program, progress)
	if err != nil {
		return "", err
	}
	if binary, err = findLocal(ctx, f); binary != "" || err != nil {
		return binary, err
	}
	return f.Fetch(ctx)
}

// findLocal returns the path of the server that is here, "" if there is none.
func findLocal(ctx context.Context, f *npm.Fetcher) (string, error) {
	if path := os.Getenv(serverEnv); path != "" {
		if err := checkNamed(ctx, path); err != nil {
			return "", err
		}
		return path, nil
	}
	if path, err := exec.LookPath("restate-server"); err == nil {
		if b, err := readBanner(ctx, path); err == nil && isAccepted(b) {
			return path, nil
		}
	}
	if f.IsHere() {
		return f.Path(), nil
	}
	return "", nil
}

// checkNamed checks the server that the user named. There is no other choice
// then: users who name a server want that one.
func checkNamed(ctx context.Context, path string) error {
	do := "set " + serverEnv + " to the full path of a restate-server " + Version + ", or unset it"
	if !filepath.IsAbs(path) {
		return hint.New(hint.Setup, do, "%s=%s is not a full path", serverEnv, path)
	}
	b, err := readBanner(ctx, path)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return hint.New(hint.Setup, do, "%s does not run: %w", serverEnv, err)
	case !isAccepted(b):
		return hint.New(hint.Setup, do, "%s=%s is %q, not restate-server %s", serverEnv, path, b, Version)
	}
	return nil
}

// readBanner returns the first line of `restate-server --version`. It costs 40 ms, so the
// cache is trusted without it.
func readBanner(ctx context.Context, path string) (string, error) {
	ctx, cancel := process.WithAwakeTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	line, _, _ := strings.Cut(string(out), "\n")
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if said := strings.Join(strings.Fields(string(exit.Stderr)), " "); said != "" {
			err = fmt.Errorf("%w: %.300s", err, said)
		}
	}
	return line, err
}
