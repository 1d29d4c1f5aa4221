package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/progress"
)

// taskStates returns the states in the progress list, by task.
func taskStates(t *testing.T, root string) map[string]string {
	t.Helper()
	r := tool(t, root, "progress")
	require.Zero(t, r.code, r.err)
	all := map[string]string{}
	for line := range strings.Lines(r.out) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
		if f := strings.Fields(line); len(f) > 2 && regexp.MustCompile(`^\d\.\d$`).MatchString(f[0]) {
			all[f[0]] = f[1]
		}
	}
	all["end"] = r.out[strings.LastIndex(r.out, "\n\n")+2:]
	return all
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
}

// record notes what today's checks have found.
func record(t *testing.T, root string, l course.Lesson, results map[string]bool) {
	t.Helper()
	checks, err := progress.ChecksOf(root, l)
	require.NoError(t, err)
	require.NoError(t, progress.Record(root, l, checks, results))
}

func TestProgressBeforeTheFirstLesson(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	all := taskStates(t, root)
	require.Equal(t, "new", all["1.1"])
	require.Equal(t, "new", all["6.6"])
	require.Equal(t, "0 of 33 tasks done\nnext      make lesson 1\n", all["end"])
	require.NoDirExists(t, filepath.Join(root, "work"))

	put(t, root, "work/progress.txt", "\x00\xffnonsense\n1.1 done\n")
	require.Equal(t, all, taskStates(t, root), "a file that makes no sense is nothing done")
}

func TestProgressSaysWhatIsNext(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	first, err := course.Find(root, 1)
	require.NoError(t, err)
	put(t, root, "work/01-concepts/main.go", "package main\n")
	record(t, root, first, map[string]bool{"1.1": true, "1.2": true, "1.3": false, "1.4": false, "1.5": true})
	require.Equal(t, "3 of 33 tasks done, 2 red\nnext      make check 1, for 1.3\n", taskStates(t, root)["end"])

	record(t, root, first, map[string]bool{"1.3": true})
	require.Equal(t, "4 of 33 tasks done, 1 red\nnext      make lesson 2\n", taskStates(t, root)["end"], "1.4 is extra")

	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		put(t, root, "work/"+l.Slug+"/"+progress.GivenName, "the reference\n")
		require.NoError(t, progress.Give(root, l))
	}
	require.NoError(t, os.Remove(filepath.Join(first.Dir(root, "work"), progress.GivenName)))
	record(t, root, first, map[string]bool{"1.3": true})
	put(t, root, "work/01-concepts/"+progress.GivenName, "the reference\n")
	put(t, root, "testdata/01-concepts/1.3_call_new.txtar", "# one more\n")
	require.Equal(t, `0 of 33 tasks done, 1 re-check, 32 given
re-check  was done; the checks are others now, and have not judged it yet
given     the reference stands in for it, put there by make catchup
next      make check 1, for 1.3
`, taskStates(t, root)["end"])
}

// A check gives ticks and takes them back, and leaves alone what it does not
// judge.
func TestCheckKeepsProgress(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	put(t, root, "work/progress.txt", "a note of mine\n2.1  done   0123456789ab  a price")
	r := begin(t, root, "check", "1")
	require.Zero(t, r.waitForEnd(), r.out.String())
	require.Equal(t, "done", taskStates(t, root)["1.3"])
	require.Equal(t, "re-check", taskStates(t, root)["2.1"])

	rewrite(t, filepath.Join(root, "work/01-concepts/checkout/checkout.go"), func(src string) string {
		return strings.Replace(src, "key := o.ID", `key := ""`, 1)
	})
	r = begin(t, filepath.Join(root, "work/01-concepts"), "check", "ALL=1")
	require.Equal(t, 1, r.waitForEnd(), r.err.String())
	require.True(t, strings.HasPrefix(r.out.String(), "lesson 1  What survives a crash\nPASS 1.1 "), r.out.String())
	require.True(t, strings.HasSuffix(r.out.String(), "\n1 lesson checked; red: 1\n"), r.out.String())
	require.Contains(t, r.out.String(), "  next      make hint 1.3\n")
	require.Equal(t, "done", taskStates(t, root)["1.2"])
	require.Equal(t, "red", taskStates(t, root)["1.3"])

	was := readTree(t, root)
	rewrite(t, filepath.Join(root, "work/01-concepts/main.go"), func(string) string { return "package main\n\nfunc main() {\n" })
	r = begin(t, root, "check", "N=1", "ALL=1")
	require.Equal(t, 1, r.waitForEnd(), r.err.String())
	require.Contains(t, r.out.String(), "no task was run")
	require.NotContains(t, r.out.String(), learner.TestName, "it is today's")
	for _, name := range []string{"work/progress.txt", "work/01-concepts/checkout/checkout.go"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, was[filepath.Join(root, name)], string(b), name)
	}
	require.Contains(t, was[filepath.Join(root, "work/progress.txt")], "a note of mine\n2.1  done   0123456789ab  a price\n1.1  done ")
}

// Two that check at once lose nothing of each other's.
func TestTwoChecksAtOnce(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "")
	l := course.Lesson{Slug: "02-basic-service"}
	require.NoError(t, cut.CopyLesson(root, l, "lessons", l.Dir(root, "work")))
	one, two := begin(t, root, "check", "1"), begin(t, root, "check", "2")
	require.Equal(t, []int{1, 1}, []int{one.waitForEnd(), two.waitForEnd()})
	all := taskStates(t, root)
	require.Equal(t, []string{"red", "red", "red", "red"}, []string{all["1.1"], all["1.5"], all["2.1"], all["2.5"]})
}

func TestCheckAllRefuses(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	testRefusals(t, root, map[string]string{
		"check ALL=1":   "there is no lesson in work/ yet\nhint: make lesson 1\n",
		"check 9 ALL=1": "there is no lesson 9\n",
		"check 2 ALL=1": "work/02-basic-service is not there yet\nhint: make lesson 2\n",
		"progress 1":    "unexpected argument 1",
	})
	require.NoError(t, os.MkdirAll(filepath.Join(root, "work/01-concepts"), 0o777))
	put(t, root, "work/02-basic-service/main.go", "package main\n")
	put(t, root, "work/02-basic-service/lesson_test.go", "package main\n")
	testRefusals(t, root, map[string]string{
		"check ALL=1":   "work/01-concepts is there, but has no main.go; it was left as it is\nhint: ",
		"check 2 ALL=1": "work/01-concepts is there, but has no main.go; it was left as it is\nhint: ",
	})
}
