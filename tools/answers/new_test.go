package answers

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// An answer may have a new file, which is whole and in a package of the lesson.
func TestNewFile(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	add := func(name, src string) (*overlay, error) {
		o := &overlay{dir: t.TempDir(), Replace: map[string]string{}}
		v := variant{overlay: o, root: root, lesson: lessons[0], pkg: "v00", answer: course.Answer{Files: map[string][]byte{name: []byte(src)}}}
		return o, v.addAnswer()
	}
	o, err := add("checkout/more.go", "package checkout\n")
	require.NoError(t, err)
	require.FileExists(t, o.Replace[filepath.Join(root, "solutions/01-concepts/zz/v00/checkout/more.go")])
	require.FileExists(t, filepath.Join(o.dir, "source/v00/checkout/more.go"))

	o, err = add("more.go", "package main\n")
	require.NoError(t, err)
	src, err := os.ReadFile(o.Replace[filepath.Join(root, "solutions/01-concepts/zz/v00/more.go")])
	require.NoError(t, err)
	require.Equal(t, "package v00\n", string(src))

	for name, src := range map[string]string{
		"checkuot/checkout.go":     "package checkout\n", // this folder is not a package of the lesson
		"checkout/chekcout.go":     "<<<<\na\n====\nb\n>>>>\n",
		"../../lessons/01/more.go": "package more\n",
	} {
		_, err := add(name, src)
		require.ErrorContains(t, err, "the solution has no file "+name)
	}
}
