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

// tree is a course of one lesson, with three tasks and a check.
func tree(t *testing.T) (root string, l course.Lesson) {
	t.Helper()
	root = t.TempDir()
	put(t, root, "lessons/01-one/README.md", "# One\n\n## 1.1 First\n\n## 1.2 Second\n\n## 1.3 Third (extra)\n")
	put(t, root, "testdata/01-one/1.1_call_a.txtar", "# a\n")
	put(t, root, "testdata/01-one/1.0_story_b.txtar", "# b\n")
	l, err := course.Find(root, 1)
	require.NoError(t, err)
	return root, l
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
}

func checks(t *testing.T, root string, l course.Lesson) string {
	t.Helper()
	sum, err := ChecksOf(root, l)
	require.NoError(t, err)
	return sum
}

func read(t *testing.T, root string) Progress {
	t.Helper()
	p, err := Read(root)
	require.NoError(t, err)
	return p
}

func text(t *testing.T, root string) string {
	t.Helper()
	b, err := os.ReadFile(File(root))
	require.NoError(t, err)
	return string(b)
}

func TestATickIsGivenAndTakenBack(t *testing.T) {
	root, l := tree(t)
	require.Equal(t, Progress{"1.1": New, "1.2": New, "1.3": New}, read(t, root), "no file yet")
	require.NoError(t, Record(root, l, checks(t, root, l), nil))
	require.NoFileExists(t, File(root), "what judged nothing writes nothing")

	require.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": true, "1.2": true, "7.7": true}))
	require.Equal(t, Progress{"1.1": Done, "1.2": Done, "1.3": New}, read(t, root))
	require.True(t, read(t, root).Passed(l), "1.3 is extra")
	require.Regexp(t, `^# how [^\n]*\n1.1  done   [0-9a-f]{12}  First\n1.2  done   [0-9a-f]{12}  Second\n$`, text(t, root))

	require.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": false}))
	require.Equal(t, Progress{"1.1": Red, "1.2": Done, "1.3": New}, read(t, root))
	require.False(t, read(t, root).Passed(l))
	require.Len(t, read(t, root).Open(l), 2)
}

func TestWhatIsTheSameIsNotWritten(t *testing.T) {
	root, l := tree(t)
	results := map[string]bool{"1.1": true, "1.2": false}
	require.NoError(t, Record(root, l, checks(t, root, l), results))
	before, err := os.Stat(File(root))
	require.NoError(t, err)
	require.NoError(t, Record(root, l, checks(t, root, l), results))
	after, err := os.Stat(File(root))
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "a rename would have made it another")
	left, err := os.ReadDir(filepath.Dir(File(root)))
	require.NoError(t, err)
	require.Len(t, left, 1, "neither a lock nor a temporary file")
}

func TestOtherChecksAskForAnother(t *testing.T) {
	root, l := tree(t)
	require.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": true, "1.2": false}))
	put(t, root, "testdata/01-one/1.0_story_b.txtar", "# told in other words\n")
	require.Equal(t, Done, read(t, root)["1.1"], "a story judges nothing")
	put(t, root, "testdata/01-one/1.1_call_c.txtar", "# one more\n")
	require.Equal(t, Progress{"1.1": ReCheck, "1.2": Red, "1.3": New}, read(t, root))
	require.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": true}))
	require.Equal(t, Done, read(t, root)["1.1"])
}

func TestWhatIsGivenIsNotDone(t *testing.T) {
	root, l := tree(t)
	require.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": true}))
	put(t, root, "work/01-one/"+GivenName, "the reference\n")
	require.NoError(t, Give(root, l))
	require.Equal(t, Progress{"1.1": Given, "1.2": Given, "1.3": Given}, read(t, root))
	require.True(t, read(t, root).Passed(l))

	all := map[string]bool{"1.1": true, "1.2": true, "1.3": false}
	require.NoError(t, Record(root, l, checks(t, root, l), all))
	require.Equal(t, Progress{"1.1": Given, "1.2": Given, "1.3": Red}, read(t, root))

	require.NoError(t, os.Remove(filepath.Join(root, "work/01-one", GivenName)))
	require.Equal(t, Progress{"1.1": New, "1.2": New, "1.3": Red}, read(t, root), "the reference was moved away")
	require.NoError(t, Record(root, l, checks(t, root, l), all))
	require.Equal(t, Done, read(t, root)["1.1"], "the learner's own is back")
}

func TestWhatSomebodyElseWroteStays(t *testing.T) {
	root, l := tree(t)
	for name, was := range map[string]string{
		"notes":       "a note\n1.1  red    0123456789ab  First, I try again on Monday\n\n9.9 done 0123456789ab a lesson to come\n1.2 skipped\n# end",
		"line ends":   "1.1  red    0123456789ab  First\r\n1.1 done 0123456789ab\r\n",
		"no text":     "\x00\xff\xfe\n\x00",
		"an end":      "1.1 done 0123456789ab",
		"in disorder": "1.3 done 0123456789ab\n  1.1   done  0123456789ab First\n",
	} {
		t.Run(name, func(t *testing.T) {
			put(t, root, "work/progress.txt", was)
			require.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": true, "1.2": false}))
			require.Equal(t, Done, read(t, root)["1.1"])
			require.Equal(t, Red, read(t, root)["1.2"])
			now := text(t, root)
			for line := range strings.Lines(was) {
				line = strings.TrimRight(line, "\r\n")
				if r, ok := parse(line); ok {
					line = r.rest
				}
				require.Contains(t, now, line)
			}
		})
	}
}

func TestTwoWritersLoseNothing(t *testing.T) {
	root, l := tree(t)
	l.Tasks = nil
	for i := range 40 {
		l.Tasks = append(l.Tasks, course.Task{ID: fmt.Sprintf("1.%d", i), Title: "one of many"})
	}
	var all sync.WaitGroup
	for _, task := range l.Tasks {
		all.Go(func() {
			assert.NoError(t, Record(root, l, checks(t, root, l), map[string]bool{task.ID: true}))
		})
	}
	all.Wait()
	require.Equal(t, 40, strings.Count(text(t, root), "one of many"))
}

func TestAFolderInItsPlaceIsSaid(t *testing.T) {
	root, l := tree(t)
	require.NoError(t, os.MkdirAll(File(root), 0o777))
	require.ErrorContains(t, Record(root, l, checks(t, root, l), map[string]bool{"1.1": true}), "is a directory")
	_, err := Read(root)
	require.ErrorContains(t, err, "is a directory")
}

// Checks that came while others judged have not judged.
func TestChecksThatJudgedAreNoted(t *testing.T) {
	root, l := tree(t)
	judged := checks(t, root, l)
	put(t, root, "testdata/01-one/1.2_call_new.txtar", "# c\n")
	require.NoError(t, Record(root, l, judged, map[string]bool{"1.1": true}))
	require.Equal(t, ReCheck, read(t, root)["1.1"])
}
