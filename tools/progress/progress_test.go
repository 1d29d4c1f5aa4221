package progress

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// newTree makes a course of one lesson with three tasks and a check.
func newTree(t *testing.T) (root string, l course.Lesson) {
	t.Helper()
	root = t.TempDir()
	writeFile(t, root, "lessons/01-one/README.md", "# One\n\n## 1.1 First\n\n## 1.2 Second\n\n## 1.3 Third (extra)\n")
	writeFile(t, root, "testdata/01-one/1.1_call_a.txtar", "# a\n")
	writeFile(t, root, "testdata/01-one/1.0_story_b.txtar", "# b\n")
	l, err := course.Find(root, 1)
	require.NoError(t, err)
	return root, l
}

func writeFile(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
}

func checksOf(t *testing.T, root string, l course.Lesson) string {
	t.Helper()
	sum, err := ChecksOf(root, l)
	require.NoError(t, err)
	return sum
}

func readProgress(t *testing.T, root string) Progress {
	t.Helper()
	p, err := Read(root)
	require.NoError(t, err)
	return p
}

func progressText(t *testing.T, root string) string {
	t.Helper()
	b, err := os.ReadFile(File(root))
	require.NoError(t, err)
	return string(b)
}

func TestATickIsGivenAndTakenBack(t *testing.T) {
	root, l := newTree(t)
	require.Equal(t, Progress{"1.1": New, "1.2": New, "1.3": New}, readProgress(t, root), "no file yet")
	require.NoError(t, Record(root, l, checksOf(t, root, l), nil))
	require.NoFileExists(t, File(root), "what judged nothing writes nothing")

	require.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": true, "1.2": true, "7.7": true}))
	require.Equal(t, Progress{"1.1": Done, "1.2": Done, "1.3": New}, readProgress(t, root))
	require.True(t, readProgress(t, root).Passed(l), "1.3 is extra")
	require.Regexp(t, `^# the results [^\n]*\n1.1  done   [0-9a-f]{12}  First\n1.2  done   [0-9a-f]{12}  Second\n$`, progressText(t, root))

	require.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": false}))
	require.Equal(t, Progress{"1.1": Red, "1.2": Done, "1.3": New}, readProgress(t, root))
	require.False(t, readProgress(t, root).Passed(l))
	require.Len(t, readProgress(t, root).Open(l), 2)
}

func TestWhatIsTheSameIsNotWritten(t *testing.T) {
	root, l := newTree(t)
	results := map[string]bool{"1.1": true, "1.2": false}
	require.NoError(t, Record(root, l, checksOf(t, root, l), results))
	before, err := os.Stat(File(root))
	require.NoError(t, err)
	require.NoError(t, Record(root, l, checksOf(t, root, l), results))
	after, err := os.Stat(File(root))
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "a rename would have made it another")
	left, err := os.ReadDir(filepath.Dir(File(root)))
	require.NoError(t, err)
	require.Len(t, left, 1, "neither a lock nor a temporary file")
}

func TestOtherChecksAskForAnother(t *testing.T) {
	root, l := newTree(t)
	require.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": true, "1.2": false}))
	writeFile(t, root, "testdata/01-one/1.0_story_b.txtar", "# told in other words\n")
	require.Equal(t, Done, readProgress(t, root)["1.1"], "a story judges nothing")
	writeFile(t, root, "testdata/01-one/1.1_call_c.txtar", "# one more\n")
	require.Equal(t, Progress{"1.1": ReCheck, "1.2": Red, "1.3": New}, readProgress(t, root))
	require.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": true}))
	require.Equal(t, Done, readProgress(t, root)["1.1"])
}

func TestWhatIsGivenIsNotDone(t *testing.T) {
	root, l := newTree(t)
	require.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": true}))
	writeFile(t, root, "work/01-one/"+GivenName, "the reference\n")
	require.NoError(t, Give(root, l))
	require.Equal(t, Progress{"1.1": Given, "1.2": Given, "1.3": Given}, readProgress(t, root))
	require.True(t, readProgress(t, root).Passed(l))

	all := map[string]bool{"1.1": true, "1.2": true, "1.3": false}
	require.NoError(t, Record(root, l, checksOf(t, root, l), all))
	require.Equal(t, Progress{"1.1": Given, "1.2": Given, "1.3": Red}, readProgress(t, root))

	require.NoError(t, os.Remove(filepath.Join(root, "work/01-one", GivenName)))
	require.Equal(t, Progress{"1.1": New, "1.2": New, "1.3": Red}, readProgress(t, root), "the reference was moved away")
	require.NoError(t, Record(root, l, checksOf(t, root, l), all))
	require.Equal(t, Done, readProgress(t, root)["1.1"], "the learner's own is back")
}

func TestWhatSomebodyElseWroteStays(t *testing.T) {
	root, l := newTree(t)
	for _, test := range []struct{ name, was string }{
		{"notes", "a note\n1.1  red    0123456789ab  First, I try again on Monday\n\n9.9 done 0123456789ab a lesson to come\n1.2 skipped\n# end"},
		{"line ends", "1.1  red    0123456789ab  First\r\n1.1 done 0123456789ab\r\n"},
		{"no text", "\x00\xff\xfe\n\x00"},
		{"an end", "1.1 done 0123456789ab"},
		{"in disorder", "1.3 done 0123456789ab\n  1.1   done  0123456789ab First\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			writeFile(t, root, "work/progress.txt", test.was)
			require.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": true, "1.2": false}))
			require.Equal(t, Done, readProgress(t, root)["1.1"])
			require.Equal(t, Red, readProgress(t, root)["1.2"])
			now := progressText(t, root)
			for line := range strings.Lines(test.was) {
				line = strings.TrimRight(line, "\r\n")
				if r, ok := parseRow(line); ok {
					line = r.rest
				}
				require.Contains(t, now, line)
			}
		})
	}
}

func TestTwoWritersLoseNothing(t *testing.T) {
	root, l := newTree(t)
	l.Tasks = nil
	for i := range 40 {
		l.Tasks = append(l.Tasks, course.Task{ID: fmt.Sprintf("1.%d", i), Title: "one of many"})
	}
	var all sync.WaitGroup
	for _, task := range l.Tasks {
		all.Go(func() {
			assert.NoError(t, Record(root, l, checksOf(t, root, l), map[string]bool{task.ID: true}))
		})
	}
	all.Wait()
	require.Equal(t, 40, strings.Count(progressText(t, root), "one of many"))
}

func TestAFolderInItsPlaceIsSaid(t *testing.T) {
	root, l := newTree(t)
	require.NoError(t, os.MkdirAll(File(root), 0o777))
	require.ErrorContains(t, Record(root, l, checksOf(t, root, l), map[string]bool{"1.1": true}), "is a directory")
	_, err := Read(root)
	require.ErrorContains(t, err, "is a directory")
}

// Checks that came while others judged have not judged.
func TestChecksThatJudgedAreNoted(t *testing.T) {
	root, l := newTree(t)
	judged := checksOf(t, root, l)
	writeFile(t, root, "testdata/01-one/1.2_call_new.txtar", "# c\n")
	require.NoError(t, Record(root, l, judged, map[string]bool{"1.1": true}))
	require.Equal(t, ReCheck, readProgress(t, root)["1.1"])
}
