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
shop: {compose: "7.2", naive: {lesson: 7, answer: two-keys}}
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
	require.Equal(t, 7, one.Shop.Naive.Lesson)
	require.Equal(t, "two-keys", one.Shop.Naive.Answer)
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
