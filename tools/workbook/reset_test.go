package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/learner"
)

// beginLesson returns a workbook in which lesson 1 was begun and its folder has more
// files than the tool knows.
func beginLesson(t *testing.T) (root string) {
	t.Helper()
	root = treeWithWork(t, "lessons", "checkout/checkout.go", "key := \"\"", "key := \"mine\"")
	put(t, root, "work/01-concepts/notes/my ideas.txt", "ask again\n")
	put(t, root, "work/01-concepts/draft.go.orig", "package\n")
	require.NoError(t, os.Symlink("nowhere", filepath.Join(root, "work/01-concepts/link")))
	return root
}

// checkWidth fails for a line of more than 80 columns.
func checkWidth(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
	}
}

// filesIn returns the files below work/NAME, by path from there.
func filesIn(t *testing.T, root, name string) map[string]string {
	t.Helper()
	dir, files := filepath.Join(root, "work", name), map[string]string{}
	for path, text := range readTree(t, dir) {
		rel, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		files[rel] = text
	}
	return files
}

// shell types a command that the tool has printed.
func shell(t *testing.T, root, command string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = root, notUnderMake()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", command, out)
}

// listBackups returns the names of the folders in work/backup.
func listBackups(t *testing.T, root string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "work/backup"))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

var backLine = regexp.MustCompile(`(?s)  back    (test .*?)\n          \(`)

func TestResetMovesAndDeletesNothing(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	was := filesIn(t, root, "01-concepts")
	r := tool(t, filepath.Join(root, "work/01-concepts"), "reset", "1")
	require.Zero(t, r.code, r.err)
	checkWidth(t, r.out)
	require.NoDirExists(t, filepath.Join(root, "work/01-concepts"))
	all := listBackups(t, root)
	require.Len(t, all, 1)
	require.Regexp(t, `^01-concepts-\d{4}-\d\d-\d\d-\d{6}$`, all[0])
	require.Equal(t, was, filesIn(t, root, "backup/"+all[0]))
	require.Contains(t, r.out, "  anew    make lesson 1\n")

	testRefusals(t, filepath.Join(root, "work/backup"), map[string]string{
		"reset 1": "work/01-concepts is not there, so there is nothing to move\nhint: make lesson 1\n",
	})
	back := backLine.FindStringSubmatch(r.out)[1]
	require.NoError(t, os.Mkdir(filepath.Join(root, "work/01-concepts"), 0o777))
	require.Error(t, exec.Command("sh", "-c", "cd '"+root+"' && "+back).Run(), "it does not go into another one")
	require.Equal(t, all, listBackups(t, root))
	require.NoError(t, os.Remove(filepath.Join(root, "work/01-concepts")))
	shell(t, root, back)
	require.Equal(t, was, filesIn(t, root, "01-concepts"))
}

// What has the name already keeps it.
func TestResetTwiceInASecond(t *testing.T) {
	root := newTree(t)
	l := course.Lesson{Slug: "01-concepts"}
	for _, mine := range []string{"one", "two", "three"} {
		put(t, root, "work/01-concepts/main.go", mine)
		require.NoError(t, learner.Reset(root, l))
	}
	var kept []string
	for _, name := range listBackups(t, root) {
		kept = append(kept, filesIn(t, root, "backup/"+name)["main.go"])
	}
	require.ElementsMatch(t, []string{"one", "two", "three"}, kept)
}

func TestTwoResetsAtOnce(t *testing.T) {
	t.Parallel()
	root := beginLesson(t)
	was := filesIn(t, root, "01-concepts")
	one, two := begin(t, root, "reset", "1"), begin(t, root, "reset", "1")
	codes := []int{one.waitForEnd(), two.waitForEnd()}
	require.Contains(t, codes, 0, one.err.String()+two.err.String())
	require.NotEqual(t, []int{0, 0}, codes)
	require.Len(t, listBackups(t, root), 1)
	require.Equal(t, was, filesIn(t, root, "backup/"+listBackups(t, root)[0]))
}

func TestResetWhereNoBackupCanBe(t *testing.T) {
	root := beginLesson(t)
	put(t, root, "work/backup", "not a folder\n")
	was := filesIn(t, root, "01-concepts")
	r := tool(t, root, "reset", "1")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.err, "nothing was moved: ")
	require.Contains(t, r.err, "\nhint: look at that folder, then run the same command again\n")
	require.Equal(t, was, filesIn(t, root, "01-concepts"))
}

func TestTheLoopRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	testRefusals(t, newTree(t), map[string]string{
		"reset":          "which lesson? its number is missing\nhint: for example: make reset 1\n",
		"reset 3.2":      "\"3.2\" is a task; a lesson is a whole number, and its tasks go together\nhint: for example: make reset 3\n",
		"reset all":      "\"all\" is not a lesson\nhint: a lesson is a number: make reset 1\n",
		"reset 9":        "there is no lesson 9\n",
		"reset 1 2":      "unexpected argument 2\nhint: for example: make reset 3\n",
		"solution":       "hint: for example: make solution 1\n",
		"solution 3.2":   "hint: for example: make solution 3\n",
		"solution 1":     "work/01-concepts is not there, so there is nothing to compare\nhint: make lesson 1; the reference is in solutions/01-concepts\n",
		"solution 1 N=2": "unexpected argument 2\n",
		"catchup":        "hint: for example: make catchup 1\n",
		"catchup 7":      "there is no lesson 7\n",
		"save":           "there is nothing in work/ to save\nhint: make lesson 1\n",
		"save a b":       "unexpected argument b\nhint: for example: make save, or make save /media/usb\n",
	})
}
