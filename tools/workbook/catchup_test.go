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

func mustTool(t *testing.T) string {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	return bin
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
	for _, pattern := range []string{"work/.new-*", "work/*.[0-9]*", "work/.*.[0-9]*", "work*.part"} {
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
