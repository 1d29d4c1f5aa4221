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

// treeWithLesson99 copies the workbook, with lesson 99 as a copy of lesson 3. The only
// other lesson is 2, whose services it calls.
func treeWithLesson99(t *testing.T) string {
	t.Helper()
	root := newTree(t)
	copyAs99(t, root, "03-virtual-object", "3")
	all, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range all {
		if l.N != 2 && l.N != 99 {
			require.NoError(t, os.RemoveAll(l.Dir(root, "lessons")))
		}
	}
	return root
}

// copyAs99 copies a lesson, with its solution and its checks, as lesson 99.
func copyAs99(t *testing.T, root, slug, n string) {
	t.Helper()
	task := regexp.MustCompile(`(^|[^\d.])` + n + `\.(\d)`)
	command := regexp.MustCompile(`\b(make \w+ )` + n + `\b`)
	renumber := func(text string) string {
		text = strings.ReplaceAll(text, slug, "99-copy")
		text = command.ReplaceAllString(task.ReplaceAllString(text, "${1}99.$2"), "${1}99")
		return strings.ReplaceAll(text, "99.5 Quiz", "99.5 What do you think?") // a title is no form
	}
	for _, tree := range []string{"lessons", "solutions", "testdata"} {
		from, to := filepath.Join(root, tree, slug), filepath.Join(root, tree, "99-copy")
		require.NoError(t, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
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
		}))
	}
}

// No program knows a lesson by its number, its slug or its titles: every verb
// works on one that was not there before.
func TestEveryVerbWorksOnAnyLesson(t *testing.T) {
	t.Parallel()
	root := treeWithLesson99(t)
	work := filepath.Join(root, "work", "99-copy")
	prints := func(command string, code int, texts ...string) {
		t.Helper()
		r := tool(t, root, strings.Fields(command)...)
		require.Equal(t, code, r.code, "%s\n%s%s", command, r.out, r.err)
		for _, text := range texts {
			require.Contains(t, r.out+r.err, text, command)
		}
	}
	prints("lesson 3", 2, "there is no lesson 3\nhint: lessons are 2, 99: make lesson 1\n")
	prints("lesson 99", 0, "SQLite's C code is compiled once", "lesson 99 compiles", "made work/99-copy", "red at first: 5 tasks", "make hint 99.1")
	prints("check 99", 1, "FAIL 99.1  ", "make hint 99.1", "FAIL 99.5  What do you think?")
	prints("hint 99.1", 0, "hint 1 of 3 for 99.1")
	prints("hint 99.5", 2, "task 99.5 has no hints: it asks what you think")
	prints("progress", 0, "  99.1 red ", "0 of 10 tasks done, 5 red")
	prints("solution 99", 2, "you have not passed 99.1, ")
	prints("crash 99", 0, "what is in the cart now?", "it needs task 99.4")

	r := begin(t, root, "run", "99", testPortFlag(t))
	r.waitForText("Cart/ann/Add")
	require.NotEmpty(t, r.curl(0))
	r.signal(syscall.SIGINT)
	require.Zero(t, r.waitForEnd(), r.err.String())

	prints("reset 99", 0, "moved work/99-copy away")
	require.NoDirExists(t, work)
	l, err := course.Find(root, 99)
	require.NoError(t, err)
	plain, err := cut.PlainSolution(root, l)
	require.NoError(t, err)
	for name, src := range plain {
		put(t, root, "work/99-copy/"+name, string(src))
	}
	prints("check 99", 0, "PASS 99.5  What do you think?", "lesson 99 is done. it is the last one so far")
	prints("check ALL=1", 0, "1 lesson checked, all of them green")
	prints("solution 99", 0)
	prints("progress", 0, "  99.5 done ", "5 of 10 tasks done")
	w := watch(t, root, "99")
	w.waitForText("lesson 99 is done")
	require.Contains(t, w.then(w.press("n"), "hint:"), "lesson 99 is the last one")

	prints("catchup 99", 0, "lesson 2 is given", "next: make lesson 99\n")
	prints("agenda PLAN=full", 0, "lesson 99, One at a time", "99.4  Its row")
	prints("slides PLAN=full", 0, "full.html")
	deck, err := os.ReadFile(filepath.Join(root, "work", "slides", "full.html"))
	require.NoError(t, err)
	require.Contains(t, string(deck), "make lesson 99")
	doctor := tool(t, root, "doctor").out
	require.Regexp(t, `(?m)^ok +lesson 2 +compiles`, doctor)
	require.Regexp(t, `(?m)^ok +lesson 99 +compiles`, doctor)
	require.Regexp(t, `(?m)^ok +a call +\w+/\w+ is answered`, doctor)
	prints("save", 0, "saved work/")
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
		require.Equal(t, string(have), string(text), name)
	}
}
