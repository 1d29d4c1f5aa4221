package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

func archives(dir string) []string { return course.Glob(dir, "work-*") }

// The archive must not get into the tree by accident.
func TestSavedIsIgnoredByGit(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(moduleRoot(t), ".gitignore"))
	require.NoError(t, err)
	ignored := false
	for line := range strings.Lines(string(b)) {
		match, err := filepath.Match(strings.TrimSpace(line), "/work-"+time.Now().Format("2006-01-02-150405")+".tar.gz")
		require.NoError(t, err)
		ignored = ignored || match
	}
	require.True(t, ignored)
}

func TestTwoSavesAtOnce(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	one, two := begin(t, root, "save"), begin(t, root, "save")
	codes := []int{one.waitForEnd(), two.waitForEnd()}
	require.Contains(t, codes, 0)
	require.NotContains(t, codes, 1)
	require.Len(t, archives(root), strings.Count(one.out.String()+two.out.String(), "saved work/"), "none took another's name")
}
