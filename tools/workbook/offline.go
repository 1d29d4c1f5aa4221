package main

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

type offlineCmd struct {
	Folder    string   `arg:"" optional:"" help:"The folder to make: work/offline."`
	Platforms []string `help:"Whom to carry the server for too: PLATFORMS=darwin-arm64,linux-arm64, or all."`
	Use       string   `hidden:"" help:"What the folder's use.sh does: fill the caches from that folder."`
}

// Run makes the folder, whole or not at all; one that is there is made anew, but
// for the servers that it carries already.
func (c offlineCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if c.Use != "" {
		return useFolder(ctx, k, p, c.Use)
	}
	o := &offline{place: p, keeper: k}
	if err := o.choose(c); err != nil {
		return err
	}
	err := o.make(ctx) // the keeper removes what is half made
	switch {
	case ctx.Err() != nil:
		return hint.New(hint.Setup, "make offline begins anew", "interrupted; nothing half-done was left")
	case err != nil:
		return o.cannotCarry(err)
	}
	o.introduce()
	return nil
}

// offline is one folder in the making.
type offline struct {
	*place
	keeper    *process.Keeper
	to, temp  string
	platforms []string
	commit    string // what the bundle carries, "" if there is none
}

// choose reads what was typed.
func (o *offline) choose(c offlineCmd) error {
	known := restate.Platforms()
	o.platforms = []string{runtime.GOOS + "-" + runtime.GOARCH}
	for _, name := range c.Platforms {
		switch {
		case name == "all":
			o.platforms = append(o.platforms, known...)
		case slices.Contains(known, name):
			o.platforms = append(o.platforms, name)
		default:
			return hint.New(hint.Usage, "for example: make offline PLATFORMS=darwin-arm64,linux-arm64", "there is no restate-server for %q; there is one for %s", name, strings.Join(known, ", "))
		}
	}
	slices.Sort(o.platforms)
	o.platforms = slices.Compact(o.platforms)
	o.to = filepath.Join(o.root, "work", learner.OfflineDir)
	if filepath.IsAbs(c.Folder) {
		o.to = filepath.Clean(c.Folder)
	} else if c.Folder != "" {
		o.to = filepath.Join(o.dir, c.Folder)
	}
	return o.mayReplace()
}

// mayReplace refuses a folder that we have not made.
func (o *offline) mayReplace() error {
	entries, err := os.ReadDir(o.to)
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		return hint.New(hint.Usage, "name a folder: make offline work/offline", "%s is not a folder", o.to)
	case err != nil || len(entries) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(o.to, useName)); err != nil {
		return hint.New(hint.Usage, "name a new one in it: make offline "+filepath.Join(o.to, "workbook-offline"), "%s is there, and make offline has not made it; it was left as it is", o.to)
	}
	return nil
}

// make makes all parts beside their places, and moves them when all are there.
func (o *offline) make(ctx context.Context) error {
	if err := o.begin(); err != nil {
		return err
	}
	defer o.keeper.RemoveDir(o.temp)
	fmt.Println("carrying into " + o.shown())
	for _, part := range []struct {
		name string
		make func(context.Context) (said string, err error)
	}{{serversName, o.servers}, {modulesName, o.modules}, {"licences", o.licences}, {"workbook", o.clone}} {
		said, err := part.make(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("  %-9s %s\n", part.name, said)
	}
	if err := o.words(); err != nil {
		return err
	}
	return o.put()
}

// begin makes the folder and, in it, the one to work in.
func (o *offline) begin() error {
	_, err := os.Stat(o.to)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(o.to, 0o777); err != nil {
		return err
	}
	if fresh {
		if err := o.keeper.AddDir(o.to); err != nil {
			return err
		}
	}
	if o.temp, err = os.MkdirTemp(o.to, ".making-"); err != nil {
		return err
	}
	return o.keeper.AddDir(o.temp)
}

// put moves each part into its place. What is not made now is not kept.
func (o *offline) put() error {
	if err := o.keepServers(); err != nil {
		return err
	}
	parts, err := os.ReadDir(o.temp)
	if err != nil {
		return err
	}
	os.Remove(filepath.Join(o.to, bundleName))
	for _, part := range parts {
		at := filepath.Join(o.to, part.Name())
		if err := os.RemoveAll(at); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(o.temp, part.Name()), at); err != nil {
			return err
		}
	}
	return o.keeper.ForgetDir(o.to)
}

// shown is the folder as people typed it, or would.
func (o *offline) shown() string {
	if rel, err := filepath.Rel(o.dir, o.to); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return o.to
}

func (o *offline) cannotCarry(err error) error {
	var e *hint.Error
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return hint.New(hint.Setup, "free 300 MB there, and 100 MB for each further platform", "the disk is full at %s, and nothing was made", o.to)
	case errors.As(err, &e):
		return e
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return hint.New(hint.Setup, "name a folder that you can write to: make offline /media/stick/workbook-offline", "cannot write to %s: %w", o.to, files.Cause(err))
	}
	return hint.New(hint.Setup, "look at that folder, then run the same command again", "cannot make %s: %w", o.to, err)
}
