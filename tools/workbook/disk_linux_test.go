package main

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// onSmallDisk runs a command with a disk of so many KiB mounted at dir, which
// nobody else sees.
func onSmallDisk(t *testing.T, root, dir, options string, args ...string) exited {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o777))
	t.Setenv("WORK", dir)
	return mounted(t, root, `mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && "$@"; code=$?; ls -A "$WORK" >&2; exit $code`,
		append([]string{options, dir}, args...)...)
}

// onFullDisk runs a command where work/, with what is in it, is on a disk that
// has no room left. Afterwards it is as it was left.
func onFullDisk(t *testing.T, root string, args ...string) exited {
	t.Helper()
	before, work := filepath.Join(root, "before"), filepath.Join(root, "work")
	require.NoError(t, os.Rename(work, before))
	require.NoError(t, os.Mkdir(work, 0o777))
	r := mounted(t, root, `mount -t tmpfs -o size=2m tmpfs "$1" && cp -r "$2/." "$1" && ! cat /dev/zero 2>&- >"$1/filler" || exit
		work=$1 before=$2; shift 2; "$@"; code=$?; rm "$work/filler"; rm -r "$before"; cp -r "$work" "$before"; exit $code`,
		append([]string{work, before}, args...)...)
	require.NoError(t, os.Remove(work))
	require.NoError(t, os.Rename(before, work))
	return r
}

// mounted runs a shell script that may mount, which nobody else sees; behind its
// first two arguments it has the tool's command line.
func mounted(t *testing.T, root, script string, args ...string) exited {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	unshare := []string{"-m"}
	if syscall.Getuid() != 0 {
		unshare = append(unshare, "-r")
	}
	all := append(unshare, "sh", "-c", script, "sh", args[0], args[1], bin)
	return runProgram(t, root, "unshare", append(all, args[2:]...)...)
}

func TestLessonOnAFullDisk(t *testing.T) {
	_, err := exec.LookPath("unshare")
	require.NoError(t, err, "util-linux is needed to mount a small disk")
	root := newTree(t)
	r := onSmallDisk(t, root, filepath.Join(root, "work"), "size=8k", "lesson", "1")
	require.Equal(t, 3, r.code, r.err)
	require.Equal(t, "the disk is full, and the lesson was not made: no space left on device\n"+
		"hint: free some space (df -h shows where), then run the same command again\n", r.err, "and nothing is left in work/")
}

func TestLessonInAReadOnlyFolder(t *testing.T) {
	root := newTree(t)
	r := onSmallDisk(t, root, filepath.Join(root, "work"), "ro", "lesson", "1")
	require.Equal(t, 3, r.code, r.err)
	require.Equal(t, "cannot write to "+filepath.Join(root, "work")+": read-only file system\n"+
		"hint: clone the workbook into a folder of your own, or give yourself the right: chmod u+w "+root+"\n", r.err)
}

// What a check has said stands, though there is no room to note it; and what
// was noted stays.
func TestCheckAndHintOnAFullDisk(t *testing.T) {
	t.Setenv("GOFLAGS", "-trimpath")
	root := treeWithWork(t, "lessons", "")
	require.Zero(t, tool(t, root, "hint", "1.2").code)
	before := readTree(t, root)
	r := onFullDisk(t, root, "check", "1")
	require.Equal(t, 1, r.code, r.err)
	require.Contains(t, r.out, "FAIL 1.5  Quiz\n")
	require.Equal(t, "\nthe disk is full, and your progress was not noted: no space left on device\n"+
		"hint: free some space (df -h shows where), then run the same command again\n", r.err)

	r = onFullDisk(t, root, "hint", "1.2")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.out, "hint 2 of 3 for 1.2")
	require.Contains(t, r.err, "the disk is full, and what you have seen was not noted: no space left on device\n")
	require.Equal(t, before, readTree(t, root))
}

// Where there is no room, nothing is given, nothing saved, and all is where it
// was.
func TestCatchupAndSaveOnAFullDisk(t *testing.T) {
	t.Setenv("GOFLAGS", "-trimpath")
	root := beginLesson(t)
	before := readTree(t, root)
	r := onFullDisk(t, root, "catchup", "3")
	require.Equal(t, 3, r.code, r.out)
	require.Contains(t, r.err, "the disk is full, and lesson 1 was not given: no space left on device\nhint: free some space")
	require.Equal(t, before, readTree(t, root))

	stick := filepath.Join(root, "stick")
	put(t, root, "work/01-concepts/noise", noise(1<<16))
	r = onSmallDisk(t, root, stick, "size=16k", "save", stick)
	require.Equal(t, 3, r.code, r.out)
	require.Equal(t, "the disk is full, and nothing was saved: no space left on device\n"+
		"hint: free some space (df -h shows where), then run the same command again\n", r.err, "and nothing is left there")
}

// noise does not get smaller when it is packed.
func noise(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return string(b)
}

// A deck is there whole or as it was.
func TestSlidesWithoutRoom(t *testing.T) {
	root := newTree(t)
	dir := filepath.Join(root, "work", "slides")
	r := onSmallDisk(t, root, dir, "size=64k", "slides")
	require.Equal(t, 3, r.code, r.out)
	require.Equal(t, "the disk is full, and the slides were not made: no space left on device\n"+
		"hint: free some space (df -h shows where), then run the same command again\n", r.err, "and nothing is left there")
	r = onSmallDisk(t, root, dir, "ro", "slides")
	require.Equal(t, 3, r.code)
	require.Equal(t, "cannot write to "+dir+": read-only file system\n"+
		"hint: clone the workbook into a folder of your own, or give yourself the right: chmod u+w "+filepath.Dir(dir)+"\n", r.err)
}
