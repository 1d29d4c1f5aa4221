package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/learner"
)

func TestSolutionIsForWhoHasPassed(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "")
	testRefusals(t, root, map[string]string{
		"solution 1": "you have not passed 1.1, 1.2, 1.3, 1.4, 1.5 yet\nhint: make hint 1.2; or see it all the same: make solution 1 YES=1\n",
	})
	l, err := course.Find(root, 1)
	require.NoError(t, err)
	record(t, root, l, map[string]bool{"1.1": true, "1.2": true, "1.3": true, "1.4": true, "1.5": false})
	testRefusals(t, root, map[string]string{
		"solution 1": "you have not passed 1.5 yet\nhint: read work/01-concepts/README.md; or see it all the same: make solution 1 YES=1\n",
	})
	record(t, root, l, map[string]bool{"1.5": true})
	put(t, root, "work/01-concepts/checkout/more.go", "package checkout\n")
	before := readTree(t, root)
	r := tool(t, root, "solution", "1")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "--- work/01-concepts/checkout/checkout.go\n+++ solutions/01-concepts/checkout/checkout.go\n@@ ")
	require.Contains(t, r.out, "\n-\tkey := \"\"\n")
	require.Contains(t, r.out, "\n+\tkey := o.ID\n")
	require.NotContains(t, r.out, "work/01-concepts/main.go", "imports are as they would be in work/")
	require.NotContains(t, r.out, "//task", "no markers")
	require.True(t, strings.HasSuffix(r.out, "only in yours: work/01-concepts/checkout/more.go\n"))
	require.Equal(t, before, readTree(t, root), "it only looks")
}

func TestSolutionAsksOnce(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "")
	put(t, root, "work/.solutions", "03-virtual-object")
	r := tool(t, root, "solution", "1", "YES=1")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "+++ solutions/01-concepts/")
	require.Equal(t, r, tool(t, root, "solution", "1"), "that it was wanted is kept")
	m := runProgram(t, root, "make", "solution", "2", "YES=1")
	require.Contains(t, m.err, "work/02-basic-service is not there", "make hands YES on")
	b, err := os.ReadFile(filepath.Join(root, "work", ".solutions"))
	require.NoError(t, err)
	require.Equal(t, "03-virtual-object\n01-concepts\n", string(b))
}

// Who sits at a terminal is asked there.
func TestSolutionAsksAtATerminal(t *testing.T) {
	root := treeWithWork(t, "lessons", "")
	bin, err := builtTool()
	require.NoError(t, err)
	script := filepath.Join(t.TempDir(), "ask.txtar")
	require.NoError(t, os.WriteFile(script, []byte(`
cd $ROOT
ttyin -stdin $WORK/no
exec $WORKBOOK solution 1
stdout 'you have not passed 1\.1, 1\.2, 1\.3, 1\.4, 1\.5 yet;\nshow the solution all the same\? \[y/N\] '
stdout 'nothing was shown; what may help: make hint 1\.2\n'
! stdout solutions/

ttyin -stdin $WORK/yes
exec $WORKBOOK solution 1
stdout 'y/N'
stdout 'solutions/01-concepts/checkout/checkout\.go'

exec $WORKBOOK solution 1
! stdout 'y/N'
stdout 'solutions/01-concepts/checkout/checkout\.go'
-- no --

-- yes --
y
`), 0o666))
	testscript.Run(t, testscript.Params{Files: []string{script}, Setup: func(env *testscript.Env) error {
		env.Setenv("ROOT", root)
		env.Setenv("WORKBOOK", bin)
		return nil
	}})
}

// The reference is what every lesson's copy can become: it is formatted, and
// differs in nothing from itself.
func TestReferenceHasNothingToCompare(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	require.NoError(t, learner.CheckWritable(root))
	for _, l := range lessons {
		require.NoError(t, learner.Give(root, l))
		r := tool(t, root, "solution", l.Slug[1:2])
		require.Zero(t, r.code, r.err)
		require.Equal(t, "work/"+l.Slug+" has what the reference has\n", r.out)
		require.NoFileExists(t, filepath.Join(l.Dir(root, "work"), "hints.md"))
		require.FileExists(t, filepath.Join(l.Dir(root, "work"), "README.md"))
	}
}
