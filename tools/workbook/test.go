package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"example.com/workbook/tools/hint"
)

type testCmd struct{}

// Run is go test ./... with the output of what passed folded to go test's own
// closing line a package. What was not run is named in the last lines.
func (testCmd) Run(p *place) error {
	cmd := exec.Command("go", "test", "-json", "./...")
	cmd.Dir = p.root
	cmd.Stderr = os.Stderr
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

// event is a line of go test -json (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build's output
	Test       string
	Output     string
}

// fold prints a package's output whole when it failed, else its last line.
func fold(w io.Writer, r io.Reader) (notRun []string, err error) {
	output := map[string]*strings.Builder{}
	why := map[string]string{}
	lines := bufio.NewReader(r)
	for {
		line, readErr := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if err := json.Unmarshal(line, &e); err != nil {
				fmt.Fprintf(w, "%s", line)
			} else {
				notRun = append(notRun, e.fold(w, output, why)...)
			}
		}
		if readErr == io.EOF {
			return notRun, nil
		}
		if readErr != nil {
			return notRun, readErr
		}
	}
}

func (e event) fold(w io.Writer, output map[string]*strings.Builder, why map[string]string) (notRun []string) {
	name := e.Package + " " + e.Test
	switch {
	case e.Action == "build-output":
		fmt.Fprint(w, e.Output)
	case e.Action == "output":
		if output[e.Package] == nil {
			output[e.Package] = &strings.Builder{}
		}
		output[e.Package].WriteString(e.Output)
		if text := strings.TrimSpace(e.Output); !strings.HasPrefix(text, "---") && !strings.HasPrefix(text, "===") {
			why[name] = text
		}
	case e.Action == "skip" && e.Test != "":
		notRun = append(notRun, strings.TrimSpace(name+": "+why[name]))
	case e.Test == "" && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip"):
		if o := output[e.Package]; o != nil {
			fmt.Fprint(w, closing(o.String(), e.Action))
		}
		delete(output, e.Package)
	}
	return notRun
}

func closing(out, action string) string {
	if action == "fail" {
		return out
	}
	lines := strings.SplitAfter(strings.TrimRight(out, "\n")+"\n", "\n")
	return lines[len(lines)-2]
}
