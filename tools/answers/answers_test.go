package answers

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// Every wrong answer is refused by the task that it is meant for, in its words;
// every right one passes.
func TestAnswers(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	readAll(t, root)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		wrong, err := Read(filepath.Join(root, "testdata", l.Slug, "wrong"))
		require.NoError(t, err)
		right, err := Read(filepath.Join(root, "testdata", l.Slug, "right"))
		require.NoError(t, err)
		if len(wrong)+len(right) == 0 {
			continue
		}
		t.Run(l.Slug, func(t *testing.T) {
			binary, err := Build(root, l, append(wrong, right...), t.TempDir())
			require.NoError(t, err)
			for _, a := range wrong {
				t.Run("wrong/"+a.Name, func(t *testing.T) {
					t.Parallel()
					refuses(t, judge(t, root, l, binary, a, "^"+regexp.QuoteMeta(a.Task)+learners), a)
				})
			}
			for _, a := range right {
				t.Run("right/"+a.Name, func(t *testing.T) {
					t.Parallel()
					out := judge(t, root, l, binary, a, learners)
					require.NotContains(t, out, "\nFAIL", out)
					require.Contains(t, out, "\nPASS replay: ", out)
				})
			}
		})
	}
}

// learners are the scripts that a learner's answer is judged by: all but the deep.
const learners = "_(call|cut|count|predict|quiz|crash)_"

// judge is the lesson's check of an answer, by the scripts that are named so.
func judge(t *testing.T, root string, l course.Lesson, binary string, a Answer, scripts string) string {
	t.Helper()
	cmd := exec.Command(binary, "-test.run", "^TestLesson$/.*/"+scripts)
	cmd.Dir = l.Dir(root, "solutions")
	cmd.Env = append(os.Environ(), "VARIANT="+a.Name)
	out, _ := cmd.CombinedOutput()
	return "\n" + string(out)
}

func refuses(t *testing.T, out string, a Answer) {
	t.Helper()
	_, shown, found := strings.Cut(out, "\nFAIL "+a.Task+"  ")
	require.True(t, found, out)
	shown, _, _ = strings.Cut(shown, "\n  next ")
	for _, words := range a.Says {
		require.Contains(t, shown, words)
	}
	require.NotContains(t, out, "BROKEN")
}

// readAll reads what the binaries are built from, so that go test knows when
// its answer is stale.
func readAll(t *testing.T, root string) {
	t.Helper()
	for _, tree := range []string{"lessons", "solutions", "testdata", "tools"} {
		err := filepath.WalkDir(filepath.Join(root, tree), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				_, err = os.ReadFile(path)
			}
			return err
		})
		require.NoError(t, err)
	}
}

func TestParse(t *testing.T) {
	a, err := parse("x", []byte("# a reason\ntask 5.2\nsays is still retried\n\n-- a.go --\n<<<<\nold\n====\nnew\n>>>>\n"))
	require.NoError(t, err)
	require.Equal(t, "5.2", a.Task)
	require.Equal(t, []string{"is still retried"}, a.Says)
	got, err := a.apply("a.go", []byte("one\nold\ntwo\n"))
	require.NoError(t, err)
	require.Equal(t, "one\nnew\ntwo\n", string(got))
	_, err = a.apply("a.go", []byte("one\ntwo\n"))
	require.ErrorContains(t, err, "stands there 0 times")
	_, err = parse("x", []byte("tusk 5.2\n"))
	require.ErrorContains(t, err, "neither task nor says")
}
