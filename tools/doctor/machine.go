package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/ui"
)

func (d *doctor) introduce(ctx context.Context) {
	fmt.Printf("workbook doctor, %s%s\n", time.Now().Format("2006-01-02 15:04"), d.commit(ctx))
	printLine("", "system", fmt.Sprintf("%s/%s, %s, %s", runtime.GOOS, runtime.GOARCH, system(ctx), course.Count(runtime.NumCPU(), "CPU")))
}

// commit returns the workbook's commit, if git knows it.
func (d *doctor) commit(ctx context.Context) string {
	git := func(args ...string) string {
		out, _ := exec.CommandContext(ctx, "git", append([]string{"-C", d.Root}, args...)...).Output()
		return strings.TrimSpace(string(out))
	}
	hash := git("rev-parse", "--short", "HEAD")
	if hash == "" {
		return ""
	}
	if git("status", "--porcelain", "--untracked-files=no") != "" {
		hash += " with changes"
	}
	return ", commit " + hash
}

// system returns the name of the operating system, as the system itself reports it.
func system(ctx context.Context) string {
	if runtime.GOOS == "darwin" {
		out, _ := exec.CommandContext(ctx, "sw_vers", "-productVersion").Output()
		return "macOS " + strings.TrimSpace(string(out))
	}
	b, _ := os.ReadFile("/etc/os-release")
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
			return strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return "unknown"
}

// lookAtMachine runs the checks that only look at the machine.
func (d *doctor) lookAtMachine(ctx context.Context) {
	d.hasGo = d.check(ctx, "Go", d.lookGo)
	d.lookSettings(ctx)
	if d.hasGo {
		d.check(ctx, "C compiler", d.lookC)
	} else {
		d.note("C compiler", "not looked for: install Go first")
	}
	d.check(ctx, "server", d.lookServer)
	d.check(ctx, "disk", d.lookDisk)
	d.check(ctx, "work/", d.lookWork)
	d.check(ctx, "temporary", d.lookTemp)
	d.check(ctx, "limits", d.lookLimits)
	if d.hasGo {
		d.check(ctx, "Go's cache", d.lookCache)
	}
	d.check(ctx, "ports", d.lookPorts)
}

func (d *doctor) lookGo(ctx context.Context) (string, *problem) {
	wanted, err := gotool.WantedVersion(d.Root)
	if err != nil {
		return "", problemOf(err, instructor)
	}
	do := "install Go " + wanted + " or later, from https://go.dev/dl/"
	out, err := d.goEnv(ctx, "GOVERSION")
	if err != nil {
		return "", &problem{cmp.Or(ui.LastLine(out), err.Error()), you, do}
	}
	have := strings.Fields(out + " ?")[0] // the output can have more words, as in go1.26.1 X:somexperiment
	if version.Compare(have, "go"+wanted) < 0 {
		return "", &problem{have + " is too old: the workbook needs " + wanted, you, do}
	}
	return have + "; the workbook needs " + wanted + " or later", nil
}

// goEnv returns one of go's settings. If go refuses to report the setting, goEnv returns an error,
// and go's message in place of the setting.
func (d *doctor) goEnv(ctx context.Context, name string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", name)
	cmd.Dir, cmd.Env = d.Root, d.env()
	out, err := cmd.Output() // only standard output, since a wrapper around go may print a warning to standard error
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		out = exit.Stderr
	}
	return strings.TrimSpace(string(out)), err
}

func (d *doctor) lookC(ctx context.Context) (string, *problem) {
	if err := gotool.FindCompiler(); err != nil {
		t := problemOf(err, you)
		if errors.Is(err, gotool.ErrNoCompiler) {
			t.who, t.do = installCommand("gcc", "gcc libc6-dev")
		}
		return "", t
	}
	cc, _ := d.goEnv(ctx, "CC")
	out, err := exec.CommandContext(ctx, "sh", "-c", cc+" --version").Output()
	if err != nil {
		return "", &problem{cc + " does not run: " + err.Error(), administrator, "install it again"}
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first, nil
}

// installCommand returns who may install a program, and with which command.
func installCommand(what, debian string) (who, do string) {
	if runtime.GOOS == "darwin" {
		return you, map[string]string{"gcc": "xcode-select --install", "npm": "brew install node"}[what]
	}
	sudo := "sudo "
	if os.Getuid() == 0 {
		who, sudo = you, ""
	} else {
		who = administrator
	}
	for _, m := range []struct{ program, install, names string }{
		{"apt-get", "apt-get install ", debian},
		{"dnf", "dnf install ", what},
		{"pacman", "pacman -S ", what},
		{"zypper", "zypper install ", what},
	} {
		if _, err := exec.LookPath(m.program); err == nil {
			return who, sudo + m.install + m.names
		}
	}
	return who, "install " + what
}

// lookServer downloads the server if it is missing, as the first make lesson would.
func (d *doctor) lookServer(ctx context.Context) (string, *problem) {
	var err error
	if d.Offline {
		d.binary, err = restate.AtHand(ctx)
	} else {
		d.binary, err = restate.Find(ctx, os.Stderr)
	}
	if err != nil {
		t := problemOf(err, you)
		if errors.Is(err, npm.ErrNoNPM) {
			t.who, t.do = installCommand("npm", "npm")
			t.do += " # or ask your instructor for the folder of make offline"
		}
		return "", t
	}
	said, err := restate.Runs(ctx, d.binary)
	if err != nil {
		d.binary = ""
		return "", problemOf(err, you)
	}
	return said + ", in " + filepath.Dir(d.binary), nil
}
