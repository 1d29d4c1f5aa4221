package world

import (
	"os"
	"os/exec"
)

// self returns the command that runs the test binary under another name. Under that name
// the binary is the named program.
func self(name string, args []string, env ...string) *exec.Cmd {
	exe, _ := os.Executable() // without a path, the start fails with a message
	return &exec.Cmd{Path: exe, Args: append([]string{name}, args...), Env: append(os.Environ(), env...)}
}
