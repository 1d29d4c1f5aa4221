package learner

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// put writes a file below root.
func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
}

// What has the name already keeps it.
func TestResetTwiceInASecond(t *testing.T) {
	root := t.TempDir()
	l := course.Lesson{Slug: "01-concepts"}
	for _, mine := range []string{"one", "two", "three"} {
		put(t, root, "work/01-concepts/main.go", mine)
		require.NoError(t, Reset(root, l))
	}
	var kept []string
	for _, file := range course.Glob(root, "work/backup/*/main.go") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		kept = append(kept, string(text))
	}
	require.ElementsMatch(t, []string{"one", "two", "three"}, kept)
}

func TestSaveInterrupted(t *testing.T) {
	root := t.TempDir()
	put(t, root, "work/01-concepts/main.go", "package main\n")
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	err := Save(ctx, root, filepath.Join(root, "work-now.tar.gz"))
	require.Equal(t, "interrupted; nothing was saved\nhint: run the same command again", hint.Text(err))
	require.Empty(t, course.Glob(root, "work-*"))
}
