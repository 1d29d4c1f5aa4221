package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/progress"
)

var undoLine = regexp.MustCompile(`  undo    ((?:.*\\\n)*.*)\n`)

// Lesson 1 was begun, lesson 2 was never made.
func TestCatchupGivesWhatIsMissing(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	was := filesIn(t, root, "01-concepts")
	r := begin(t, root, "catchup", "N=3")
	require.Zero(t, r.waitForEnd(), r.out.String()+r.err.String())
	out := r.out.String()
	_, given, _ := strings.Cut(out, "gave work/")
	given, checks, _ := strings.Cut(given, "\nlesson 1  What survives a crash\n")
	checkWidth(t, given)
	require.Contains(t, given, "01-concepts, the reference; yours was moved away\n  undo    make reset 1 && \\\n          mv work/backup/01-")
	require.Contains(t, given, "gave work/02-basic-service, the reference\n  undo    make reset 2\n")
	require.Contains(t, checks, "PASS 1.5  Quiz")
	require.Contains(t, checks, "PASS 2.5  Quiz")
	require.Contains(t, checks, "\nlesson 1 is given: what was checked is the reference. next: make lesson 2\n")
	require.NotContains(t, checks, "is done")
	require.True(t, strings.HasSuffix(out, "next: make lesson 3\n"), out)

	require.Equal(t, was, filesIn(t, root, "backup/"+listBackups(t, root)[0]))
	note := filesIn(t, root, "02-basic-service")[progress.GivenName]
	require.Contains(t, note, "This is the reference and not your own work")
	all := taskStates(t, root)
	require.Equal(t, []string{"given", "given", "new"}, []string{all["1.1"], all["2.5"], all["3.1"]}, "not done")

	made := begin(t, root, "lesson", "2")
	require.Zero(t, made.waitForEnd(), made.err.String())
	require.Contains(t, made.out.String(), "  given   it is the reference; to write your own: make reset 2 && make lesson 2\n")

	before := readTree(t, root)
	again := tool(t, root, "catchup", "3")
	require.Zero(t, again.code, again.err)
	require.Equal(t, "there is nothing to catch up with before lesson 3\nnext: make lesson 3\n", again.out)
	require.Equal(t, before, readTree(t, root))

	shell(t, root, strings.ReplaceAll(undoLine.FindStringSubmatch(given)[1], "make reset 1", mustTool(t)+" reset 1"))
	require.Equal(t, was, filesIn(t, root, "01-concepts"))
	require.Equal(t, "new", taskStates(t, root)["1.1"], "what is back is not the reference")
	require.Equal(t, "given", taskStates(t, root)["2.1"])
	r = begin(t, root, "check", "1")
	require.Equal(t, 1, r.waitForEnd())
	require.Equal(t, "red", taskStates(t, root)["1.1"])
}

func mustTool(t *testing.T) string {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	return bin
}

func TestCatchupLeavesAloneWhatIsPassed(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	l, err := course.Find(root, 1)
	require.NoError(t, err)
	results := map[string]bool{"1.1": true, "1.2": true, "1.3": true, "1.4": false, "1.5": true}
	record(t, root, l, results)
	put(t, root, "testdata/01-concepts/1.3_call_new.txtar", "# other checks do not make it unpassed\n")
	before := readTree(t, root+"/work/01-concepts")
	r := tool(t, root, "catchup", "2")
	require.Zero(t, r.code, r.err)
	require.Equal(t, "there is nothing to catch up with before lesson 2\nnext: make lesson 2\n", r.out)
	require.Equal(t, before, readTree(t, root+"/work/01-concepts"))
	require.Equal(t, "there is nothing to catch up with before lesson 1\nnext: make lesson 1\n", tool(t, root, "catchup", "1").out)
}

// A Ctrl-C while a reference is checked: all that was moved was said, and there
// is no half of anything.
func TestCatchupInterrupted(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	was := filesIn(t, root, "01-concepts")
	checks := func(out string, _ int) bool { return strings.Contains(out, "\nlesson 1  ") }
	out, code := runAndInterrupt(t, root, checks, "catchup", "3")
	require.NotZero(t, code)
	require.NotContains(t, out, "next: make lesson 3")
	require.Len(t, undoLine.FindAllString(out, -1), 2, out)
	require.Equal(t, was, filesIn(t, root, "backup/"+listBackups(t, root)[0]))
	require.Empty(t, listHalfMade(t, root))
	require.Equal(t, "given", taskStates(t, root)["2.1"])
	require.Zero(t, begin(t, root, "check", "ALL=1").waitForEnd(), "both are whole")
}

// listHalfMade returns the temporary folders and files of unfinished copies.
func listHalfMade(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"work/.new-*", "work/*.[0-9]*", "work*.part"} {
		all = append(all, course.Glob(root, pattern)...)
	}
	return all
}

// Two at once give a lesson once.
func TestTwoCatchupsAtOnce(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	was := filesIn(t, root, "01-concepts")
	one, two := begin(t, root, "catchup", "2"), begin(t, root, "catchup", "2")
	require.Equal(t, []int{0, 0}, []int{one.waitForEnd(), two.waitForEnd()}, one.err.String()+two.err.String())
	require.Equal(t, 1, strings.Count(one.out.String()+two.out.String(), "gave work/01-concepts"))
	require.Len(t, listBackups(t, root), 1)
	require.Equal(t, was, filesIn(t, root, "backup/"+listBackups(t, root)[0]))
	require.FileExists(t, filepath.Join(root, "work/01-concepts", progress.GivenName))
	require.Empty(t, listHalfMade(t, root))
}
