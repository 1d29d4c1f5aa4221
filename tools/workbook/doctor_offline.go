package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// exitNotAlone is how the second doctor ends that finds a network, or cannot
// have loopback, in the namespace that it was started in.
const exitNotAlone = 4

// workOffline does the work where there is no network, or at least without
// asking for it.
func (d *doctor) workOffline(ctx context.Context) {
	err := d.workAlone(ctx)
	if err == nil || ctx.Err() != nil {
		return
	}
	d.note("network", "on, and not asked: that nothing needs it is not proven, for a network namespace cannot be had here ("+err.Error()+")")
	d.work(ctx)
}

// workAlone has a second doctor, in a network namespace of its own, do the
// work. An error means that nothing was done.
func (d *doctor) workAlone(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "doctor", "--offline", "--alone")
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.dir, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), aloneServer+"="+d.binary)
	if err := isolate(cmd); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return errors.Unwrap(err)
	}
	d.keeper.AddProcess(cmd.Process.Pid)
	defer d.keeper.ForgetProcess(cmd.Process.Pid)
	defer context.AfterFunc(ctx, func() { cmd.Process.Signal(syscall.SIGTERM) })()
	err = cmd.Wait()
	if cmd.ProcessState.ExitCode() == exitNotAlone {
		return errors.New("it has no loopback")
	}
	d.ill = d.ill || err != nil
	return nil
}

// aloneServer names the server that the first doctor has found.
const aloneServer = "WORKBOOK_DOCTOR_SERVER"

// onlyLoopback is how the second doctor begins.
func (d *doctor) onlyLoopback() {
	if err := onlyLoopback(); err != nil {
		os.Exit(exitNotAlone)
	}
	printLine("ok", "network", "off: all that follows has loopback, and nothing else")
}
