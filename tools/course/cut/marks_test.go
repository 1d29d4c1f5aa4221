package cut

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// newMarks returns the marks of a lesson of one task, with one wrong answer.
func newMarks(t *testing.T) *marks {
	t.Helper()
	m := &marks{
		root:   t.TempDir(),
		lesson: course.Lesson{N: 9, Slug: "09-nine", Tasks: []course.Task{{ID: "9.1", Title: "One"}, {ID: "9.2", Title: "Two", Extra: true}}},
		notes: course.Notes{
			Objectives: []string{"count"}, Needs: []int{1, 3}, SQLite: true,
			Tasks: map[string]course.Effort{"9.1": {Minutes: 12, Kind: "must"}, "9.2": {Minutes: 4, Kind: "extra"}},
			Talk:  map[string]int{"full": 5},
		},
		edits:   map[string][]string{"9.1": {"a/a.go"}, "9.2": {"a/a.go", "b.go"}},
		answers: []course.Answer{{Name: "no-key", Mistake: "The charge has no key.", Task: "9.1", Likely: "the card was charged twice. Send a key"}},
		parts:   map[string]string{},
	}
	dir := filepath.Join(m.root, "testdata", m.lesson.Slug)
	require.NoError(t, os.MkdirAll(dir, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, StubName), []byte("# made\n\nFAIL 9.1  One\n  got       nothing\n\nFAIL 9.2  Two\n"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, VerdictsName), []byte("# made\n\n-- no-key --\nFAIL 9.1  One\n  got       2 charges\n\n"), 0o666))
	return m
}

func TestPageIsFilled(t *testing.T) {
	page := "# T\n<!-- about -->\nold\n<!-- /about -->\n" +
		"<!-- verdict 9.1 stub -->\n```text\nold\n```\n<!-- verdict 9.1 no-key -->\n```text\n```\n" +
		"<!-- mistakes 9.1 no-key -->\n<!-- /mistakes -->\n<!-- part tree -->\na tree\n<!-- /part -->\n"
	m := newMarks(t)
	filled, err := m.fillPage("page", []byte(page))
	require.NoError(t, err)
	require.Equal(t, "# T\n<!-- about -->\n**After this lesson you can**\n\n- count\n\n"+
		"**You need** to have done lessons 1 and 3, and a C compiler for SQLite.\n\n"+
		"**You edit** `a/a.go` (9.1, 9.2) and `b.go` (9.2).\n\n"+
		"**Time:** about 20 minutes, and 5 more for the tasks marked *(extra)*.\n<!-- /about -->\n"+
		"<!-- verdict 9.1 stub -->\n```text\nFAIL 9.1  One\n  got       nothing\n```\n"+
		"<!-- verdict 9.1 no-key -->\n```text\nFAIL 9.1  One\n  got       2 charges\n```\n"+
		"<!-- mistakes 9.1 no-key -->\n- The charge has no key. The verdict: *the card was charged twice. Send a key.*\n<!-- /mistakes -->\n"+
		"<!-- part tree -->\na tree\n<!-- /part -->\n", string(filled))

	slide, err := fillParts("slides", []byte("x\n<!-- part tree -->\n<!-- /part -->\ny\n"), m.parts, "")
	require.NoError(t, err)
	require.Equal(t, "x\n<!-- part tree -->\na tree\n<!-- /part -->\ny\n", string(slide))
	handout, err := fillParts("handout", []byte("<!-- part 09-nine/tree -->\n<!-- /part -->\n<!-- part 08-x/y -->\n<!-- /part -->\n"), m.parts, "09-nine/")
	require.NoError(t, err)
	require.Equal(t, "<!-- part 09-nine/tree -->\na tree\n<!-- /part -->\n<!-- part 08-x/y -->\n<!-- /part -->\n", string(handout))
}

func TestWrongMarksAreErrors(t *testing.T) {
	for page, want := range map[string]string{
		"<!-- about -->\n":                                                   "1 marks, 0 of them with an end",
		"<!-- verdict 9.1 stub -->\n":                                        "1 marks, 0 of them with an end",
		"<!-- verdict 9.2 no-key -->\n```text\n```\n":                        `no wrong answer "no-key" that task 9.2 refuses`,
		"<!-- mistakes 9.1 other -->\n<!-- /mistakes -->\n":                  `no wrong answer "other" that task 9.1 refuses`,
		"<!-- part a -->\n<!-- /part -->\n<!-- part a -->\n<!-- /part -->\n": `part "a" stands twice`,
	} {
		_, err := newMarks(t).fillPage("page", []byte(page))
		require.ErrorContains(t, err, want)
	}
	_, err := fillParts("slides", []byte("<!-- part tree -->\n<!-- /part -->\n"), nil, "")
	require.ErrorContains(t, err, `wants part "tree", which no page has`)
}

func TestVerdictsAreWrapped(t *testing.T) {
	require.Equal(t, "aa bb", wrap("aa bb", "  "))
	long := wrap("  likely    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", "            ")
	require.Equal(t, "  likely    one two three four five six seven eight nine ten eleven twelve thirteen fourteen\n            fifteen sixteen", long)
}
