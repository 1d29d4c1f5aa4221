package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A task that was left out is not passed, whatever left it out.
func TestCheckOfAPart(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	goTest := func(args ...string) string {
		cmd := exec.Command("go", append([]string{"test", "-v", "."}, args...)...)
		cmd.Dir, cmd.Env = filepath.Join(root, "work", "01-concepts"), append(trimmedEnv(), "PWD="+filepath.Join(root, "work", "01-concepts"))
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

	r := beginWith(t, append(trimmedEnv(), "GOFLAGS=-run=TestLesson/tasks"), root, "check", "1")
	require.Zero(t, r.waitForEnd(), lazily(r.out.String))
	require.Contains(t, r.out.String(), "lesson 1 is done. next: make lesson 2\n")
	require.NotContains(t, r.out.String(), "notes it")
	require.Equal(t, "done", taskStates(t, root)["1.2"])
}

// work/ may be a link to where a learner keeps such things.
func TestCheckOverALink(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	work, mine := filepath.Join(root, "work"), filepath.Join(t.TempDir(), "mine")
	require.NoError(t, os.Rename(work, mine))
	require.NoError(t, os.Symlink(mine, work))
	r := tool(t, root, "check", "1")
	require.Zero(t, r.code, r.out)
	w := watch(t, root)
	w.waitForText("lesson 1 is done")
}

// What a copy lacks is said, and nothing of go's own that would lead astray alone.
func TestCheckOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	lesson := filepath.Join(root, "work", "01-concepts")
	require.NoError(t, os.Rename(filepath.Join(lesson, "checkout"), filepath.Join(lesson, "aside")))
	const gone = "\nwork/01-concepts/checkout is not there, where the lesson has a package\nhint: make reset 1 && make lesson 1 makes the lesson anew; yours is moved away, not lost\n"
	r := tool(t, root, "check", "1")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.out, gone)
	w := watch(t, root)
	w.waitForText(watched)
	require.Contains(t, strings.Join(strings.Fields(w.out.String()), " "), strings.Join(strings.Fields(gone), " "), "folded")

	require.NoError(t, os.Remove(filepath.Join(lesson, "lesson_test.go")))
	r = tool(t, root, "check")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "work/01-concepts is there, but has no lesson_test.go")
}
