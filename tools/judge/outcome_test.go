package judge

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"github.com/stretchr/testify/require"
)

// A file that an earlier check, or somebody else, has left is no verdict.
func TestOutcomeOfWhatIsNoResult(t *testing.T) {
	temp := t.TempDir()
	dir := filepath.Join("root", "work", "01-concepts")
	exit := exec.Command("false").Run()
	l := course.Lesson{N: 1}
	refuse := func(text string) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(temp, resultName), []byte(text), 0o666))
		o := readOutcome("PASS 1.1  One  (1 check)\n", temp, dir)
		require.Nil(t, o.found)
		require.Empty(t, o.results())
		require.ErrorContains(t, o.exitError(nil, l), "the check ended without a verdict")
		require.ErrorIs(t, o.exitError(exit, l), hint.ExitRed)
	}
	refuse("")
	refuse("PASS 1.1  One  (1 check)\n")
	refuse(`{"version": 1, "tree": "work", "slug": "02-basic-service", "word": "PASS", "tasks": [{"id": "2.1", "state": "pass"}]}`)
	refuse(`{"version": 1, "tree": "work", "slug": "01-concepts", "word": "PASS", "tasks": [{"id": "1.1", "sta`)
}

func TestOutcomeInTermsOfExitCodes(t *testing.T) {
	exit := exec.Command("false").Run()
	for _, c := range []struct {
		word result.Word
		exit error
		want error
	}{
		{result.Pass, nil, nil},
		{result.Part, nil, nil},
		{result.Pass, exit, hint.ExitRed},
		{result.Fail, exit, hint.ExitRed},
		{result.Setup, exit, hint.ExitSetup},
		{result.Broken, exit, hint.ExitSetup},
	} {
		t.Run(string(c.word), func(t *testing.T) {
			require.Equal(t, c.want, outcome{found: &result.Result{Word: c.word}}.exitError(c.exit, course.Lesson{N: 1}))
		})
	}
}

func TestWithoutClosing(t *testing.T) {
	for _, c := range []struct{ name, printed, want string }{
		{"nothing", "", ""},
		{"passed", "ok  \texample.com/x\t0.017s\n", ""},
		{"failed", "from init\nexit status 1\nFAIL\texample.com/x\t0.007s\n", "from init\n"},
		{"not built", "# example.com/x\n./b.go:4:12: declared and not used: x\nFAIL\texample.com/x [build failed]\n",
			"# example.com/x\n./b.go:4:12: declared and not used: x\n"},
		{"killed", "signal: killed\nFAIL\texample.com/x\t0.007s\n", "signal: killed\n"},
		{"the learner's own words", "FAIL\nok  \nexit status 1\n", "FAIL\nok  \nexit status 1\n"},
		{"no end of line", "FAIL\texample.com/x\t0.007s", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, withoutClosing(c.printed))
		})
	}
}

// What a class is told of a verdict: no path, no code, no ledger.
func TestWhatAClassIsTold(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	l := course.Lesson{N: 1, Slug: "01-concepts", Tasks: []course.Task{{ID: "1.1"}, {ID: "1.2"}, {ID: "1.3"}}}
	require.NoError(t, os.MkdirAll(l.Dir(root, "work"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(l.Dir(root, "work"), "first-guess-1.1.txt"), []byte("1 charge, 1 mail\n"), 0o666))
	red := &result.Red{Check: "the journal has a step for each", Did: []string{"Checkout/o-1"}, Expected: "1 charge", Got: "2",
		Ledger: []string{"charge o-1 2500 no key accepted"}, Where: "work/01-concepts/checkout/checkout.go:48  TODO 1.2", Likely: "no step was run"}
	found := result.Result{Word: result.Fail, Shown: "1.2", Tasks: []result.Task{
		{ID: "1.1", State: result.TaskPassed},
		{ID: "1.2", State: result.TaskFailed, Red: red},
		{ID: "1.3", State: result.TaskFailed, Red: &result.Red{}},
	}}
	require.Equal(t, class.Report{Lesson: 1, Tasks: map[string]bool{"1.1": true, "1.2": false, "1.3": false}, Red: "1.2",
		Check: "the journal has a step for each", Likely: "no step was run", Guesses: map[string]string{"1.1": "1 charge, 1 email"}}, classReport(root, l, outcome{found: &found}))
	red.Unwritten = true
	stub := classReport(root, l, outcome{found: &found})
	require.Equal(t, "1.2", stub.Red)
	require.Empty(t, stub.Check+stub.Likely, "what is not begun refuses nobody")
	require.Empty(t, classReport(root, l, outcome{printed: "work/01-concepts/main.go:3:1: syntax error\n"}).Tasks)
}
