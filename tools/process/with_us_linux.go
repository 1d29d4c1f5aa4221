package process

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startWithUs starts cmd so that the kernel sends it the signal when we end, from its first
// moment on: a keeper learns of it a moment later.
func startWithUs(cmd *exec.Cmd, end syscall.Signal, done <-chan struct{}) error {
	cmd.SysProcAttr.Pdeathsig = end
	started := make(chan error)
	go func() {
		// It is the end of this thread that counts, so it stays as long as cmd runs.
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
