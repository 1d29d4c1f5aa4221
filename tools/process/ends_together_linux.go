package process

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startEndingTogether starts cmd so that the kernel sends it the signal end when this process ends.
// That holds from the program's first moment; the keeper knows of the program only a moment later.
func startEndingTogether(cmd *exec.Cmd, end syscall.Signal, done <-chan struct{}) error {
	cmd.SysProcAttr.Pdeathsig = end
	started := make(chan error)
	go func() {
		// The kernel sends the signal when the thread that started cmd ends. So this thread must
		// stay while cmd runs.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			<-done
		}
	}()
	return <-started
}
