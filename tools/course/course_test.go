package course

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func writeFile(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
}

// What the tools have to know of a lesson stands in its notes.
func TestFactsOfALesson(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "lessons/07-one/README.md", "# One\n\n## 7.1 Guess\n\n## 7.2 Write\n\n## 7.3 Run (extra)\n")
	one, err := Find(root, 7)
	require.NoError(t, err)
	require.False(t, one.SQLite, "without notes there is nothing special")
	require.Equal(t, Code, one.Tasks[0].Form)
	_, err = FindShop(root)
	require.ErrorContains(t, err, "no lesson's NOTES.md has a shop")

	writeFile(t, root, "lessons/07-one/NOTES.md", `---
sqlite: true
shop: {compose: "7.2", naive: {lesson: 7, answer: two-keys}, second: {lesson: 7, answer: one-more-step}}
tasks:
  "7.1": {form: predict}
  "7.2": {}
  "7.3": {form: drill, lessons: [2, 3]}
---
`)
	one, err = FindShop(root)
	require.NoError(t, err)
	require.True(t, one.SQLite)
	require.Equal(t, "7.2", one.Shop.Compose)
	require.Equal(t, AnswerRef{7, "two-keys"}, one.Shop.Naive)
	require.Equal(t, AnswerRef{7, "one-more-step"}, one.Shop.Second)
	require.Equal(t, []Task{
		{ID: "7.1", Title: "Guess", Form: Predict},
		{ID: "7.2", Title: "Write"},
		{ID: "7.3", Title: "Run", Extra: true, Form: Drill, Lessons: []int{2, 3}},
	}, one.Tasks)
	first, err := FirstWithSQLite(root)
	require.NoError(t, err)
	require.Equal(t, one, first)

	writeFile(t, root, "lessons/07-one/NOTES.md", "---\ntasks:\n  \"7.1\": {form: riddle}\n---\n")
	_, err = Find(root, 7)
	require.ErrorContains(t, err, `lessons/07-one/NOTES.md: task 7.1 has the form "riddle", which is none of predict, quiz, drill`)
}

func TestNext(t *testing.T) {
	root := t.TempDir()
	for _, slug := range []string{"01-one", "02-two", "99-last"} {
		writeFile(t, root, "lessons/"+slug+"/README.md", "# A lesson\n")
	}
	one, err := Find(root, 1)
	require.NoError(t, err)
	two, found := Next(root, one)
	require.True(t, found)
	require.Equal(t, 2, two.N)
	last, found := Next(root, two)
	require.True(t, found)
	require.Equal(t, 99, last.N, "numbers may have a gap")
	_, found = Next(root, last)
	require.False(t, found)
	_, err = Find(root, 3)
	require.ErrorContains(t, err, "there is no lesson 3")
	require.Equal(t, "1, 2, 99", numbers([]Lesson{one, two, last}))
	require.Equal(t, "1 to 3", numbers([]Lesson{{N: 1}, {N: 2}, {N: 3}}))
}

func TestCopiesHaveNoNodeModules(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"tools/page/page.go", "tools/page/node_modules/typescript/tsc.js"} {
		writeFile(t, from, name, "")
	}
	require.NoError(t, CopyParts(from, to, "tools"))
	require.FileExists(t, filepath.Join(to, "tools/page/page.go"))
	require.NoDirExists(t, filepath.Join(to, "tools/page/node_modules"))
}

// What an editor or a system puts beside the files of a lesson is in no copy.
func TestCopiesHaveNoHiddenFiles(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"lessons/01-one/main.go", "lessons/01-one/._main.go", "lessons/01-one/.history/main.go"} {
		writeFile(t, from, name, "")
	}
	require.NoError(t, os.Symlink("me@host.4711", filepath.Join(from, "lessons/01-one/.#main.go")))
	require.NoError(t, CopyParts(from, to, "lessons"))
	entries, err := os.ReadDir(filepath.Join(to, "lessons/01-one"))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// Only what go builds on this machine is a Go file of a lesson.
func TestGoFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.go": "package main\n", "main_test.go": "package main\n", "broken.go": "pack", "a/a.go": "package a\n", "b_x/b.go": "package b\n",
		".history/main.go": "package main\n", "_old/main.go": "package main\n", "a/testdata/a.go": "package a\n", "mine/main.go": "package main\n", "mine/go.mod": "module mine\n",
		"._main.go": "\x00", "_main.go": "package main\n", "a/a_plan9.go": "package a\n", "a/old.go": "//go:build ignore\n\npackage a\n", "main.go~": "package main\n", "#main.go#": "",
	} {
		writeFile(t, dir, name, text)
	}
	require.NoError(t, os.Symlink("me@host.4711", filepath.Join(dir, ".#main.go")))
	link := filepath.Join(t.TempDir(), "lesson")
	require.NoError(t, os.Symlink(dir, link))
	for _, dir := range []string{dir, link} {
		var names []string
		for _, file := range GoFiles(dir) {
			name, err := filepath.Rel(dir, file)
			require.NoError(t, err)
			names = append(names, filepath.ToSlash(name))
		}
		require.Equal(t, []string{"a/a.go", "b_x/b.go", "broken.go", "main.go", "main_test.go"}, names)
	}
	require.Empty(t, GoFiles(filepath.Join(dir, "none")))
}

// A wildcard matches no hidden file, as in a shell.
func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"1.1_a.txtar", "._1.1_a.txtar", ".new-1/a", "b/.c/d", "b/c/d"} {
		writeFile(t, dir, name, "")
	}
	for pattern, want := range map[string]string{"*.txtar": "1.1_a.txtar", ".new-*/*": ".new-1/a", "b/*/d": "b/c/d"} {
		require.Equal(t, []string{filepath.Join(dir, want)}, Glob(dir, pattern))
	}
}

// A copy of the workbook may have a module path of its own, and the answers were written with
// another one.
func TestAnswersImportFromThisModule(t *testing.T) {
	const src = "task 1.1\n-- a.go --\nimport (\n\t\"github.com/me/book/lessons/shop/outside\"\n\tx \"other.example/solutions/02-b/c\"\n\trestate \"github.com/restatedev/sdk-go\"\n)\n"
	a, err := ParseAnswer("x", []byte(src))
	require.NoError(t, err)
	require.Equal(t, "import (\n\t\""+Module+"/lessons/shop/outside\"\n\tx \""+Module+"/solutions/02-b/c\"\n\trestate \"github.com/restatedev/sdk-go\"\n)\n", string(a.Files["a.go"]))
}
