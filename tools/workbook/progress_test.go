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
