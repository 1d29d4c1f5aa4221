package verdict

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

func TestKeepOutput(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "work", ".output-3.txt")
	require.NoError(t, os.Mkdir(filepath.Dir(file), 0o777))
	made := func() *Report { return &Report{Root: root, Tree: "work", Lesson: course.Lesson{N: 3}} }

	r := made()
	r.KeepOutput([]string{"a", "b"})
	require.Equal(t, "your program printed 2 lines; to read them: less work/.output-3.txt", r.output)
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "a\nb\n", string(got))

	r = made()
	r.KeepOutput(nil)
	require.Empty(t, r.output)
	require.NoFileExists(t, file, "the file is about the last check")

	r = made()
	r.KeepOutput([]string{"a"})
	require.Equal(t, "your program printed 1 line; to read it: less work/.output-3.txt", r.output)

	r = made()
	r.NeverServed = true
	r.KeepOutput([]string{"TODO 2.1: no service is bound yet"})
	require.Empty(t, r.output, "the verdict has the last line")

	r = made()
	r.Tree = "solutions"
	r.KeepOutput([]string{"a"})
	require.Empty(t, r.output)
	require.NoFileExists(t, file)
}
