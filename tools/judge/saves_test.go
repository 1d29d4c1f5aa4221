package judge

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/workbook/tools/course"
	"github.com/stretchr/testify/require"
)

// However little tells a save from the one before, it is seen; and of which lesson
// it is does not matter, since one has another's services.
func TestWatchSeesEverySave(t *testing.T) {
	root := t.TempDir()
	put(t, root, "lessons/01-one/README.md", "# One\n\n## 1.1 First\n")
	put(t, root, "lessons/02-two/README.md", "# Two\n\n## 2.1 First\n")
	put(t, root, "work/01-one/main.go", "package main")
	put(t, root, "work/01-one/a/b/deep.go", "package deep")
	put(t, root, "work/02-two/main.go", "package main")
	one, err := course.Find(root, 1)
	require.NoError(t, err)
	w := &watcher{Judge: &Judge{Root: root}, sticks: true, lesson: one}
	w.saved = w.stamps()
	require.False(t, w.hasSaves())
	now := time.Now()
	for _, c := range []struct {
		what, file, text string
		at               time.Time
	}{
		{"a save", "work/01-one/main.go", "package main // 1", now},
		{"one in the same tick of the clock, as long", "work/01-one/main.go", "package main // 2", now},
		{"one from before", "work/01-one/main.go", "package main // 2", now.Add(-time.Hour)},
		{"a package in a package", "work/01-one/a/b/deep.go", "package deep // 1", now},
		{"another lesson's", "work/02-two/main.go", "package main // 1", now},
	} {
		put(t, root, c.file, c.text)
		require.NoError(t, os.Chtimes(filepath.Join(root, c.file), c.at, c.at))
		require.True(t, w.hasSaves(), c.what)
		require.False(t, w.hasSaves(), c.what)
		require.Equal(t, 1, w.lesson.N)
	}
	for _, name := range []string{".history/main_1.go", "_old/main.go", ".main.go"} {
		put(t, root, "work/01-one/"+name, "package main")
		require.False(t, w.hasSaves(), name)
	}
	old := now.Add(-time.Hour)
	put(t, root, "aside", "package main // 3")
	require.NoError(t, os.Chtimes(filepath.Join(root, "aside"), old, old))
	require.NoError(t, os.Rename(filepath.Join(root, "aside"), filepath.Join(root, "work/01-one/main.go")))
	require.True(t, w.hasSaves(), "another file, as old and as long")
	require.NoError(t, os.Remove(filepath.Join(root, "work/01-one/main.go")))
	require.True(t, w.hasSaves(), "a file that has gone")
	w.sticks = false
	put(t, root, "work/02-two/main.go", "package main // 2")
	require.True(t, w.hasSaves())
	require.Equal(t, 2, w.lesson.N)
}

// put writes a file below root.
func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
}
