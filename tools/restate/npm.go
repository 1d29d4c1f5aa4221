package restate

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// downloadTarball downloads the tarball with npm, so that the user's own proxy and mirror
// settings count. It gets a cache of its own: npm keeps whatever it saw.
func (f *finder) downloadTarball(ctx context.Context, k *process.Keeper, npm, work string, b build) (tarball string, err error) {
	// Few and short retries: npm's own make people wait 70 s to learn that
	// there is no network.
	cmd := exec.Command(npm, "pack", b.pkg+"@"+Version,
		"--pack-destination", work, "--cache", filepath.Join(work, "npm"), "--loglevel", "error",
		"--fetch-retries", "2", "--fetch-retry-mintimeout", "500", "--fetch-retry-maxtimeout", "2000")
	cmd.Dir = work
	output, err := process.Run(ctx, k, cmd)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", f.npmError(output, err)
	}
	return onlyTarball(work)
}

func onlyTarball(work string) (string, error) {
	found := pathsIn(work, "", ".tgz")
	if len(found) != 1 {
		return "", hint.New(hint.Setup, "try `npm pack` by hand, or "+ownServer,
			"npm pack succeeded and left %d tarballs", len(found))
	}
	return found[0], nil
}

func (f *finder) npmError(output string, err error) error {
	if strings.Contains(output, "ENOSPC") {
		return f.cacheError(syscall.ENOSPC)
	}
	said := npmReason(output)
	if said == "" {
		said = err.Error()
	}
	return hint.New(hint.Setup, "look at the network (behind a proxy: `npm help config`) and try again, or "+ownServer,
		"npm could not fetch restate-server %s: %s", Version, said)
}

// npmReason returns the first line of npm's errors that people can understand:
// before it come codes, after it a stack and a log's name.
func npmReason(output string) string {
	for line := range strings.Lines(output) {
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
