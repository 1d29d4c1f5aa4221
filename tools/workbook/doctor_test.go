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

	"example.com/workbook/tools/restate"
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

func TestDoctorOfABareMachine(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.hasGo("")
	p.hasFake("apt-get", "")
	r := p.seesDoctor()
	require.Equal(t, 3, r.code)
	sudo := "your administrator: sudo "
	if os.Getuid() == 0 {
		sudo = "you: "
	}
	said := unfold(r.out)
	require.Contains(t, said, "not ok C compiler there is no C compiler (gcc), and SQLite needs one "+sudo+"apt-get install gcc libc6-dev ")
	require.Contains(t, said, "not ok server restate-server "+restate.Version+" is not here, and there is no npm to fetch it with "+
		sudo+"apt-get install npm # or ask your instructor for the folder of make offline ")
	require.Contains(t, said, "ok lesson 1 compiles")
	require.Contains(t, said, "-- lesson 3 not tried: it needs a C compiler ")
	require.Contains(t, said, "-- a call not tried: it needs a server, and lesson 1 not ready: mend what is not ok, then: make doctor")

	r = p.seesDoctor("OFFLINE=1")
	require.Equal(t, 3, r.code)
	require.Contains(t, unfold(r.out), "not ok server restate-server "+restate.Version+" is not here you: make doctor fetches it, with the network on ")
}

func TestDoctorFindsTheCause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		goCases string
		env     string
		want    string
	}{
		{"old Go", "env\\ GOVERSION) echo go1.22.1; exit ;;", "",
			"not ok Go go1.22.1 is too old: the workbook needs 1.25.0 you: install Go 1.25.0 or later, from https://go.dev/dl/ -- C compiler not looked for: Go comes first "},
		{"Go that refuses", "env\\ GOVERSION) echo 'go: go.mod requires go >= 1.25.0 (running go 1.23.4; GOTOOLCHAIN=local)' >&2; exit 1 ;;", "",
			"not ok Go go: go.mod requires go >= 1.25.0 (running go 1.23.4; GOTOOLCHAIN=local) you: install Go 1.25.0 or later"},
		{"another compiler", "", "CC=no-such-compiler\nCGO_ENABLED=1",
			"not ok C compiler the C compiler that go is set to use, no-such-compiler, is not there you: install it, or choose another: go env -u CC "},
		{"no headers", "vet*) echo '_cgo_export.c:3:10: fatal error: stdlib.h: No such file or directory' >&2; exit 1 ;;", "",
			"not ok lesson 3 the C compiler has no stdlib.h "},
		{"no network", "mod*) echo 'go: github.com/x/y@v1: Get \"https://proxy/x\": dial tcp: lookup proxy: no such host' >&2; exit 1 ;;", "",
			"not ok modules go cannot fetch the modules: go: github.com/x/y@v1: Get \"https://proxy/x\": dial tcp: lookup proxy: no such host you: connect to the network once"},
		{"full disk", "vet*) echo 'compile: writing output: write $WORK/b001: no space left on device' >&2; exit 1 ;;", "",
			"not ok lesson 1 the disk is full: compile: writing output: write $WORK/b001: no space left on device you: free some space (df -h shows where)"},
		{"our own defect", "vet*) echo 'main.go:1: no' >&2; exit 1 ;;", "",
			"not ok lesson 1 the first build failed (exit status 1): main.go:1: no your instructor: send them this block "},
		{"old server", "", "RESTATE_SERVER=BIN/gcc",
			"is \"gcc 1.0\", not restate-server " + restate.Version + " you: set RESTATE_SERVER to the full path of a restate-server "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			p.hasGo(c.goCases)
			p.hasFake("gcc", "echo gcc 1.0")
			p.env = append(p.env, strings.Split(strings.ReplaceAll(c.env, "BIN", p.bin), "\n")...)
			r := p.seesDoctor()
			require.Equal(t, 3, r.code, r.out)
			require.Contains(t, unfold(r.out), c.want)
		})
	}
}

func TestDoctorWithoutGo(t *testing.T) {
	t.Parallel()
	r := newPatient(t).seesDoctor()
	require.Equal(t, 3, r.code)
	require.Contains(t, r.out, "not ok  Go          exec: \"go\": executable file not found in $PATH\n"+
		"                    you: install Go 1.25.0 or later, from https://go.dev/dl/\n")
	require.Contains(t, r.out, "\n--      lessons     not tried: Go comes first\n")
}

// Without Go there is no doctor either; make says so.
func TestMakeWithoutGo(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.has("make")
	r := runProgramWith(t, p.env, p.root, "make", "doctor")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "there is no go on the PATH; hint: install Go 1.25 or later")
	p.hasFake("go", "echo go version go1.19.8 linux/amd64")
	r = runProgramWith(t, p.env, p.root, "make", "doctor")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "go1.19.8 is too old; hint: install Go 1.25 or later")
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

func TestDoctorOffersWhatIsMissingOffline(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.has("go")
	p.hasServer()
	p.env = append(p.env, "GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw")
	r := p.seesDoctor("OFFLINE=1")
	require.Equal(t, 3, r.code)
	require.Regexp(t, `not ok modules not all are here: \S+: module lookup disabled by GOPROXY=off you: make doctor, with the network on; or ask your instructor for the folder of make offline `, unfold(r.out))
	require.NotContains(t, r.out, "lesson 1 ")
}

func TestDoctorRefusesWhatItDoesNotUnderstand(t *testing.T) {
	testRefusals(t, newTree(t), map[string]string{
		"doctor 3":         "unexpected argument 3\nhint: for example: make doctor, or make doctor OFFLINE=1\n",
		"doctor --port=80": "a port is 1024 to 64520, not 80\nhint: for example: make doctor PORT=18080\n",
		"doctor OFFLINE=x": "hint: for example: make doctor, or make doctor OFFLINE=1\n",
	})
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
