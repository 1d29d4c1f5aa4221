package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// beginLesson returns a workbook in which lesson 1 was begun and its folder has more
// files than the tool knows.
func beginLesson(t *testing.T) (root string) {
	t.Helper()
	root = treeWithWork(t, "lessons", "checkout/checkout.go", "key := \"\"", "key := \"mine\"")
	put(t, root, "work/01-concepts/notes/my ideas.txt", "ask again\n")
	put(t, root, "work/01-concepts/draft.go.orig", "package\n")
	require.NoError(t, os.Symlink("nowhere", filepath.Join(root, "work/01-concepts/link")))
	return root
}

// filesIn returns the files below work/NAME, by path from there.
func filesIn(t *testing.T, root, name string) map[string]string {
	t.Helper()
	dir, files := filepath.Join(root, "work", name), map[string]string{}
	for path, text := range readTree(t, dir) {
		rel, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		files[rel] = text
	}
	return files
}

// listBackups returns the names of the folders in work/backup.
func listBackups(t *testing.T, root string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "work/backup"))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestTwoResetsAtOnce(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	was := filesIn(t, root, "01-concepts")
	one, two := begin(t, root, "reset", "1"), begin(t, root, "reset", "1")
	codes := []int{one.waitForEnd(), two.waitForEnd()}
	require.Contains(t, codes, 0, one.err.String()+two.err.String())
	require.NotEqual(t, []int{0, 0}, codes)
	require.Len(t, listBackups(t, root), 1)
	require.Equal(t, was, filesIn(t, root, "backup/"+listBackups(t, root)[0]))
}
