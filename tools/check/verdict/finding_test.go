package verdict

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/vet"
)

// A finding of the analyzers explains a failure that no rule explains, if the finding is in
// the function that the script judges. A verdict without a failure notes every finding.
func TestFindingsOfTheAnalyzers(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "work", "07-one", "cart", "cart.go")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte("package cart\n\nfunc Add() {\n\t_ = 1\n}\n\nfunc View() {\n\t_ = 2\n}\n\nfunc Buy() {\n\tView()\n}\n"), 0o666))
	task := course.Task{ID: "7.1", Title: "One"}
	r := &Report{Root: root, Tree: "work", Lesson: course.Lesson{N: 7, Slug: "07-one", Tasks: []course.Task{task}}}
	r.Findings = []vet.Finding{{File: "cart/cart.go", Line: 8, Rule: "lock", Message: "a lock. Remove the lock"}}
	red := func(function string) *record.Record {
		return &record.Record{Task: "7.1", Where: record.Place{File: "cart/cart.go", Function: function}, Failure: &record.ClaimError{}, Finished: true}
	}
	shown := func(rec *record.Record) *result.Red { return r.redOf(taskVerdict{task: task, red: rec}) }

	got := shown(red("View"))
	require.Equal(t, "vet-lock", got.Cause)
	require.Equal(t, "work/07-one/cart/cart.go:8: a lock. Remove the lock", got.Likely)
	require.Empty(t, shown(red("Add")).Likely, "the finding is in another function")
	explained := red("View")
	explained.Cause, explained.Likely = "a-rule", "a rule speaks first"
	require.Equal(t, "a-rule", shown(explained).Cause)

	caller := red("Buy")
	caller.Cause, caller.Likely = "a-rule", "a rule speaks first"
	require.Equal(t, "a-rule", shown(caller).Cause, "the finding is not certain")
	r.Findings[0].Rule = "goroutine"
	require.Equal(t, "vet-goroutine", shown(caller).Cause, "Buy calls View")

	r.Findings[0].Rule = "stepoperation"
	require.Equal(t, "vet-stepoperation", shown(explained).Cause, "an operation in a step is certain")
	green := red("View")
	green.Failure = nil
	r.Records = []*record.Record{green}
	res, ok := r.Result()
	require.True(t, ok)
	require.Contains(t, res.Text(), "note      work/07-one/cart/cart.go:8: a lock. Remove the lock\n")

	other := red("Add")
	other.Task, other.Failure = "7.3", nil
	r.Lesson.Tasks = append(r.Lesson.Tasks, course.Task{ID: "7.3"})
	r.Records = append(r.Records, other)
	r.AddFindings([]vet.Finding{{File: "cart/cart.go", Line: 4, Rule: "stepcontext", Message: "a context. Use the other one"}})
	require.True(t, green.IsGreen(), "the finding is in another function")
	require.False(t, other.IsGreen(), "the script judges the function")

	r.Lesson.Tasks, r.Records = r.Lesson.Tasks[:1], r.Records[:1]
	inHelper := *green
	r.Records[0] = &inHelper
	r.AddFindings([]vet.Finding{{File: "cart/cart.go", Line: 4, Rule: "stepcontext", Message: "a context. Use the other one"}})
	require.False(t, inHelper.IsGreen(), "no script judges the function, and the script judges the file")
	r.Records[0] = green
	later := red("View")
	later.Task = "7.2"
	r.Lesson.Tasks = append(r.Lesson.Tasks, course.Task{ID: "7.2"})
	r.Records = append(r.Records, later) // a later task is red, and does not save the first one
	r.AddFindings([]vet.Finding{{File: "cart/cart.go", Line: 8, Rule: "stepcontext", Message: "a context. Use the other one"}})
	refused := shown(green)
	require.Equal(t, "the context of the handler, in work/07-one/cart/cart.go:8", refused.Got)
	require.Equal(t, "vet-stepcontext", refused.Cause)
	require.Equal(t, "a context. Use the other one", refused.Likely)
}
