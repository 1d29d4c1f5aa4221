package workshop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/stage"
)

// classroomPackage keeps a class's record, and serves its page. It is a program of
// its own since it links SQLite.
const classroomPackage = "./tools/classroom"

// Classroom runs the classroom program.
type Classroom struct {
	Root   string // of the workbook
	Keeper *process.Keeper
}

const (
	classPort   = 8100
	thisMachine = "127.0.0.1"
)

// Serve serves a class's page until ctx is done. listen is an address of this
// machine, or all. With fresh set, the class begins empty.
func (c Classroom) Serve(ctx context.Context, listen string, port int, fresh bool) error {
	host := listen
	if host == "all" {
		host = "0.0.0.0"
	}
	if net.ParseIP(host) == nil {
		return hint.New(hint.Usage, "LISTEN=all, or one of its addresses in the room's network", "%q is not an address of this machine", listen)
	}
	if err := stage.CheckPorts(port, []int{0}, "make class"); err != nil {
		return err
	}
	if fresh {
		if err := c.moveRecord(); err != nil {
			return err
		}
	}
	return c.run(ctx, "-listen", net.JoinHostPort(host, fmt.Sprint(port)), "-again", restartCommand(listen, port))
}

// PrintTimings prints how long tasks have taken a class.
func (c Classroom) PrintTimings(ctx context.Context) error { return c.run(ctx, "-timings") }

// restartCommand returns the command that serves the class again, with the same
// record.
func restartCommand(listen string, port int) string {
	command := "make class"
	if port != classPort {
		command += fmt.Sprintf(" PORT=%d", port)
	}
	if listen != thisMachine {
		command += " LISTEN=" + listen
	}
	return command
}

func (c Classroom) record() string { return filepath.Join(c.Root, "work", "class", "room.db") }

// moveRecord moves the last class's record away.
func (c Classroom) moveRecord() error {
	if !files.Exists(c.record()) {
		return nil
	}
	dated := filepath.Join(filepath.Dir(c.record()), time.Now().Format("room-2006-01-02-150405"))
	// The files that SQLite has beside it belong to it.
	for _, end := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(c.record()+end, dated+".db"+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return files.WriteError("the last class's record was not moved", filepath.Dir(dated), err)
		}
	}
	fmt.Printf("the last class is in work/class/%s.db\n", filepath.Base(dated))
	return nil
}

// run builds the classroom program, and runs it until it ends or ctx is done.
func (c Classroom) run(ctx context.Context, args ...string) error {
	dir, err := c.Keeper.MkdirTemp()
	if err != nil {
		return err
	}
	binary := filepath.Join(dir, "classroom")
	if err := gotool.Build(ctx, c.Keeper, c.Root, slices.Concat([]string{"build"}, gotool.LinkFast, []string{"-o", binary, classroomPackage})...); err != nil {
		return err
	}
	cmd := exec.Command(binary, append([]string{"-root", c.Root, "-record", c.record()}, args...)...)
	cmd.Stdout = os.Stdout
	return runAttached(ctx, c.Keeper, cmd)
}

// runAttached runs a program until it ends or ctx is done, and returns its exit code
// as ours.
func runAttached(ctx context.Context, k *process.Keeper, cmd *exec.Cmd) error {
	runs, err := process.Start(k, cmd)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		runs.Stop()
		return nil
	case <-runs.Done():
	}
	var exit *exec.ExitError
	if errors.As(runs.Err(), &exit) && exit.ExitCode() == int(hint.Usage) {
		return hint.ExitUsage
	}
	if runs.Err() != nil {
		return hint.ExitSetup
	}
	return nil
}
