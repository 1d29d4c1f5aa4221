package doctor

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// exitNotAlone is the exit code of a second doctor whose namespace has another network, or has no
// loopback.
const exitNotAlone = 4

// workOffline does the work in a network namespace without a network. If this machine has no such
// namespaces, it does the work with the setting that keeps go off the network.
func (d *doctor) workOffline(ctx context.Context) {
	err := d.workAlone(ctx)
	if err == nil || ctx.Err() != nil {
		return
	}
	d.note("network", "on; this machine has no network namespaces, so doctor cannot prove that nothing needs the network ("+err.Error()+")")
	d.tryWork(ctx)
}

// workAlone starts a second doctor, in a network namespace of its own, and the second doctor does
// the work. If workAlone returns an error, no work was done.
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

// aloneServer is an environment variable. Its value is the path of the server that the first doctor
// has found.
const aloneServer = "WORKBOOK_DOCTOR_SERVER"

// requireLoopback ends the second doctor if its namespace has another network or no loopback.
func (d *doctor) requireLoopback() {
	if err := requireLoopback(); err != nil {
		os.Exit(exitNotAlone)
	}
	printLine("ok", "network", "off: the following checks have only loopback")
}
