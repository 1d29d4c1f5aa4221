package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/tools/learner"
	"github.com/stretchr/testify/require"
)

// older makes work/ one that an older workbook has left: another hash of the
// checks, a line that we do not know, hints that were seen, a lesson_test.go of
// that time.
func older(t *testing.T, root string) {
	t.Helper()
	put(t, root, "work/progress.txt", `# an older head
1.1  done   0123456789ab  Predict, in other words
1.2  done   0123456789ab
1.3  red    0123456789ab  One charge
0.9  skipped
2.1  done   0123456789ab  A price from the warehouse
`)
	put(t, root, "work/.hints", "1.2 2\n0.9 1\n")
	rewrite(t, filepath.Join(root, "work/01-concepts", learner.TestName), func(src string) string {
		return strings.Replace(src, "func TestLesson", "// TestLesson is judged by the checks.\nfunc TestLesson", 1)
	})
}

func TestUpgradeKeepsWork(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "checkout/answers.go", "GuessCharges = -1", "GuessCharges = 2", "GuessMails   = -1", "GuessMails   = 1")
	older(t, root)
	all := taskStates(t, root)
	require.Equal(t, []string{"re-check", "re-check", "red", "new", "re-check"}, []string{all["1.1"], all["1.2"], all["1.3"], all["1.4"], all["2.1"]})
	require.Contains(t, all["end"], "re-check  was done; the checks are others now, and have not judged it yet\n")
	was := readTree(t, filepath.Join(root, "work"))

	r := begin(t, root, "check", "1")
	require.Equal(t, 1, r.waitForEnd(), r.err.String())
	require.Contains(t, r.out.String(), "PASS 1.1  ")
	require.NotContains(t, r.out.String(), learner.TestName, "an older one that serves is nobody's concern")
	all = taskStates(t, root)
	require.Equal(t, []string{"done", "red", "red", "red", "re-check"}, []string{all["1.1"], all["1.2"], all["1.3"], all["1.4"], all["2.1"]})
	now := readTree(t, filepath.Join(root, "work"))
	file := filepath.Join(root, "work/progress.txt")
	require.Regexp(t, `^# an older head
1\.1  done   \w{12}  Predict, in other words
1\.2  red    \w{12}
1\.3  red    \w{12}  One charge
0\.9  skipped
2\.1  done   0123456789ab  A price from the warehouse
1\.4  red    \w{12}  A lucky draw that can be replayed
1\.5  red    \w{12}  Quiz
$`, now[file])
	for path, text := range was {
		if path != file {
			require.Equal(t, text, now[path])
		}
	}
	require.Contains(t, tool(t, root, "hint", "1.2").out, "hint 3 of 3 for 1.2")
}

// The one file in a learner's folder that is ours can be of a time when the
// check wanted other things.
func TestUpgradeOfATestThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "")
	older(t, root)
	test := filepath.Join(root, "work/01-concepts", learner.TestName)
	rewrite(t, test, func(src string) string { return strings.Replace(src, "Program: main", "Start: main", 1) })
	old, err := os.ReadFile(test)
	require.NoError(t, err)
	was, err := os.ReadFile(filepath.Join(root, "work/progress.txt"))
	require.NoError(t, err)

	r := begin(t, root, "check", "1")
	require.Equal(t, 1, r.waitForEnd(), r.err.String())
	out := r.out.String()
	require.Contains(t, out, "work/01-concepts/lesson_test.go:")
	require.Contains(t, out, "unknown field Start")
	_, advice, found := strings.Cut(out, "work/01-concepts/lesson_test.go is not the one that the workbook has today\n")
	require.True(t, found, out)
	checkWidth(t, advice)
	require.FileExists(t, test)
	b, err := os.ReadFile(filepath.Join(root, "work/progress.txt"))
	require.NoError(t, err)
	require.Equal(t, string(was), string(b), "nothing was judged")

	_, command, _ := strings.Cut(advice, "hint: keep yours aside, and take today's:\n")
	shell(t, root, strings.Replace(command, "make lesson 1", mustTool(t)+" lesson 1", 1))
	kept, err := os.ReadFile(test + ".old")
	require.NoError(t, err)
	require.Equal(t, string(old), string(kept))
	r = begin(t, root, "check", "1")
	require.Equal(t, 1, r.waitForEnd())
	require.Contains(t, r.out.String(), "FAIL 1.5  Quiz")
}
