package restate

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
)

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
	found := within(work, "", ".tgz")
	if len(found) != 1 {
		return "", hint.New(hint.Setup, "try `npm pack` by hand, or "+ownServer,
			"npm pack went well and left %d tarballs", len(found))
	}
	return found[0], nil
}

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
