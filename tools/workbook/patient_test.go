package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/restate"
)

// patient is a machine as the doctor finds it: its programs alone are on the
// PATH, and its caches are empty.
type patient struct {
	t         *testing.T
	root, bin string
	env       []string
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	_, err := builtTool() // before there is another go
	require.NoError(t, err)
	p := &patient{t: t, root: newTree(t), bin: t.TempDir()}
	p.env = []string{"PATH=" + p.bin, "RESTATE_SERVER=", "XDG_CACHE_HOME=" + t.TempDir()}
	p.has("sh")
	return p
}

// has puts programs of this machine on the patient's PATH.
func (p *patient) has(names ...string) {
	p.t.Helper()
	for _, name := range names {
		path, err := exec.LookPath(name)
		require.NoError(p.t, err)
		require.NoError(p.t, os.Symlink(path, filepath.Join(p.bin, name)))
	}
}

// hasFake puts a shell script there.
func (p *patient) hasFake(name, script string) {
	p.t.Helper()
	require.NoError(p.t, os.WriteFile(filepath.Join(p.bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
}

// hasGo puts a go there that answers what it is asked about, does as cases say,
// and has nothing to do otherwise.
func (p *patient) hasGo(cases string) {
	p.t.Helper()
	path, err := exec.LookPath("go")
	require.NoError(p.t, err)
	p.hasFake("go", fmt.Sprintf("case \"$*\" in\n%s\nenv*) exec '%s' \"$@\" ;;\nesac", cases, path))
}

func (p *patient) hasServer() {
	p.t.Helper()
	server, err := restate.Find(p.t.Context(), os.Stderr)
	require.NoError(p.t, err)
	p.env = append(p.env, "RESTATE_SERVER="+server)
}

// begins starts the tool and does not wait.
func (p *patient) begins(args ...string) *running {
	p.t.Helper()
	return beginWith(p.t, append(notUnderMake(), p.env...), p.root, args...)
}

// hasStuck puts a program there that does not end, once one of its words is what
// it is told; its mark is there when it has got so far.
func (p *patient) hasStuck(name, word string) (mark string) {
	p.t.Helper()
	tail, err := exec.LookPath("tail")
	require.NoError(p.t, err)
	mark = filepath.Join(p.t.TempDir(), "mark")
	// Not at once: a tool that is killed in the moment between its child's start and
	// its word to the keeper leaves the child, whatever it does.
	stuck := fmt.Sprintf("sleep 0.5; echo >'%s'; exec %s -f '%s'", mark, tail, mark)
	if name == "go" {
		p.hasGo(word + "*) " + stuck + " ;;")
	} else {
		p.hasFake(name, stuck)
	}
	return mark
}

func present(t *testing.T, file string) {
	t.Helper()
	require.Eventually(t, func() bool { _, err := os.Stat(file); return err == nil }, buildLimit, 5*time.Millisecond, file)
}

// noProcess waits until no command line has that word.
func noProcess(t *testing.T, word string) {
	t.Helper()
	require.Eventually(t, func() bool { return !strings.Contains(processCommands(t), word) }, 10*time.Second, 20*time.Millisecond, "a process of %s is left", word)
}
