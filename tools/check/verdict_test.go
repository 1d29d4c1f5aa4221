package check

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// An extra that was left out does not hide the words for what is behind it; one that
// was begun is a task like the others.
func TestAnExtraThatWasLeftOut(t *testing.T) {
	root := t.TempDir()
	r := &report{root: root, tree: "work", info: course.Lesson{Slug: "01-concepts"}}
	writeIn := func(tree, text string) {
		file := filepath.Join(root, tree, "01-concepts", "draw.go")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	}
	writeIn("lessons", "// TODO 1.4: draw.\n// TODO 1.4: colour.\n")
	write := func(text string) { writeIn("work", text) }
	all := []verdict{
		{task: course.Task{ID: "1.3"}},
		{task: course.Task{ID: "1.4", Extra: true}, red: &record{}},
		{task: course.Task{ID: "1.5"}, red: &record{}},
	}
	write("// TODO 1.4: draw.\n// TODO 1.4: colour.\n")
	require.Equal(t, "1.5", r.full(all))
	require.Equal(t, "1.4", r.full(all[:2]), "when nothing else is red it has its turn")
	write("// drawn.\n// TODO 1.4: colour.\n")
	require.Equal(t, "1.4", r.full(all), "half of it is done")
	write("// drawn, in colour.\n")
	require.Equal(t, "1.4", r.full(all))
	all[2].red.elsewhere, r.neverServed = true, true
	require.Equal(t, "1.5", r.full(all), "that nothing is served comes first")
}
