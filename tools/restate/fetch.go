package restate

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
	"github.com/rogpeppe/go-internal/lockedfile"
)

// workPrefix marks a fetch that is under way, or that was cut short.
const workPrefix = "fetching-"

// fetch puts the server into the cache: one process at a time, and whole or
// not at all.
func (f *finder) fetch(ctx context.Context, b build) error {
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		return f.cacheError(err)
	}
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if kept(f.binary()) {
		return nil
	}
	f.sweep()

	keeper, err := NewKeeper()
	if err != nil {
		return err
	}
	defer keeper.Close()
	work, err := os.MkdirTemp(f.cache, workPrefix)
	if err != nil {
		return f.cacheError(err)
	}
	if err := keeper.Dir(work); err != nil {
		return err
	}
	return f.fetchInto(ctx, keeper, work, b)
}

func (f *finder) fetchInto(ctx context.Context, k *Keeper, work string, b build) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return hint.New(hint.Setup, "install Node.js, which brings npm, or "+ownServer,
			"restate-server %s is not here, and there is no npm to fetch it with", Version)
	}
	done := f.announce(work, b)
	tarball, err := f.download(ctx, k, npm, work, b)
	if err == nil {
		err = f.install(tarball, work, b)
	}
	done(err == nil)
	return err
}

// lock waits for its turn. Giving up (ctx) leaves the waiting to a goroutine,
// since a file lock cannot be abandoned.
func (f *finder) lock(ctx context.Context) (unlock func(), err error) {
	type answer struct {
		unlock func()
		err    error
	}
	got := make(chan answer, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(filepath.Join(f.cache, "lock")).Lock()
		got <- answer{unlock, err}
	}()
	note := time.AfterFunc(time.Second, func() { f.say("waiting for another start that fetches restate-server …") })
	defer note.Stop()
	select {
	case a := <-got:
		if a.err != nil {
			return nil, f.cacheError(a.err)
		}
		return a.unlock, nil
	case <-ctx.Done():
		go func() {
			if a := <-got; a.err == nil {
				a.unlock()
			}
		}()
		return nil, ctx.Err()
	}
}

// sweep removes what cut-short fetches left. Only the holder of the lock may.
func (f *finder) sweep() {
	left, _ := filepath.Glob(filepath.Join(f.cache, workPrefix+"*"))
	for _, dir := range left {
		os.RemoveAll(dir)
	}
}

// download has npm bring the tarball, so that the user's own proxy and mirror
// settings count. It gets a cache of its own: npm keeps whatever it saw.
func (f *finder) download(ctx context.Context, k *Keeper, npm, work string, b build) (tarball string, err error) {
	var errText strings.Builder
	// Few and short retries: npm's own make people wait 70 s to learn that
	// there is no network.
	cmd := exec.CommandContext(ctx, npm, "pack", b.pkg+"@"+Version,
		"--pack-destination", work, "--cache", filepath.Join(work, "npm"), "--loglevel", "error",
		"--fetch-retries", "2", "--fetch-retry-mintimeout", "500", "--fetch-retry-maxtimeout", "2000")
	cmd.Dir, cmd.Stderr = work, &errText
	cmd.SysProcAttr = ownGroup()
	cmd.Cancel = func() error { return signalGroup(cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = runKept(k, cmd)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", f.npmError(errText.String(), err)
	}
	return onlyTarball(work)
}

// runKept runs cmd, which leads its own process group, under the keeper.
func runKept(k *Keeper, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	err := k.Process(cmd.Process.Pid)
	err = errors.Join(cmd.Wait(), err)
	return errors.Join(err, k.Gone(cmd.Process.Pid))
}

func onlyTarball(work string) (string, error) {
	found, _ := filepath.Glob(filepath.Join(work, "*.tgz"))
	if len(found) != 1 {
		return "", hint.New(hint.Setup, "try `npm pack` by hand, or "+ownServer,
			"npm pack went well and left %d tarballs", len(found))
	}
	return found[0], nil
}

const ownServer = "set " + env + " to the full path of a restate-server " + Version

func (f *finder) npmError(stderr string, err error) error {
	if strings.Contains(stderr, "ENOSPC") {
		return f.cacheError(syscall.ENOSPC)
	}
	said := npmReason(stderr)
	if said == "" {
		said = err.Error()
	}
	return hint.New(hint.Setup, "look at the network (behind a proxy: `npm help config`) and try again, or "+ownServer,
		"npm could not fetch restate-server %s: %s", Version, said)
}

// npmReason is the first line of npm's errors that says something to people:
// before it come codes, after it a stack and a log's name.
func npmReason(stderr string) string {
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		for _, label := range []string{"npm error", "npm ERR!"} {
			line = strings.TrimSpace(strings.TrimPrefix(line, label))
		}
		word, _, several := strings.Cut(line, " ")
		switch word {
		case "code", "syscall", "errno", "path", "type", "dest":
			continue
		}
		if several {
			return line
		}
	}
	return ""
}

// cacheError is a folder that cannot be written to.
func (f *finder) cacheError(err error) error {
	do := "free 400 MB where " + f.cache + " is, or " + ownServer
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		do = "make " + f.cache + " a folder that you can write to, or " + ownServer
	}
	return hint.New(hint.Setup, do, "cannot keep restate-server: %w", err)
}
