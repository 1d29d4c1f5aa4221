package vet

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// Check stores the list of compiled packages for a folder, and runs go list again only after an
// import has changed.
func TestAFolderIsChecked(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	f := Folder{Root: root, Dir: filepath.Join(root, "lessons", "01-concepts"), Path: course.Module + "/lessons/01-concepts", Cache: t.TempDir()}
	want := []Finding{{"checkout/draw.go", 25, "chance", "rand.IntN gives another value on every attempt, and the value decides what the handler does. Take the value in a step, or use restate.Rand or restate.UUID"}}
	found, err := f.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, found)
	remembered, err := filepath.Glob(filepath.Join(f.Cache, "exports-*.json"))
	require.NoError(t, err)
	require.Len(t, remembered, 1)

	t.Setenv("PATH", "") // now a call of go fails
	found, err = f.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, found)

	text, err := os.ReadFile(remembered[0])
	require.NoError(t, err)
	moved := regexp.MustCompile(`"fmt":"[^"]*"`).ReplaceAll(text, []byte(`"fmt":"/is/not/there"`))
	require.NotEqual(t, text, moved)
	require.NoError(t, os.WriteFile(remembered[0], moved, 0o666))
	_, err = f.Check(t.Context())
	require.ErrorContains(t, err, "go list")
}
