package npm

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// findNPMs returns each npm on the PATH. Those of Windows, which WSL adds to the PATH, come
// last.
func findNPMs() (all []string) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		npm := filepath.Join(dir, "npm")
		if _, err := exec.LookPath(npm); err == nil && filepath.IsAbs(npm) {
			all = append(all, npm)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		return len(windowsDrive.FindString(a)) - len(windowsDrive.FindString(b))
	})
	return all
}

// windowsDrive matches a path on a drive of Windows in WSL.
var windowsDrive = regexp.MustCompile(`^/mnt/[a-z]/`)

// downloadTarball downloads the tarball with npm, so that the user's own proxy and mirror
// settings count. If an npm does not get as far as an error of its own, the next one on the
// PATH is tried.
func (f *Fetcher) downloadTarball(ctx context.Context, k *process.Keeper, npms []string, work string, b Build) (tarball string, err error) {
	var first error
	for _, npm := range npms {
		output, err := process.Run(ctx, k, f.packCommand(npm, work, b))
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err == nil:
			return f.onlyTarball(work)
		case first == nil || npmError.MatchString(output):
			first = f.explainNPM(ctx, npmRun{npm, output, err, b})
		}
		if npmError.MatchString(output) {
			break
		}
	}
	return "", first
}

// packCommand returns the npm command that downloads a package into the folder work. It runs
// in the present folder: which Node.js a version manager runs may depend on that.
func (f *Fetcher) packCommand(npm, work string, b Build) *exec.Cmd {
	cache := filepath.Join(work, "npm") // of its own: npm keeps whatever it saw
	args := []string{"pack", b.Package + "@" + f.Version,
		"--pack-destination", work, "--cache", cache, "--logs-dir", filepath.Join(cache, "_logs"), "--loglevel", "error",
		// Few and short retries: npm's own make people wait 70 s to learn that there
		// is no network.
		"--fetch-retries", "2", "--fetch-retry-mintimeout", "500", "--fetch-retry-maxtimeout", "2000"}
	// Settings that would keep npm from downloading this package. A limit on the age of a
	// package keeps people from a version that they do not know, and this one is known by
	// its hash.
	args = append(args, "--no-dry-run", "--offline=false", "--before=9999-12-31", "--min-release-age=0", "--no-usage", "--no-json")
	return exec.Command(npm, args...)
}

func (f *Fetcher) onlyTarball(work string) (string, error) {
	found := pathsIn(work, "", ".tgz")
	if len(found) != 1 {
		return "", hint.New(hint.Setup, "try `npm pack` by hand, or "+f.Own,
			"npm pack succeeded and left %d tarballs", len(found))
	}
	return found[0], nil
}

// registry returns the address of the registry that npm downloads a package from, without
// a password, or "".
func (r npmRun) registry(ctx context.Context) string {
	scope, _, _ := strings.Cut(r.build.Package, "/")
	for _, key := range []string{scope + ":registry", "registry"} {
		out, err := exec.CommandContext(ctx, r.npm, "config", "get", key).Output()
		if address := strings.TrimSpace(string(out)); err == nil && webAddress.FindString(address) == address && address != "" {
			return strings.TrimSuffix(address, "/")
		}
	}
	// npm config does not show an address with a password. An error shows it without.
	if u, err := url.Parse(webAddress.FindString(r.output)); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return ""
}

var webAddress = regexp.MustCompile(`https?://\S+`)
