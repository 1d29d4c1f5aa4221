package result

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// redResult returns a result with a red task.
func redResult() Result {
	return Result{
		Version: Version, Lesson: 1, Slug: "01-concepts", Tree: "work", Word: Fail, Shown: "1.3",
		Tasks: []Task{
			{ID: "1.1", Title: "One", State: TaskPassed, Ran: 1, Of: 1},
			{ID: "1.2", Title: "Two", State: TaskPart, Ran: 1, Of: 2},
			{ID: "1.3", Title: "Three", State: TaskFailed, Ran: 1, Of: 1, Red: &Red{
				Check: "the journal has a step for each", Did: []string{"called", "looked"},
				Expected: "1 charge", Got: "2", Ledger: []string{"charge o-1", "charge o-1"},
				Cause: "two-charges", Likely: "no step was run", Next: "make hint 1.3"}},
			{ID: "1.4", Title: "Four", State: TaskNotJudged, Ran: 1, Of: 1, Red: &Red{}},
			{ID: "1.5", Title: "Five", State: TaskNotBegun, Extra: true, Ran: 1, Of: 1, Red: &Red{}},
			{ID: "1.6", Title: "Six", State: TaskNotRun, Of: 1},
		},
		Lines: []Line{{Text: "PASS 1.1", Indent: 12}},
	}
}

func TestWriteAndRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "result.json")
	require.NoError(t, Write(file, redResult()))
	r, err := Read(file, "work", "01-concepts")
	require.NoError(t, err)
	require.Equal(t, redResult(), r)
	require.Equal(t, "PASS 1.1\n", r.Text())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file is left")
	require.Error(t, Write(filepath.Join(dir, "nowhere", "result.json"), r))
}

func TestReadOfWhatIsNoResult(t *testing.T) {
	file := filepath.Join(t.TempDir(), "result.json")
	require.NoError(t, Write(file, redResult()))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	change := func(old, now string) string {
		require.Contains(t, string(text), old)
		return strings.Replace(string(text), old, now, 1)
	}
	for _, c := range []struct{ name, text, why string }{
		{"empty", "", "unexpected end"},
		{"cut short", string(text[:len(text)/2]), "unexpected end"},
		{"not JSON", "PASS 1.1  One  (1 check)\n", "invalid character"},
		{"another version", change(`"version": 1`, `"version": 2`), "its format is version 2, not 1"},
		{"no version", "{}", "its format is version 0"},
		{"another lesson", change("01-concepts", "02-basic-service"), "it is of work/02-basic-service"},
		{"another tree", change(`"work"`, `"solutions"`), "it is of solutions/01-concepts"},
		{"an unknown word", change(`"FAIL"`, `"FINE"`), `"FINE" is no word`},
		{"an unknown state", change(`"not run"`, `"not sure"`), `"not sure" is no state`},
		{"a pass over a red task", change(`"FAIL"`, `"PASS"`), "the word is PASS, and task 1.2"},
		{"a part over a red task", change(`"FAIL"`, `"PART"`), "the word is PART, and task 1.3"},
		{"a green task with a red check", change(`"state": "fail"`, `"state": "pass"`), `task 1.3 is in state "pass"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o666))
			_, err := Read(file, "work", "01-concepts")
			require.ErrorIs(t, err, ErrNone)
			require.ErrorContains(t, err, c.why)
		})
	}
	_, err = Read(filepath.Join(t.TempDir(), "result.json"), "work", "01-concepts")
	require.ErrorIs(t, err, ErrNone)
	require.ErrorIs(t, err, os.ErrNotExist)

	pass := Result{Slug: "01-concepts", Tree: "work", Word: Pass}
	require.NoError(t, Write(file, pass))
	_, err = Read(file, "work", "01-concepts")
	require.ErrorContains(t, err, "the result passes, but has no task")
}

// In lessons, a pass means that every task of the stub is red.
func TestReadOfAStub(t *testing.T) {
	file := filepath.Join(t.TempDir(), "result.json")
	stub := redResult()
	stub.Tree, stub.Word = "lessons", Pass
	require.NoError(t, Write(file, stub))
	_, err := Read(file, "lessons", "01-concepts")
	require.NoError(t, err)
}

func TestJudged(t *testing.T) {
	r := redResult()
	require.Equal(t, map[string]bool{"1.1": true, "1.3": false, "1.4": false, "1.5": false}, r.Judged())
	for _, word := range []Word{Setup, Broken} {
		r.Word = word
		require.Empty(t, r.Judged(), word)
	}
}

func TestRefused(t *testing.T) {
	r := redResult()
	task, ok := r.Refused()
	require.True(t, ok)
	require.Equal(t, "1.3", task.ID)
	r.Tasks[2].State = TaskBroken
	_, ok = r.Refused()
	require.False(t, ok, "the check failed, not the code")
	r.Shown = ""
	_, ok = r.Refused()
	require.False(t, ok)
}

func TestFields(t *testing.T) {
	require.Equal(t, []Field{
		{"check", "the journal has a step for each"},
		{"did", "called; looked"},
		{"expected", "1 charge"},
		{"got", "2"},
		{"ledger", "charge o-1"},
		{"", "charge o-1"},
		{"likely", "no step was run"},
		{"next", "make hint 1.3"},
	}, redResult().Tasks[2].Fields())
	broken := Task{State: TaskBroken, Red: &Red{Got: "panic", Script: "testdata/01-concepts/1.3_call_a.txtar"}}
	require.Equal(t, []Field{{"got", "panic"}, {"script", "testdata/01-concepts/1.3_call_a.txtar"}}, broken.Fields())
	require.Empty(t, redResult().Tasks[0].Fields())
}
