package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
)

// treeWithLesson99 returns a copy of the workbook with lesson 99.
func treeWithLesson99(t *testing.T) string {
	t.Helper()
	root := newTree(t)
	require.NoError(t, addLesson99(root))
	return root
}

// addLesson99 makes lesson 99, a copy of lesson 3, and leaves lesson 2, whose services it
// calls, as the only other one.
func addLesson99(root string) error {
	if err := copyAs99(root, "03-virtual-object", "3"); err != nil {
		return err
	}
	all, err := course.Lessons(root)
	if err != nil {
		return err
	}
	for _, l := range all {
		if l.N == 2 || l.N == 99 {
			continue
		}
		if err := os.RemoveAll(l.Dir(root, "lessons")); err != nil {
			return err
		}
	}
	return nil
}

// copyAs99 copies a lesson, with its solution and its checks, as lesson 99.
func copyAs99(root, slug, n string) error {
	task := regexp.MustCompile(`(^|[^\d.])` + n + `\.(\d)`)
	command := regexp.MustCompile(`\b(make \w+ )` + n + `\b`)
	renumber := func(text string) string {
		text = strings.ReplaceAll(text, slug, "99-copy")
		text = command.ReplaceAllString(task.ReplaceAllString(text, "${1}99.$2"), "${1}99")
		return strings.ReplaceAll(text, "99.5 Quiz", "99.5 What do you think?") // a title is no form
	}
	for _, tree := range []string{"lessons", "solutions", "testdata"} {
		from, to := filepath.Join(root, tree, slug), filepath.Join(root, tree, "99-copy")
		err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			dir, name := filepath.Split(strings.TrimPrefix(path, from))
			if err := os.MkdirAll(filepath.Join(to, dir), 0o777); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, dir, renumber(name)), []byte(renumber(string(text))), 0o666)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// No program knows a lesson by its number, its slug or its titles: what runs until it is
// stopped works on one that was not there before. The other verbs are in the script any_lesson.
func TestRunAndWatchOfAnyLesson(t *testing.T) {
	t.Parallel()
	root := treeWithLesson99(t)
	l, err := course.Find(root, 99)
	require.NoError(t, err)
	require.NoError(t, putSolution(root, l))

	r := begin(t, root, "run", "99", testPortFlag(t))
	r.waitForText("Cart/ann/Add")
	require.NotEmpty(t, r.curl(0))
	r.signal(syscall.SIGINT)
	require.Zero(t, r.waitForEnd(), r.err.String())

	w := watch(t, root, "99")
	w.waitForText("Lesson 99 is done")
	require.Contains(t, w.then(w.press("n"), "hint:"), "lesson 99 is the last one")
}

// The stubs and texts of a lesson are cut from its solution, whichever it is.
func TestCutOfAnyLesson(t *testing.T) {
	t.Parallel()
	root := treeWithLesson99(t)
	files, err := cut.Generate(root)
	require.NoError(t, err)
	require.Contains(t, files, "lessons/99-copy/cart/cart.go")
	for name, text := range files {
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		require.NoError(t, err)
		// A line may break elsewhere, since 99.1 is longer than 3.1.
		require.Equal(t, strings.Fields(string(have)), strings.Fields(string(text)), name)
	}
}
