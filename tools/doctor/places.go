package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/ui"
)

// These are a little more than the course writes into each of these folders, in bytes and in files.
const (
	enoughToBuild = 1000e6
	enoughToRun   = 200e6
	enoughFiles   = 5000 // in Go's cache, and in the folder of a server
)

func (d *doctor) lookDisk(ctx context.Context) (string, *problem) {
	builds, _ := d.goEnv(ctx, "GOCACHE")
	servers, err := npm.Cache()
	if err != nil {
		return "", problemOf(err, you)
	}
	least := ""
	for _, at := range []struct {
		dir    string
		enough uint64
	}{{builds, enoughToBuild}, {servers, enoughToRun}, {filepath.Join(d.Root, "work"), enoughToRun}, {"/tmp", enoughToRun}} {
		free, err := files.FreeBytes(at.dir)
		if err != nil || at.dir == "" {
			continue
		}
		if free < at.enough {
			return "", &problem{fmt.Sprintf("%s free at %s, but %s are needed", ui.Size(free), at.dir, ui.Size(at.enough)), you, "free some space: `df -h` and `df -i` show where"}
		}
		if left, known := files.FreeFiles(at.dir); known && left < enoughFiles {
			return "", &problem{fmt.Sprintf("the disk of %s takes only %d more files", at.dir, left), you, "delete some files: `df -i` shows where"}
		}
		if least == "" {
			least = ui.Size(free) + " free at " + at.dir
		}
	}
	return least, nil
}

func (d *doctor) lookWork(context.Context) (string, *problem) {
	if err := learner.CheckWritable(d.Root); err != nil {
		return "", problemOf(err, you)
	}
	if err := learner.CheckModules(d.Root); err != nil {
		return "", problemOf(err, you)
	}
	return "can be written to", nil
}

// lookTemp runs a program in the folder in which go builds.
func (d *doctor) lookTemp(context.Context) (string, *problem) {
	if err := gotool.CheckTemp(d.keeper); err != nil {
		return "", problemOf(err, you)
	}
	return "programs can be built and run there", nil
}

// lookLimits checks the limits of the shell.
func (d *doctor) lookLimits(context.Context) (string, *problem) {
	if err := process.CheckLimits(); err != nil {
		return "", problemOf(err, you)
	}
	return "enough open files", nil
}

func (d *doctor) lookCache(ctx context.Context) (string, *problem) {
	dir, err := d.goEnv(ctx, "GOCACHE")
	if err != nil {
		return "", problemOf(err, you)
	}
	if err := takesFiles(dir); err != nil {
		do := `export GOCACHE="$HOME/.workbook-go-cache"`
		if errors.Is(err, os.ErrPermission) {
			// The usual reason is an earlier `sudo make`.
			do = `sudo chown -R "$(id -u)" ` + dir
		}
		return "", &problem{fmt.Sprintf("cannot write to %s: %v", dir, files.Cause(err)), you, do}
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

func (d *doctor) lookPorts(context.Context) (string, *problem) {
	if d.taken != nil {
		return "", problemOf(d.taken, you)
	}
	all := []string{fmt.Sprint(d.Port)}
	for _, above := range d.Above {
		all = append(all, fmt.Sprint(d.Port+above))
	}
	return strings.Join(all, ", ") + " of 127.0.0.1 are free", nil
}
