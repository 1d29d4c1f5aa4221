package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

type testCmd struct {
	Short bool `help:"The quick half: SHORT=1."`
}

// slowest are the packages whose tests take longest. Their tests begin first, so that no processor
// waits for them at the end.
var slowest = []string{"./tools/workbook", "./tools/mutants", "./tools/answers", "./tools/check"}

// Run runs the gate, and then all tests if the gate finds nothing. The tests often wait, so the
// longest part of the gate runs at the same time as the tests, unless Short is set.
//
// gotestsum prints go test's last line for each package, then the output of the tests that failed,
// and then its own last line. After that, Run prints a line for each test that was skipped, with
// the reason. No format of gotestsum does that.
func (c testCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if err := trimPaths(); err != nil {
		return err
	}
	isBeside := func(g part) bool { return g.besideTests && !c.Short }
	notRun, err := p.runGate(ctx, k, func(g part) bool { return !isBeside(g) })
	if err != nil {
		return err
	}
	gotestsum, err := p.locate(ctx, k, "lint:gotestsum")
	if err != nil {
		return err
	}
	own, err := k.MkdirTemp()
	if err != nil {
		return err
	}
	results := filepath.Join(own, "results.xml")
	cmd := exec.Command(gotestsum, append([]string{"--format=standard-quiet", "--hide-summary=skipped", "--junitfile=" + results, "--",
		"-timeout=30m", fmt.Sprintf("-p=%d", runtime.NumCPU()+1), // one more than the processors, because the tests of a package wait as much as they work
		fmt.Sprintf("-short=%t", c.Short)}, append(slices.DeleteFunc(slices.Clone(slowest), p.isMissing), ownPackages...)...)...)
	cmd.Dir, cmd.Stdout = p.root, os.Stdout
	temp := makeDirInMemory("/dev/shm")
	if temp != "" {
		fmt.Printf("temporary files are kept in memory, in %s; TMPDIR=/tmp make test keeps them on the disk\n", temp)
	} else if temp, err = os.MkdirTemp("", "workbook"); err != nil {
		return err
	}
	if err := k.AddDir(temp); err != nil {
		return err
	}
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	beside := make(chan error, 1)
	go func() {
		_, err := p.runGate(ctx, k, isBeside)
		beside <- err
	}()
	_, testErr := process.Run(ctx, k, cmd)
	besideErr := <-beside
	skipped, err := skippedTests(results)
	printNotRun(append(notRun, skipped...))
	var exit *exec.ExitError
	if errors.As(testErr, &exit) {
		return hint.ExitRed
	}
	return errors.Join(testErr, err, besideErr)
}

// isMissing reports whether the workbook does not have this folder.
func (p *place) isMissing(folder string) bool { return !files.Exists(filepath.Join(p.root, folder)) }

// roomy is more than the number of bytes that the tests' temporary files take.
const roomy = 6 << 30

// makeDirInMemory makes a folder for temporary files in the file system memory. It returns "" if
// TMPDIR is set, if this file system does not exist, or if it has too little space.
//
// Tests make and remove copies of the workbook with some hundred files each, and go's builds make
// as many files. On a disk, that takes two fifths of all system time. Servers and databases keep
// their files on the disk all the same.
func makeDirInMemory(memory string) (dir string) {
	free, err := files.FreeBytes(memory)
	if os.Getenv("TMPDIR") != "" || !files.Exists(memory) || err != nil || free < roomy {
		return ""
	}
	dir, _ = os.MkdirTemp(memory, "workbook")
	return dir
}

// skippedTests returns the tests that were skipped, each with the last line that it printed. It
// reads them from a JUnit file.
func skippedTests(junitFile string) (skipped []string, err error) {
	content, err := os.ReadFile(junitFile)
	if err != nil {
		return nil, err
	}
	var results struct {
		Tests []struct {
			Package string `xml:"classname,attr"`
			Name    string `xml:"name,attr"`
			Skipped *struct {
				Output string `xml:"message,attr"`
			} `xml:"skipped"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(content, &results); err != nil {
		return nil, err
	}
	for _, test := range results.Tests {
		if test.Skipped != nil {
			skipped = append(skipped, test.Package+" "+test.Name+": "+skipReason(test.Skipped.Output))
		}
	}
	return skipped, nil
}

// skipReason returns the last line that the test itself printed, without the lines of go test.
func skipReason(output string) (reason string) {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			reason = line
		}
	}
	return reason
}
