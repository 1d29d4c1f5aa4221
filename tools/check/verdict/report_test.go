package verdict

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/proxy"
)

// An extra that was left out does not hide the words for what is behind it; one that
// was begun is a task like the others.
func TestAnExtraThatWasLeftOut(t *testing.T) {
	root := t.TempDir()
	r := &Report{Root: root, Tree: "work", Lesson: course.Lesson{Slug: "01-concepts"}}
	writeIn := func(tree, text string) {
		file := filepath.Join(root, tree, "01-concepts", "draw.go")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	}
	writeIn("lessons", "// TODO 1.4: draw.\n// TODO 1.4: colour.\n")
	write := func(text string) { writeIn("work", text) }
	all := []taskVerdict{
		{task: course.Task{ID: "1.3"}},
		{task: course.Task{ID: "1.4", Extra: true}, red: &record.Record{}},
		{task: course.Task{ID: "1.5"}, red: &record.Record{}},
	}
	write("// TODO 1.4: draw.\n// TODO 1.4: colour.\n")
	require.Equal(t, "1.5", r.fullTask(all))
	require.Equal(t, "1.4", r.fullTask(all[:2]), "when nothing else is red it has its turn")
	write("// drawn.\n// TODO 1.4: colour.\n")
	require.Equal(t, "1.4", r.fullTask(all), "half of it is done")
	write("// drawn, in colour.\n")
	require.Equal(t, "1.4", r.fullTask(all))
	all[2].red.Elsewhere, r.NeverServed = true, true
	require.Equal(t, "1.5", r.fullTask(all), "that nothing is served comes first")
}

// A TODO that stays next to new code says neither that the task is not started nor that
// it is red.
func TestTODOThatStays(t *testing.T) {
	root := t.TempDir()
	extra := course.Task{ID: "1.4", Extra: true}
	r := &Report{Root: root, Tree: "work", Lesson: course.Lesson{Slug: "01-concepts", Tasks: []course.Task{extra}}}
	write := func(tree, text string) {
		file := filepath.Join(root, tree, "01-concepts", "draw.go")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte("package checkout\n\n"+text), 0o666))
	}
	const stub = "func Draw() int {\n\t// TODO 1.4: draw.\n\treturn 0\n}\n"
	write("lessons", stub)
	write("work", stub+"\nfunc another() {}\n")
	require.True(t, r.isUnstarted())
	require.Equal(t, "extra, not started", r.whyLeftOut(extra))
	write("work", "func Draw() int {\n\t// TODO 1.4: draw.\n\treturn 1\n}\n")
	require.False(t, r.isUnstarted())
	require.Equal(t, "extra, the comment TODO 1.4 is still there", r.whyLeftOut(extra))
	require.Equal(t, "work/01-concepts/draw.go:4: the code is right, but the comment TODO 1.4 is still there. Delete the comment", r.todoLeft(extra))
	write("work", "func Draw() int {\n\treturn 1\n}\n")
	require.False(t, r.isUnstarted())
	require.Empty(t, r.todoLeft(extra))

	const quiz = "// TODO 1.4: the quiz.\nconst answer = \"?\"\n"
	write("lessons", quiz)
	write("work", quiz)
	require.True(t, r.isUnstarted())
	write("work", "// TODO 1.4: the quiz.\nconst answer = \"b\"\n")
	require.False(t, r.isUnstarted())
}

// What to do next is told by the task's form, not by its title.
func TestNextStepOfADrill(t *testing.T) {
	r := &Report{Root: t.TempDir(), Tree: "work", Lesson: course.Lesson{N: 7, Slug: "07-one"}}
	red := &record.Record{Failure: &record.ClaimError{}}
	drill := taskVerdict{task: course.Task{ID: "7.1", Title: "All of it", Form: course.Drill, Lessons: []int{2, 3}}, red: red}
	require.Equal(t, "find the service in the attempts and the ledger above; edit it in lesson 2 or 3, then make check 7", r.nextStep(drill))
	code := taskVerdict{task: course.Task{ID: "7.2", Title: "Drill: no drill"}, red: red}
	require.Equal(t, "read work/07-one/README.md again", r.nextStep(code))
}

// A script is a bystander too if the program had died before its first attempt.
func TestBystander(t *testing.T) {
	r := &Report{Trace: "panic: oh\ncreated by x/pricing.Pricing.Basket in goroutine 4\n"}
	script := func(function string, ends ...string) *record.Record {
		rec := &record.Record{Where: record.Place{Function: function}}
		for _, end := range ends {
			rec.Attempts = append(rec.Attempts, proxy.Attempt{End: end})
		}
		r.Records = append(r.Records, rec)
		return rec
	}
	guilty := script("Pricing.Basket", "broken off")
	require.False(t, r.isBystander(guilty))
	require.True(t, r.isBystander(script("Pricing.Quote", "broken off", "error: x")))
	require.True(t, r.isBystander(script("Pricing.Quote", proxy.Unreachable, proxy.Unreachable)))
	require.False(t, r.isBystander(script("Pricing.Quote", proxy.Unreachable, "done")), "the program came back")
	require.False(t, r.isBystander(script("Pricing.Quote", "done")))
}
