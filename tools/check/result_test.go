package check_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
)

// judgeToFile runs lesson 1's checks on a variant, and requires that they print nothing.
func judgeToFile(t *testing.T, variant string, args ...string) (found result.Result, ok bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "result.json")
	t.Setenv(setting.Result, file)
	out, ok := judge(t, variant, args...)
	require.NotContains(t, out, "FAIL")
	require.NotContains(t, out, "PASS")
	found, err := result.Read(file, "solutions", "01-concepts")
	require.NoError(t, err)
	return found, ok
}

func TestResultOfARightProgram(t *testing.T) {
	r, ok := judgeToFile(t, "right")
	require.True(t, ok)
	require.Equal(t, result.Pass, r.Word)
	require.Equal(t, map[string]bool{"1.1": true, "1.2": true, "1.3": true, "1.4": true, "1.5": true}, r.Judged())
	require.Empty(t, r.Shown)
	require.Positive(t, r.Replay.Checks)
	require.Contains(t, r.Scripts, result.Script{Name: "1.3_crash_after-yes", Task: "1.3", Passed: true})
	require.Contains(t, r.Scripts, result.Script{Name: "1.3_cut_lost", Task: "1.3", Replay: true, Passed: true})
	require.Equal(t, result.Line{Text: "PASS 1.2  " + r.Tasks[1].Title + "  (5 checks)", Indent: 12}, r.Lines[2])
}

func TestResultOfAPart(t *testing.T) {
	r, ok := judgeToFile(t, "right", "-test.run=^TestLesson$/^tasks$/^1.[12]")
	require.True(t, ok)
	require.Equal(t, result.Part, r.Word)
	require.Equal(t, map[string]bool{"1.1": true}, r.Judged())
	require.Equal(t, result.TaskPart, r.Tasks[1].State)
	require.Equal(t, 4, r.Tasks[1].Ran)
	require.Equal(t, 5, r.Tasks[1].Of)
	require.Equal(t, result.TaskNotRun, r.Tasks[2].State)
}

func TestResultOfARedProgram(t *testing.T) {
	r, ok := judgeToFile(t, "constant")
	require.False(t, ok)
	require.Equal(t, result.Fail, r.Word)
	task, ok := r.Refused()
	require.True(t, ok)
	require.Equal(t, "1.2", task.ID)
	require.Equal(t, "testdata/01-concepts/1.2_call_receipt.txtar", task.Red.Script)
	require.NotEmpty(t, task.Red.Check)
	require.NotEmpty(t, task.Red.Expected)
	require.NotEmpty(t, task.Red.Got)
	require.NotEmpty(t, task.Red.Likely)
	require.Equal(t, "make hint 1.2", task.Red.Next)
	require.False(t, task.Red.Unwritten)
	require.Nil(t, r.Replay)
}

func TestResultWithoutATask(t *testing.T) {
	r, ok := judgeToFile(t, "right", "-test.run=Nope")
	require.False(t, ok)
	require.Equal(t, result.Fail, r.Word)
	require.Empty(t, r.Tasks)
	require.Equal(t, "FAIL  no task was run", r.Lines[0].Text)
}

// A run fails if its result file cannot be written.
func TestResultThatCannotBeWritten(t *testing.T) {
	t.Setenv(setting.Result, filepath.Join(t.TempDir(), "nowhere", "result.json"))
	out, ok := judge(t, "right")
	require.False(t, ok)
	require.Contains(t, out, "no such file or directory")
}
