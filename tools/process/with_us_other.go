//go:build !linux

package process

import "os/exec"

// startWithUs starts cmd. Here the keeper alone ends it, once it has been told.
func startWithUs(cmd *exec.Cmd, _ <-chan struct{}) error { return cmd.Start() }
