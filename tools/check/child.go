package check

import (
	"os"
	"os/exec"
	"path/filepath"
)

// self is the test binary under another name, which makes it that program.
func self(name string, args []string, env ...string) *exec.Cmd {
	exe, _ := os.Executable() // without it, the start says so
	return &exec.Cmd{Path: exe, Args: append([]string{name}, args...), Env: append(os.Environ(), env...)}
}

func filesIn(dir, pattern string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	return files
}
