package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const mixed = `package main

import "testing"

func TestGood(t *testing.T) { t.Log("chatter") }

func TestNot(t *testing.T) { t.Skip("npm is not there") }
`

const failing = `package main

import "testing"

func TestBad(t *testing.T) { t.Error("one\nand two") }
`

// The verb test prints the last lines of the gate, of go test and of gotestsum, and then what was
// not run. If a test fails, the verb prints its whole output.
func TestTheVerbTest(t *testing.T) {
	if testing.Short() {
		t.Skip("the gate and the tests of a small workbook, half a minute: make test without SHORT=1")
	}
	p := smallWorkbook(t)
	write(t, p, "solutions/01-concepts/lesson_test.go", mixed)
	author := buildAuthor(t)
	run := func() (output string, code int) {
		cmd := exec.Command(author, "test")
		cmd.Dir = p.root
		printed, _ := cmd.CombinedOutput()
		return string(printed), cmd.ProcessState.ExitCode()
	}
	output, code := run()
	require.Zero(t, code, output)
	require.Regexp(t, `(?m)^gate  gofmt +ok +\d+\.\d s$`, output)
	require.NotContains(t, output, "chatter")
	require.Regexp(t, `(?m)^ok  	example\.com/workbook/solutions/01-concepts	(\d.*s|\(cached\))$`, output)
	require.Regexp(t, `(?m)^gate  race +ok +\d+\.\d s$`, output)
	require.Regexp(t, `DONE 2 tests, 1 skipped in [\d.]+s\n(gate  race .*\n)?NOT RUN: example\.com/workbook/solutions/01-concepts TestNot: lesson_test\.go:7: npm is not there\n$`, output)

	write(t, p, "solutions/01-concepts/lesson_test.go", failing)
	output, code = run()
	require.Equal(t, 1, code, output)
	require.Contains(t, output, "lesson_test.go:5: one\n        and two\n")
	require.Regexp(t, `(?m)^FAIL	example\.com/workbook/solutions/01-concepts	(\d.*s|\(cached\))$`, output)

	write(t, p, "tools/proxy/fault.go", "package proxy\n\nvar  Wide int\n")
	output, code = run()
	require.Equal(t, 1, code, output)
	require.Regexp(t, `(?m)^gate  gofmt +FAILED +\d+\.\d s\ntools/proxy/fault\.go$`, output)
	require.NotContains(t, output, "DONE", "no test runs after the gate has found a fault")
}

func TestSkippedTestsAreNamedWithTheirReasons(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.xml")
	require.NoError(t, os.WriteFile(file, []byte(`<testsuites><testsuite name="c">
<testcase classname="c" name="TestGood" time="0.1"></testcase>
<testcase classname="c" name="TestBad" time="0.1"><failure message="Failed">c_test.go:3: no</failure></testcase>
<testcase classname="c" name="TestNot" time="0.0"><skipped message="=== RUN   TestNot&#xA;    c_test.go:9: npm is not there&#xA;--- SKIP: TestNot (0.00s)&#xA;"></skipped></testcase>
</testsuite></testsuites>`), 0o666))
	skipped, err := skippedTests(file)
	require.NoError(t, err)
	require.Equal(t, []string{"c TestNot: c_test.go:9: npm is not there"}, skipped)
}

func TestTemporaryFilesAreInMemoryWhereThereIsRoom(t *testing.T) {
	memory := t.TempDir()
	t.Setenv("TMPDIR", memory)
	require.Empty(t, makeDirInMemory(memory), "TMPDIR is set")
	t.Setenv("TMPDIR", "")
	require.Empty(t, makeDirInMemory(filepath.Join(memory, "none")))
}
