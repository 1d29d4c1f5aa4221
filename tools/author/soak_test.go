package main

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// red is a test that fails every second time, because it leaves a file behind.
const red = `package main

import (
	"os"
	"testing"
)

func TestLesson(t *testing.T) {
	if os.Remove("before") == nil {
		t.Fatal("there was a run before")
	}
	os.WriteFile("before", nil, 0o666)
}
`

func TestSoakCountsRedRuns(t *testing.T) {
	p := smallWorkbook(t)
	write(t, p, "solutions/01-concepts/lesson_test.go", red)
	cmd := exec.Command(buildAuthor(t), "soak", "RUNS=4")
	cmd.Dir = p.root
	output, err := cmd.Output()
	require.Error(t, err)
	require.Equal(t, 1, cmd.ProcessState.ExitCode())
	require.Contains(t, string(output), "lesson 1, run 2:\n--- FAIL: TestLesson")
	require.Contains(t, string(output), "lesson 1, run 4:\n")
	require.Regexp(t, `(?m)^lesson 1  2 of 4 green  \d+\.\d s at the median, \d+\.\d s at most$`, string(output))
}
