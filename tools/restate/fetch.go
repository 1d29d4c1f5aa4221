package restate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"github.com/rogpeppe/go-internal/lockedfile"
)

// ErrNoNPM is the cause where npm, which fetches the server, is missing.
var ErrNoNPM = errors.New("there is no npm to fetch it with")

const ownServer = "set " + serverEnv + " to the full path of a restate-server " + Version

// workPrefix marks a fetch that is under way, or that was cut short.
const workPrefix = "fetching-"

// fetchServer puts the server into the cache: one process at a time, and whole or
// not at all.
func (f *finder) fetchServer(ctx context.Context, b build) error {
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		return f.cacheError(err)
	}
	unlock, err := f.lockCache(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if isFile(f.cachedServer()) {
		return nil
	}
	f.removeLeftovers()

	keeper, err := process.NewKeeper()
	if err != nil {
		return err
	}
	defer keeper.Close()
	work, err := os.MkdirTemp(f.cache, workPrefix)
	if err != nil {
		return f.cacheError(err)
	}
	if err := keeper.AddDir(work); err != nil {
		return err
	}
	return f.fetchInto(ctx, keeper, work, b)
}

func (f *finder) fetchInto(ctx context.Context, k *process.Keeper, work string, b build) error {
	if f.carried != "" {
		return f.installCarried(work, b)
	}
	tarball, err := f.fetchKnown(ctx, k, work, b)
	if err != nil {
		return err
	}
	return f.installServer(tarball, work)
}

// fetchKnown downloads the package and checks that it is the one we know.
func (f *finder) fetchKnown(ctx context.Context, k *process.Keeper, work string, b build) (tarball string, err error) {
	npms := findNPMs()
	if len(npms) == 0 {
		return "", hint.New(hint.Setup, "install Node.js, which brings npm, or "+ownServer,
			"restate-server %s is not here, and %w", Version, ErrNoNPM)
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
func (f *finder) lockCache(ctx context.Context) (unlock func(), err error) {
	got, failed := make(chan func()), make(chan error, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(filepath.Join(f.cache, "lock")).Lock()
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
			f.printLine("waiting for another command that fetches restate-server …")
		}
	}
}

// removeLeftovers removes what cut-short fetches left. Only the holder of the lock may.
func (f *finder) removeLeftovers() {
	for _, dir := range pathsIn(f.cache, workPrefix, "") {
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
func (f *finder) cacheError(err error) error {
	do := "free 400 MB where " + f.cache + " is, or " + ownServer
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		do = "make " + f.cache + " a folder that you can write to, or " + ownServer
	}
	return hint.New(hint.Setup, do, "cannot keep restate-server: %w", err)
}
