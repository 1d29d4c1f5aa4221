package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// onSmallDisk runs a command with a disk of so many KiB mounted at dir, which
// nobody else sees.
func onSmallDisk(t *testing.T, root, dir, options string, args ...string) result {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(dir, 0o777))
	script := `mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && "$@"; code=$?; ls -A "$WORK" >&2; exit $code`
	t.Setenv("WORK", dir)
	unshare := []string{"unshare", "-m"}
	if syscall.Getuid() != 0 {
		unshare = append(unshare, "-r")
	}
	all := append(unshare, "sh", "-c", script, "sh", options, dir, bin)
	return ran(t, root, all[0], append(all[1:], args...)...)
}

func TestLessonOnAFullDisk(t *testing.T) {
	_, err := exec.LookPath("unshare")
	require.NoError(t, err, "util-linux is needed to mount a small disk")
	root := tree(t)
	r := onSmallDisk(t, root, filepath.Join(root, "work"), "size=8k", "lesson", "1")
	require.Equal(t, 3, r.code, r.err)
	require.Equal(t, "the disk is full, and the lesson was not made: no space left on device\n"+
		"hint: free some space (df -h shows where), then run the same command again\n", r.err, "and nothing is left in work/")
}

func TestLessonInAReadOnlyFolder(t *testing.T) {
	root := tree(t)
	r := onSmallDisk(t, root, filepath.Join(root, "work"), "ro", "lesson", "1")
	require.Equal(t, 3, r.code, r.err)
	require.Equal(t, "cannot write to "+filepath.Join(root, "work")+": read-only file system\n"+
		"hint: clone the workbook into a folder of your own, or give yourself the right: chmod u+w "+root+"\n", r.err)
}
