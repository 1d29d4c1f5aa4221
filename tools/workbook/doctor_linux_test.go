package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// runOnSmallDisk runs a patient's tool with a disk of its own mounted at dir.
func (p *patient) runOnSmallDisk(dir, options string, args ...string) exited {
	p.t.Helper()
	for _, v := range p.env {
		name, value, _ := strings.Cut(v, "=")
		if name == "PATH" {
			value += ":/usr/bin:/bin:/usr/sbin:/sbin"
		}
		p.t.Setenv(name, value)
	}
	return onSmallDisk(p.t, p.root, dir, options, args...)
}

func TestDoctorOfADisk(t *testing.T) {
	for _, c := range []struct {
		name               string
		dir, options, want string
	}{
		{"full", "work", "size=8k", "not ok disk 0 MB free at DIR, where 200 MB are needed you: free some space: df -h shows where "},
		{"read-only", "work", "ro", "not ok work/ cannot write to DIR: read-only file system you: clone the workbook into a folder of your own, "},
		{"read-only cache", "cache", "ro", "not ok Go's cache cannot write to DIR: read-only file system you: go env -w GOCACHE=/a/folder/of/yours "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPatient(t)
			p.hasGo("")
			p.hasFake("npm", "exit 1")
			dir := filepath.Join(p.root, c.dir)
			p.env = append(p.env, "GOCACHE="+filepath.Join(p.root, "cache"))
			r := p.runOnSmallDisk(dir, c.options, "doctor", freePortFlag(t))
			require.Equal(t, 3, r.code, r.err)
			require.Contains(t, unfold(r.out), strings.ReplaceAll(c.want, "DIR", dir))
		})
	}
}

func TestOfflineOnASmallDisk(t *testing.T) {
	for _, c := range []struct {
		name          string
		options, want string
	}{
		{"full", "size=1m", "the disk is full at DIR, and nothing was made\nhint: free 300 MB there"},
		{"read-only", "ro", "cannot write to DIR: read-only file system\nhint: name a folder that you can write to: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPatient(t)
			p.hasGo("")
			p.hasFake("npm", "head -c 3000000 /dev/zero >x.tgz && exit\necho 'npm error code ENOSPC' >&2; exit 228")
			dir := filepath.Join(t.TempDir(), "stick")
			r := p.runOnSmallDisk(dir, c.options, "offline", dir)
			require.Equal(t, 3, r.code)
			require.Contains(t, r.err, strings.ReplaceAll(c.want, "DIR", dir))
			require.NotContains(t, r.err, ".making", "nothing is left there")
		})
	}
}

// Where namespaces are not allowed, what is not proven is said.
func TestDoctorWithoutNamespaces(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.hasGo("")
	p.hasServer()
	bin, err := builtTool()
	require.NoError(t, err)
	unshare, err := exec.LookPath("unshare")
	require.NoError(t, err)
	r := runProgramWith(t, p.env, p.root, unshare, "-Ur", "/bin/sh", "-c", `echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"`, "sh",
		bin, "doctor", "--offline", freePortFlag(t))
	require.Contains(t, unfold(r.out), "-- network on, and not asked: that nothing needs it is not proven, for a network namespace cannot be had here (")
	require.Contains(t, r.out, "\nok      lesson 1 ", "the rest is tried all the same")
}
