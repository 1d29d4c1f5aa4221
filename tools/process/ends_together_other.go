//go:build !linux

package process

import (
	"os/exec"
	"syscall"
)

// startEndingTogether starts cmd. On this system only the keeper ends cmd when this process ends,
// and only after the keeper knows of it.
func startEndingTogether(cmd *exec.Cmd, _ syscall.Signal, _ <-chan struct{}) error {
	return cmd.Start()
}
