package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/shop"
	"example.com/workbook/tools/stage"
)

// seesDoctor runs the doctor, which leaves nothing behind and prints at most 80
// columns, except for longer words.
func (p *patient) seesDoctor(args ...string) exited {
	p.t.Helper()
	bin, err := builtTool()
	require.NoError(p.t, err)
	before := readTree(p.t, p.root)
	r := runProgramWith(p.t, p.env, p.root, bin, append([]string{"doctor", freePortFlag(p.t)}, args...)...)
	require.Equal(p.t, before, readTree(p.t, p.root))
	for line := range strings.Lines(r.out) {
		long := len([]rune(strings.TrimSuffix(line, "\n"))) > 80
		require.False(p.t, long && len(strings.Fields(line)) > 1, line)
	}
	if home, err := os.UserHomeDir(); err == nil {
		require.NotContains(p.t, r.out, home+"/")
	}
	return r
}

// freePortFlag returns a flag with a free port such that all other ports that the
// doctor looks at are free too.
func freePortFlag(t *testing.T) string {
	t.Helper()
	return "--port=" + strconv.Itoa(stage.FindPort(shop.Ports))
}

// unfold removes the line breaks of a block.
func unfold(block string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(block, "\n", " ")), " ")
}

// The whole of it: this machine, on which these tests run, is ready. Then again
// with the network off.
func TestDoctorOfThisMachine(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	committed(t, root)
	rewrite(t, filepath.Join(root, "Makefile"), func(src string) string { return src + "# mine\n" })
	p := &patient{t: t, root: root, env: trimmedEnv()}

	r := p.seesDoctor()
	require.Zero(t, r.code, r.out)
	require.Regexp(t, `^workbook doctor, \S+ \S+, commit \w+ with changes\n +system +`, r.out)
	for _, name := range []string{"Go", "C compiler", "server", "disk", "work/", "Go's cache", "ports", "modules", "lesson 1", "lesson 3", "a call"} {
		require.Contains(t, r.out, "\nok      "+name+" ")
	}
	require.Contains(t, r.out, "Checkout/Place is answered by a real server")
	require.True(t, strings.HasSuffix(r.out, "\nready. go on with: make lesson 1\n"), r.out)

	r = p.seesDoctor("OFFLINE=1")
	require.Zero(t, r.code, r.out)
	require.Contains(t, r.out, "Checkout/Place is answered by a real server")
	require.Contains(t, r.out, "what it needs was built before")
	require.True(t, strings.HasSuffix(r.out, "\nready, without a network. go on with: make lesson 1\n"), r.out)
	if strings.Contains(r.out, "--      network") {
		t.Skip("this machine has no network namespaces for us: ", r.out)
	}
	require.Contains(t, r.out, "\nok      network     off: all that follows has loopback, and nothing else\n")
}

// committed makes a git repository of a tree.
func committed(t *testing.T, root string) {
	t.Helper()
	// The files are shared with other trees: git must not look at how many links they have.
	for _, args := range []string{"init -q", "config core.trustctime false", "add .", "-c user.name=a -c user.email=a@example.com commit -qm all"} {
		cmd := exec.Command("git", strings.Fields(args)...)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

func TestDoctorOnTakenPorts(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.hasGo("")
	busy := listen(t)
	for _, port := range []int{busy, busy - stage.AdminAbove} {
		r := p.seesDoctor(fmt.Sprint("--port=", port))
		require.Equal(t, 3, r.code)
		require.Regexp(t, fmt.Sprintf(`not ok ports port %d is taken, by a make run, shop or class perhaps you: stop what listens there, or: make doctor PORT=\d+ `, busy), unfold(r.out))
	}
}

func TestDoctorThatIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		signal syscall.Signal
	}{{"SIGINT", syscall.SIGINT}, {"SIGTERM", syscall.SIGTERM}, {"SIGKILL", syscall.SIGKILL}} {
		for _, args := range []string{"doctor", "doctor --offline"} {
			t.Run(test.name+" "+args, func(t *testing.T) {
				t.Parallel()
				p := newPatient(t)
				p.hasServer()
				mark := p.hasStuck("go", "vet")
				before := readTree(t, p.root)
				r := p.begins(append(strings.Fields(args), freePortFlag(t))...)
				present(t, mark)
				r.signal(test.signal)
				code := r.waitForEnd()
				if test.signal != syscall.SIGKILL {
					require.Equal(t, 3, code)
					require.Equal(t, "interrupted; nothing of it is left\nhint: make doctor looks again, from the beginning\n", r.err.String())
					require.NotContains(t, r.out.String(), "ready")
				}
				noProcess(t, mark)
				require.Equal(t, before, readTree(t, p.root))
			})
		}
	}
}
