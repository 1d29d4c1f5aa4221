package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"example.com/workbook/tools/restate"
)

// enough is what the course writes to each of these places, and some more.
const (
	enoughToBuild = 1000e6
	enoughToRun   = 200e6
)

func (d *doctor) lookDisk(ctx context.Context) (string, *illness) {
	builds, _ := d.goEnv(ctx, "GOCACHE")
	servers, err := restate.Cache()
	if err != nil {
		return "", illnessOf(err, you)
	}
	least := ""
	for _, at := range []struct {
		dir    string
		enough uint64
	}{{builds, enoughToBuild}, {servers, enoughToRun}, {filepath.Join(d.root, "work"), enoughToRun}, {"/tmp", enoughToRun}} {
		free, err := freeBytes(at.dir)
		if err != nil || at.dir == "" {
			continue
		}
		if free < at.enough {
			return "", &illness{fmt.Sprintf("%s free at %s, where %s are needed", megabytes(free), at.dir, megabytes(at.enough)), you, "free some space: df -h shows where"}
		}
		if least == "" {
			least = megabytes(free) + " free at " + at.dir
		}
	}
	return least, nil
}

// freeBytes is what is free where dir is, or will be.
func freeBytes(dir string) (uint64, error) {
	var disk syscall.Statfs_t
	for {
		err := syscall.Statfs(dir, &disk)
		if err == nil {
			return uint64(disk.Bavail) * uint64(disk.Bsize), nil
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return 0, err
		}
		dir = filepath.Dir(dir)
	}
}

func megabytes(n uint64) string {
	if n >= 10e9 {
		return fmt.Sprintf("%d GB", n/1e9)
	}
	return fmt.Sprintf("%d MB", n/1e6)
}

func (d *doctor) lookWork(context.Context) (string, *illness) {
	if err := writable(d.root); err != nil {
		return "", illnessOf(err, you)
	}
	return "can be written to", nil
}

func (d *doctor) lookCache(ctx context.Context) (string, *illness) {
	dir, err := d.goEnv(ctx, "GOCACHE")
	if err != nil {
		return "", illnessOf(err, you)
	}
	if err := takesFiles(dir); err != nil {
		do := "go env -w GOCACHE=/a/folder/of/yours"
		if errors.Is(err, os.ErrPermission) {
			// Mostly what a `sudo make` has left.
			do = `sudo chown -R "$(id -u)" ` + dir
		}
		return "", &illness{fmt.Sprintf("cannot write to %s: %v", dir, plain(err)), you, do}
	}
	return dir + " can be written to", nil
}

func takesFiles(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (d *doctor) lookPorts(context.Context) (string, *illness) {
	if d.taken != nil {
		return "", illnessOf(d.taken, you)
	}
	all := []string{fmt.Sprint(d.Port)}
	for _, above := range shopPorts {
		all = append(all, fmt.Sprint(d.Port+above))
	}
	return strings.Join(all, ", ") + " of 127.0.0.1 are free", nil
}
