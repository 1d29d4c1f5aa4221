package main

import (
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSlides(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	testRefusals(t, root, map[string]string{
		"slides PLAN=week":  "--plan must be one of",
		"slides half":       "unexpected argument half\nhint: for example: make slides, or make slides PLAN=half\n",
		"slides START=9:00": "hint: for example: make slides, or make slides PLAN=half\n",
	})
	dir := filepath.Join(root, "work", "slides")
	require.NoDirExists(t, dir)

	in := regexp.QuoteMeta(dir)
	r := tool(t, filepath.Join(root, "lessons"), "slides", "PLAN=half")
	require.Zero(t, r.code, r.err)
	require.Regexp(t, `^made `+in+`/half\.html: \d+ slides\nmade `+in+`/handout\.html: to be printed\nmade `+in+`/quiz-half\.html: to be printed\n\nopen them in a browser`, r.out)
	require.Regexp(t, `\n  notes +S .*\n  print +E `, r.out)
	half, err := os.ReadFile(filepath.Join(dir, "half.html"))
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(dir, "full.html"))

	// The second run makes the decks again and touches nothing else there.
	put(t, root, "work/slides/half.html", "of yesterday")
	put(t, root, "work/slides/mine.html", "my own\n")
	require.Zero(t, tool(t, root, "slides").code)
	now := readTree(t, dir)
	require.Len(t, now, 8)
	require.Equal(t, string(half), now[filepath.Join(dir, "half.html")])
	require.Equal(t, "my own\n", now[filepath.Join(dir, "mine.html")])
	info, err := os.Stat(filepath.Join(dir, "90m.html"))
	require.NoError(t, err)
	require.Equal(t, 0o666&^umask(), info.Mode().Perm())
}

// Where they cannot be written, what is there stays, and nothing half is left.
func TestSlidesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	dir := filepath.Join(root, "work", "slides")
	put(t, root, filepath.Join("work", "slides"), "a file\n")
	r := tool(t, root, "slides")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.err, "the slides were not made: ")
	require.Contains(t, r.err, dir+" is no folder\nhint: move it away, for example: mv '")
	require.Empty(t, r.out)
	require.NoError(t, os.Remove(filepath.Join(root, "work/slides")))

	require.Zero(t, tool(t, root, "slides", "PLAN=90m").code)
	before := readTree(t, root)
	put(t, root, "work/slides/full.html/in-the-way", "")
	r = tool(t, root, "slides")
	require.Equal(t, 3, r.code)
	require.NoError(t, os.RemoveAll(filepath.Join(root, "work/slides/full.html")))
	require.NoError(t, os.Remove(filepath.Join(root, "work/slides/half.html")))
	require.Equal(t, before, readTree(t, root))
}

func umask() os.FileMode {
	old := syscall.Umask(0)
	syscall.Umask(old)
	return os.FileMode(old)
}
