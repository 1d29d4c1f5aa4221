package world

import (
	"os"
	"os/exec"
)

// self returns the command that runs the test binary under another name, which makes
// it that program.
func self(name string, args []string, env ...string) *exec.Cmd {
	exe, _ := os.Executable() // without it, the start says so
	return &exec.Cmd{Path: exe, Args: append([]string{name}, args...), Env: append(os.Environ(), env...)}
}
