package restate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// serverEnv names the variable that overrides the search: the path of a server.
const serverEnv = "RESTATE_SERVER"

// A finder is one search. Tests point it at other folders and builds.
type finder struct {
	goos, goarch string
	cache        string // the folder that fetched servers are kept in
	builds       map[string]build
	carried      string // a package of the server to take in npm's place, or ""
	progress     io.Writer
}

// Find returns the path of a restate-server of [Version]: the file that the
// environment variable RESTATE_SERVER names, else one on PATH (of the same
// minor version, at this patch or a later one), else the one in the user's
// cache folder, which is fetched from npm first if it is not there. What it
// fetches it reports to progress, which may be nil.
//
// Every error is a [hint.Error] of kind Setup, except ctx's own.
func Find(ctx context.Context, progress io.Writer) (binary string, err error) {
	f, err := newFinder(progress)
	if err != nil {
		return "", err
	}
	if binary, err = f.findServer(ctx); err != nil {
		return "", err
	}
	return binary, nil
}

// Cache returns the folder that servers are kept in, and what else is worth keeping
// from one run to the next.
func Cache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", hint.New(hint.Setup, "export HOME=/a/folder/of/yours; unset XDG_CACHE_HOME", "no folder to keep restate-server in: %w", err)
	}
	return filepath.Join(cache, "restate-workbook"), nil
}

func newFinder(progress io.Writer) (*finder, error) {
	cache, err := Cache()
	return &finder{goos: runtime.GOOS, goarch: runtime.GOARCH, cache: cache, builds: builds, progress: progress}, err
}

func (f *finder) findServer(ctx context.Context) (string, error) {
	if path, err := f.findLocal(ctx); path != "" || err != nil {
		return path, err
	}
	b, err := f.platformBuild()
	if err != nil {
		return "", err
	}
	return f.cachedServer(), f.fetchServer(ctx, b)
}

// findLocal returns the path of the server that is here, "" if there is none.
func (f *finder) findLocal(ctx context.Context) (string, error) {
	if path := os.Getenv(serverEnv); path != "" {
		return path, checkNamed(ctx, path)
	}
	if path, err := exec.LookPath("restate-server"); err == nil {
		if b, err := readBanner(ctx, path); err == nil && isAccepted(b) {
			return path, nil
		}
	}
	if isFile(f.cachedServer()) {
		return f.cachedServer(), nil
	}
	return "", nil
}

func (f *finder) cachedServer() string {
	return filepath.Join(f.cache, "restate-server-"+Version+"-"+f.goos+"-"+f.goarch)
}

// isFile reports whether a fetched server is at path. It need not be read: a file
// gets its name there by a rename, after its hash was right.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
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
