package doctor

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// exitNotAlone is the exit code of a second doctor that finds a network, or cannot
// have loopback, in its namespace.
const exitNotAlone = 4

// workOffline does the work where there is no network, or at least without
// asking for it.
func (d *doctor) workOffline(ctx context.Context) {
	err := d.workAlone(ctx)
	if err == nil || ctx.Err() != nil {
		return
	}
	d.note("network", "on; this machine has no network namespaces, so doctor cannot prove that nothing needs the network ("+err.Error()+")")
	d.tryWork(ctx)
}

// workAlone starts a second doctor, in a network namespace of its own, that does
// the work. An error means that nothing was done.
func (d *doctor) workAlone(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "doctor", "--offline", "--alone")
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.Dir, os.Stdout, os.Stderr
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
		return errors.New("the namespace has no loopback")
	}
	d.failed = d.failed || err != nil
	return nil
}

// aloneServer names the server that the first doctor has found.
const aloneServer = "WORKBOOK_DOCTOR_SERVER"

// requireLoopback ends the second doctor where it is not alone.
func (d *doctor) requireLoopback() {
	if err := requireLoopback(); err != nil {
		os.Exit(exitNotAlone)
	}
	printLine("ok", "network", "off: the following checks have only loopback")
}
