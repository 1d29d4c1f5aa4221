package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
)

func archives(dir string) []string { return course.Glob(dir, "work-*") }

func TestSaveAndUnpack(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	require.Zero(t, tool(t, root, "reset", "1").code)
	put(t, root, "work/01-concepts/main.go", "package main // begun anew\n")
	put(t, root, "work/work-2026-01-02-030405.tar.gz", "an earlier one")
	before := readTree(t, root)
	put(t, root, "work/offline/servers/restate-server", "large")
	r := tool(t, filepath.Join(root, "work/01-concepts"), "save")
	require.Zero(t, r.code, r.err)
	all := archives(root)
	require.Len(t, all, 1)
	require.Contains(t, r.out, ", to\n  "+all[0]+"\n")
	checkWidth(t, strings.ReplaceAll(r.out, all[0], ""))
	_, command, _ := strings.Cut(r.out, "what is there stays (-k, and tar says so):\n  ")
	require.Equal(t, "tar -xkzf "+filepath.Base(all[0])+"\n", command)

	other := t.TempDir()
	put(t, other, "work/01-concepts/README.md", "another one\n")
	shell(t, other, fmt.Sprintf("cp '%s' . && %s", all[0], command))
	unpacked := readTree(t, other)
	for path, text := range before {
		rel, err := filepath.Rel(root, path)
		require.NoError(t, err)
		if strings.HasPrefix(rel, "work/") && !strings.HasSuffix(rel, ".tar.gz") {
			require.Equal(t, text, unpacked[filepath.Join(other, rel)], rel)
		}
	}
	require.Contains(t, r.out, "not in it is work/offline: make offline makes that again\n")
	require.NoDirExists(t, filepath.Join(other, "work/offline"))
	require.NoFileExists(t, filepath.Join(other, "work/work-2026-01-02-030405.tar.gz"))
	require.Equal(t, "another one\n", unpacked[filepath.Join(other, "work/01-concepts/README.md")])
}

// The archive must not get into the tree by accident.
func TestSavedIsIgnoredByGit(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(moduleRoot(t), ".gitignore"))
	require.NoError(t, err)
	ignored := false
	for line := range strings.Lines(string(b)) {
		match, err := filepath.Match(strings.TrimSpace(line), "/work-"+time.Now().Format("2006-01-02-150405")+".tar.gz")
		require.NoError(t, err)
		ignored = ignored || match
	}
	require.True(t, ignored)
}

func TestSaveWhereOneSays(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	put(t, root, "stick/old.tar.gz", "mine\n")
	put(t, root, "work/here/notes.txt", "notes\n")
	testRefusals(t, root, map[string]string{
		"save stick/old.tar.gz":   root + "/stick/old.tar.gz is there already, and was left as it is\nhint: name another, or none: make save\n",
		"save nowhere/new.tar.gz": "there is no folder " + root + "/nowhere\nhint: name one that is there, or none: make save\n",
	})
	require.Zero(t, tool(t, root, "save", "stick").code)
	require.Len(t, archives(filepath.Join(root, "stick")), 1)
	require.Zero(t, tool(t, filepath.Join(root, "work/here"), "save", "new.tar.gz").code)
	require.FileExists(t, filepath.Join(root, "work/here/new.tar.gz"))
	require.Empty(t, archives(root))

	one, two := begin(t, root, "save"), begin(t, root, "save")
	codes := []int{one.waitForEnd(), two.waitForEnd()}
	require.Contains(t, codes, 0)
	require.NotContains(t, codes, 1)
	require.Len(t, archives(root), strings.Count(one.out.String()+two.out.String(), "saved work/"), "none took another's name")
}

func TestSaveInterrupted(t *testing.T) {
	root := beginLesson(t)
	to := filepath.Join(root, "work-now.tar.gz")
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	err := learner.Save(ctx, root, to)
	require.Equal(t, "interrupted; nothing was saved\nhint: run the same command again", hint.Text(err))
	require.Empty(t, archives(root))
}
