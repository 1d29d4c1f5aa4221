package rows_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	restate "github.com/restatedev/sdk-go"
	"github.com/stretchr/testify/require"

	"example.com/workbook/solutions/02-basic-service/pricing"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/rows"
)

// This test binary is also a lesson's: with asLesson in its environment and
// lesson 3's folder as its own, it checks the answer of that name.
const asLesson = "ROWS_TEST_ANSWER"

func TestMain(m *testing.M) {
	name := filepath.Base(os.Args[0])
	if os.Getenv(asLesson) == "" && name != "sandbox" {
		os.Exit(m.Run())
	}
	check.Main(m, check.Lesson{
		Program: program,
		Rest: func() ([]restate.ServiceDefinition, error) {
			return []restate.ServiceDefinition{restate.Reflect(pricing.Pricing{})}, nil
		},
		Words:   rows.Words,
		Answers: map[string]any{"AnswerSelf": "b", "AnswerState": "b"},
	})
}

func program() {
	name := os.Getenv(asLesson)
	if a, ok := right[name]; ok {
		a.serve()
	}
	wrong[name].serve()
}

// TestLesson is what the lesson's own test file has.
func TestLesson(t *testing.T) {
	if os.Getenv(asLesson) != "" {
		check.Run(t)
	}
}

// judge runs one of lesson 3's scripts, or with "" all, on an answer, and returns
// all that is printed.
func judge(t *testing.T, answer, script string) (out string, ok bool) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	dir, err := filepath.Abs("../../../solutions/03-virtual-object")
	require.NoError(t, err)
	cmd := exec.Command(exe, "-test.run=^TestLesson$/.*/^"+script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asLesson+"="+answer)
	b, err := cmd.CombinedOutput()
	return string(b), err == nil
}
