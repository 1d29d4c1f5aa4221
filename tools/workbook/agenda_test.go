package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/answers"
	"example.com/workbook/tools/course"
)

// The plans keep to their lengths, and to what people can sit through.
func TestPlansKeepToTheirLengths(t *testing.T) {
	for plan, want := range map[string]struct{ doing, most [2]int }{
		"90m":  {doing: [2]int{40, 50}, most: [2]int{75, 90}},
		"half": {doing: [2]int{85, 105}, most: [2]int{120, 240}},
		"full": {doing: [2]int{185, 215}, most: [2]int{360, 450}},
	} {
		a, err := agenda.New(moduleRoot(t), plan)
		require.NoError(t, err)
		within := func(minutes int, of [2]int, what string) {
			t.Helper()
			require.GreaterOrEqual(t, minutes, of[0], "%s: %s", plan, what)
			require.LessOrEqual(t, minutes, of[1], "%s: %s", plan, what)
		}
		within(a.Minutes(agenda.Task), want.doing, "minutes of doing")
		within(a.Minutes(), want.most, "minutes in all")
		sat := 0
		for _, i := range a.Items {
			if sat += i.Minutes; i.Kind == agenda.Break || i.Kind == agenda.Lunch {
				sat = 0
			}
			require.LessOrEqual(t, sat, agenda.Sitting, "%s: without a break", plan)
		}
		require.NotEmpty(t, a.Cuts)
		for _, kind := range []agenda.Kind{agenda.Opening, agenda.Closing} {
			require.Positive(t, a.Minutes(kind), "%s: %s", plan, kind)
		}
	}
}

// What the notes plan is there: each task of the text, and no other.
func TestNotesPlanTheLesson(t *testing.T) {
	root := moduleRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		n, err := course.ReadNotes(root, l)
		require.NoError(t, err)
		require.Len(t, n.Tasks, len(l.Tasks), l.Slug)
		require.NotEmpty(t, n.Objectives, l.Slug)
		require.LessOrEqual(t, len(n.Objectives), 3, l.Slug)
		for plan, tasks := range n.Plans {
			require.Equal(t, len(tasks) > 0, n.Talk[plan] > 0, "%s: talk in %s", l.Slug, plan)
		}
		require.Positive(t, n.Review, l.Slug)
		for _, task := range l.Tasks {
			effort, known := n.Tasks[task.ID]
			require.True(t, known, "%s has no minutes", task.ID)
			require.Positive(t, effort.Minutes, task.ID)
			require.Equal(t, map[bool]string{true: "extra", false: "must"}[task.Extra], effort.Kind, task.ID)
		}
		require.ElementsMatch(t, agenda.Plans, slices.Collect(maps.Keys(n.Plans)), l.Slug)
		for _, ids := range append(slices.Collect(maps.Values(n.Plans)), n.Cut) {
			for _, id := range ids {
				_, known := l.Task(id)
				require.True(t, known, "%s: there is no task %s", l.Slug, id)
			}
		}
		for _, before := range n.Needs {
			require.Less(t, before, l.N, l.Slug)
		}
	}
}

var notesHeadings = []string{"## The one thing to land", "## How it goes", "## When it goes wrong", "## Questions they ask",
	"## Wrong answers you will see", "## Two questions to discuss", "## Review"}

var named = regexp.MustCompile("(?m)^- `([a-z0-9-]+)`: ([1-6]\\.[1-9])")

// The notes have what an instructor looks for, and name wrong answers that the
// checks know, with the task that refuses them.
func TestNotesSayWhatIsNeeded(t *testing.T) {
	root := moduleRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		src, err := os.ReadFile(filepath.Join(l.Dir(root, "lessons"), "NOTES.md"))
		require.NoError(t, err)
		require.Equal(t, notesHeadings, regexp.MustCompile(`(?m)^## .*`).FindAllString(string(src), -1), l.Slug)
		require.Contains(t, string(src), "\n# Lesson "+l.Slug[1:2]+" for the instructor: "+l.Title+"\n")
		all, err := answers.Read(filepath.Join(root, "testdata", l.Slug))
		require.NoError(t, err)
		wrong := named.FindAllStringSubmatch(string(src), -1)
		require.GreaterOrEqual(t, len(wrong), 5, l.Slug)
		for _, m := range wrong {
			i := slices.IndexFunc(all, func(a answers.Answer) bool { return a.Name == m[1] })
			require.GreaterOrEqual(t, i, 0, "%s: there is no wrong answer %s", l.Slug, m[1])
			require.Equal(t, all[i].Task, m[2], "%s: %s", l.Slug, m[1])
		}
	}
}

var (
	clock   = regexp.MustCompile(`\b([01]?\d|2[0-3]):[0-5]\d\b`)
	minutes = regexp.MustCompile(`\b\d+ min(utes?)?\b`)
)

// Clock times are printed, not written; learners are told no minutes.
func TestTextsHaveNoTimes(t *testing.T) {
	root := moduleRoot(t)
	err := filepath.WalkDir(filepath.Join(root, "lessons"), func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		src, err := os.ReadFile(path)
		text := strings.ReplaceAll(string(src), "START=09:00", "")
		require.Empty(t, clock.FindAllString(text, -1), path)
		if name := filepath.Base(path); name == "README.md" || name == course.SlidesName {
			require.Empty(t, minutes.FindAllString(text, -1), path)
		}
		return err
	})
	require.NoError(t, err)
}

func TestAgenda(t *testing.T) {
	t.Parallel()
	root := tree(t)
	r := tool(t, root, "agenda", "PLAN=half", "START=13:30")
	require.Zero(t, r.code, r.err)
	fits(t, r.out)
	fits(t, tool(t, root, "agenda", "PLAN=full").out)
	require.Regexp(t, `^plan half, 13:30 to 1\d:\d\d: \d+ minutes of doing, \d+ of talk, \d+ of breaks

13:30    \d  opening: .*
13:3\d   \d\d  lesson 1, .*: you show
13:\d\d    \d    1\.1  `, r.out)
	require.Regexp(t, `(?m)^1\d:\d\d   10  break$`, r.out)
	require.Contains(t, r.out, "when time runs short, leave out, in this order")
	refuses(t, root, map[string]string{
		"agenda PLAN=week":   "--plan must be one of",
		"agenda START=noon":  "\"noon\" is no time of day\nhint: for example: make agenda PLAN=half START=09:00\n",
		"agenda START=25:00": "\"25:00\" is no time of day",
	})
}
