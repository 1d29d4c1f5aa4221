package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

type testCmd struct {
	Short bool `help:"The quick half: SHORT=1."`
}

// Run is go test ./... with the output of what passed folded to go test's own
// closing line a package. What was not run is named in the last lines.
func (c testCmd) Run(p *place) error {
	// One package more than there are cores: they wait as much as they work.
	packages := fmt.Sprintf("-p=%d", runtime.NumCPU()+1)
	ctx, stop := untilStopped()
	defer stop()
	// Should we be killed, or be cut off from who reads this, memory is given back.
	keeper, err := process.NewKeeper()
	if err != nil {
		return err
	}
	defer keeper.Close()
	temp := inMemory("/dev/shm")
	if temp != "" {
		if err := keeper.Dir(temp); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-timeout=30m", packages, fmt.Sprintf("-short=%t", c.Short), "./...")
	cmd.Dir = p.root
	cmd.Stderr = os.Stderr
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, time.Minute
	if temp != "" {
		cmd.Env = append(os.Environ(), "TMPDIR="+temp)
		fmt.Printf("temporary files are in memory, in %s; TMPDIR=/tmp make test has them on the disk\n", temp)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
	}
	notRun, readErr := fold(os.Stdout, out)
	if readErr != nil {
		return readErr
	}
	err = cmd.Wait()
	for _, t := range notRun {
		fmt.Println("NOT RUN: " + t)
	}
	if err != nil {
		return errRed
	}
	return nil
}

// roomy is what tests' temporary files may need, and more.
const roomy = 6 << 30

// inMemory makes a folder for temporary files where a file system in memory has room
// for them, unless somebody has said where they are to be; "" where there is none. Tests
// make and remove copies of the workbook, some hundred files each, and go's builds as
// many: two fifths of all system time, on a disk. What servers and databases keep is on
// the disk all the same.
func inMemory(memory string) (dir string) {
	if os.Getenv("TMPDIR") != "" || !there(memory) {
		return ""
	}
	if free, err := freeBytes(memory); err != nil || free < roomy {
		return ""
	}
	dir, _ = os.MkdirTemp(memory, "workbook")
	return dir
}

// event is a line of go test -json (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build's output
	Test       string
	Output     string
}

// folder keeps what a package's tests printed until it is known how they ended.
type folder struct {
	w      io.Writer
	output map[string]map[string]string // by package, then by test; "" is the package's own
	notRun []string
}

// fold prints, of a package that failed, what its failed tests said, and of
// every package its last line.
func fold(w io.Writer, r io.Reader) (notRun []string, err error) {
	f := &folder{w: w, output: map[string]map[string]string{}}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) > 0 && json.Unmarshal(line, &e) == nil:
			f.event(e)
		case len(line) > 0:
			fmt.Fprintf(w, "%s", line)
		}
		if err == io.EOF {
			return f.notRun, nil
		}
		if err != nil {
			return f.notRun, err
		}
	}
}

func (f *folder) event(e event) {
	tests := f.output[e.Package]
	if tests == nil {
		tests = map[string]string{}
		f.output[e.Package] = tests
	}
	switch {
	case e.Action == "build-output":
		fmt.Fprint(f.w, e.Output)
	case e.Action == "output":
		tests[e.Test] += e.Output
	case e.Action == "skip" && e.Test != "":
		f.notRun = append(f.notRun, e.Package+" "+e.Test+": "+said(tests[e.Test]))
	case e.Action == "pass" && e.Test != "":
		delete(tests, e.Test)
	case e.Test == "" && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip"):
		f.close(tests, e)
		delete(f.output, e.Package)
	}
}

// close prints what a package's end leaves to say.
func (f *folder) close(tests map[string]string, e event) {
	if e.Action == "fail" {
		for _, name := range slices.Sorted(maps.Keys(tests)) {
			if name != "" {
				fmt.Fprint(f.w, tests[name])
			}
		}
		fmt.Fprint(f.w, tests[""])
		return
	}
	lines := strings.SplitAfter(strings.TrimRight(tests[""], "\n"), "\n")
	fmt.Fprintln(f.w, lines[len(lines)-1])
}

// said is a test's own last line.
func said(output string) string {
	why := ""
	for line := range strings.Lines(output) {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "---") && !strings.HasPrefix(text, "===") {
			why = text
		}
	}
	return why
}

type matrixCmd struct{}

// Run has every script judge every wrong answer and every stub, and writes down
// what refuses it, and in what words.
func (matrixCmd) Run(p *place) error {
	for _, args := range [][]string{
		{"./lessons/..."},
		{"./tools/answers", "-run=TestAnswers", "-matrix", "-timeout=60m"},
	} {
		cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = p.root, os.Stdout, os.Stderr
		cmd.Env = append(os.Environ(), setting.WriteStubs+"=1")
		if cmd.Run() != nil {
			return errRed
		}
	}
	fmt.Println("written to testdata/*/matrix.txt, stub.txt and wrong/; git diff shows what has changed")
	return nil
}
