package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// work/ may be a link to where a learner keeps such things.
func TestWatchOverALink(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	work, mine := filepath.Join(root, "work"), filepath.Join(t.TempDir(), "mine")
	require.NoError(t, os.Rename(work, mine))
	require.NoError(t, os.Symlink(mine, work))
	w := watch(t, root)
	w.waitForText("Lesson 1 is done")
}

// A missing package is named, and the terminal's lines are folded.
func TestWatchOfAMissingPackage(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "")
	lesson := filepath.Join(root, "work", "01-concepts")
	require.NoError(t, os.Rename(filepath.Join(lesson, "checkout"), filepath.Join(lesson, "aside")))
	w := watch(t, root)
	w.waitForText(watched)
	require.Contains(t, unfold(w.out.String()), "work/01-concepts/checkout is missing, and the lesson has a package there "+
		"hint: make reset 1 && make lesson 1 makes the lesson again; your copy is moved away, not lost")
}
