package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// What was left out is not passed, whoever has left it out.
func TestCheckOfAPart(t *testing.T) {
	t.Parallel()
	root := written(t, "solutions", "")
	goTest := func(args ...string) string {
		cmd := exec.Command("go", append([]string{"test", "-v", "."}, args...)...)
		cmd.Dir, cmd.Env = filepath.Join(root, "work", "01-concepts"), append(trimmed(), "PWD="+filepath.Join(root, "work", "01-concepts"))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	out := goTest("-run", "TestLesson/tasks")
	require.Regexp(t, `(?m)^PART 1\.2  .*  \(\d of \d checks, and no red one\)$`, out)
	require.Contains(t, out, "\nnot all of lesson 1's checks were run: make check 1 runs them\n")
	require.NotContains(t, out, "is done")

	out = goTest("-parallel", "1")
	require.Regexp(t, `(?m)^PASS 1\.2  `, out)
	require.Contains(t, out, "lesson 1 is done. next: make lesson 2\nmake check 1 notes it, for make progress\n")

	r := beginWith(t, append(trimmed(), "GOFLAGS=-run=TestLesson/tasks"), root, "check", "1")
	require.Zero(t, r.ends(), lazily(r.out.String))
	require.Contains(t, r.out.String(), "lesson 1 is done. next: make lesson 2\n")
	require.NotContains(t, r.out.String(), "notes it")
	require.Equal(t, "done", lines(t, root)["1.2"])
}

// work/ may be a link to where a learner keeps such things.
func TestCheckOverALink(t *testing.T) {
	t.Parallel()
	root := written(t, "solutions", "")
	work, mine := filepath.Join(root, "work"), filepath.Join(t.TempDir(), "mine")
	require.NoError(t, os.Rename(work, mine))
	require.NoError(t, os.Symlink(mine, work))
	r := tool(t, root, "check", "1")
	require.Zero(t, r.code, r.out)
	w := watch(t, root)
	w.says("lesson 1 is done")
}

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
		require.ErrorContains(t, o.judged(nil, l), "the check ended without a verdict")
		require.ErrorIs(t, o.judged(exit, l), hint.ExitRed)
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
			require.Equal(t, c.want, outcome{found: &result.Result{Word: c.word}}.judged(c.exit, course.Lesson{N: 1}))
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

// What a copy lacks is said, and nothing of go's own that would lead astray alone.
func TestCheckOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	root := tree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	lesson := filepath.Join(root, "work", "01-concepts")
	require.NoError(t, os.Rename(filepath.Join(lesson, "checkout"), filepath.Join(lesson, "aside")))
	const gone = "\nwork/01-concepts/checkout is not there, where the lesson has a package\nhint: make reset 1 && make lesson 1 makes the lesson anew; yours is moved away, not lost\n"
	r := tool(t, root, "check", "1")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.out, gone)
	w := watch(t, root)
	w.says(watched)
	require.Contains(t, strings.Join(strings.Fields(w.out.String()), " "), strings.Join(strings.Fields(gone), " "), "folded")

	require.NoError(t, os.Remove(filepath.Join(lesson, "lesson_test.go")))
	r = tool(t, root, "check")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "work/01-concepts is there, but has no lesson_test.go")
}
