package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

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
