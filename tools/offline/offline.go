// Package offline makes a folder with all that a room without internet needs:
// servers, modules, licences and the workbook's own commits.
package offline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// Options are what to carry, and where to.
type Options struct {
	Root, Dir string   // the workbook, and the folder that the tool was called in
	Folder    string   // to make; "" is work/offline
	Platforms []string // whose server to carry too
}

// Make makes the folder, complete or not at all; one that exists is made again,
// except for the servers that it carries already.
func Make(ctx context.Context, k *process.Keeper, opts Options) error {
	m := &maker{Options: opts, keeper: k}
	if err := m.choose(); err != nil {
		return err
	}
	err := m.makeAll(ctx) // the keeper removes what is half made
	switch {
	case ctx.Err() != nil:
		return hint.New(hint.Setup, "make offline begins again", "interrupted; no half-finished file was left")
	case err != nil:
		return m.explain(err)
	}
	m.introduce()
	return nil
}

// maker makes one folder.
type maker struct {
	Options
	keeper    *process.Keeper
	to, temp  string
	platforms []string
	commit    string // what the bundle carries, "" if there is none
}

// choose reads what was typed.
func (m *maker) choose() error {
	known := restate.Program.Platforms()
	m.platforms = []string{runtime.GOOS + "-" + runtime.GOARCH}
	for _, name := range m.Platforms {
		switch {
		case name == "all":
			m.platforms = append(m.platforms, known...)
		case slices.Contains(known, name):
			m.platforms = append(m.platforms, name)
		default:
			return hint.New(hint.Usage, "for example: make offline PLATFORMS=darwin-arm64,linux-arm64", "no restate-server exists for %q; there is one for %s", name, strings.Join(known, ", "))
		}
	}
	slices.Sort(m.platforms)
	m.platforms = slices.Compact(m.platforms)
	m.to = filepath.Join(m.Root, "work", learner.OfflineDir)
	if filepath.IsAbs(m.Folder) {
		m.to = filepath.Clean(m.Folder)
	} else if m.Folder != "" {
		m.to = filepath.Join(m.Dir, m.Folder)
	}
	return m.mayReplace()
}

// mayReplace refuses a folder that we have not made.
func (m *maker) mayReplace() error {
	entries, err := os.ReadDir(m.to)
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		return hint.New(hint.Usage, "name a folder: make offline work/offline", "%s is not a folder", m.to)
	case err != nil || len(entries) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(m.to, useName)); err != nil {
		return hint.New(hint.Usage, "name a new folder in it: make offline "+filepath.Join(m.to, "workbook-offline"), "%s exists, but make offline did not make it; the folder was not changed", m.to)
	}
	return nil
}

// makeAll makes all parts beside their places, and moves them when all are there.
func (m *maker) makeAll(ctx context.Context) error {
	if err := m.begin(); err != nil {
		return err
	}
	defer m.keeper.RemoveDir(m.temp)
	fmt.Println("copying into " + m.displayPath())
	for _, part := range []struct {
		name string
		make func(context.Context) (carried string, err error)
	}{{serversName, m.carryServers}, {modulesName, m.carryModules}, {"licences", m.carryLicences}, {"workbook", m.carryClone}} {
		carried, err := part.make(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("  %-9s %s\n", part.name, carried)
	}
	if err := m.writeTexts(); err != nil {
		return err
	}
	return m.put()
}

// begin makes the folder and, in it, the one to work in.
func (m *maker) begin() error {
	_, err := os.Stat(m.to)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(m.to, 0o777); err != nil {
		return err
	}
	if fresh {
		if err := m.keeper.AddDir(m.to); err != nil {
			return err
		}
	}
	if m.temp, err = os.MkdirTemp(m.to, ".making-"); err != nil {
		return err
	}
	return m.keeper.AddDir(m.temp)
}

// put moves each part into its place. A bundle of an earlier run is removed.
func (m *maker) put() error {
	if err := m.keepServers(); err != nil {
		return err
	}
	parts, err := os.ReadDir(m.temp)
	if err != nil {
		return err
	}
	os.Remove(filepath.Join(m.to, bundleName))
	for _, part := range parts {
		at := filepath.Join(m.to, part.Name())
		if err := os.RemoveAll(at); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(m.temp, part.Name()), at); err != nil {
			return err
		}
	}
	return m.keeper.ForgetDir(m.to)
}

// displayPath returns the folder as people typed it, or would.
func (m *maker) displayPath() string {
	if rel, err := filepath.Rel(m.Dir, m.to); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return m.to
}

// explain returns what is wrong where the folder cannot be made.
func (m *maker) explain(err error) error {
	var e *hint.Error
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return hint.New(hint.Setup, "free 350 MB there, and 140 MB for each further platform", "the disk is full at %s, and nothing was made", m.to)
	case errors.As(err, &e):
		return e
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return hint.New(hint.Setup, "name a folder that you can write to: make offline /media/stick/workbook-offline", "cannot write to %s: %w", m.to, files.Cause(err))
	}
	return hint.New(hint.Setup, "look at that folder, then run the same command again", "cannot make %s: %w", m.to, err)
}
