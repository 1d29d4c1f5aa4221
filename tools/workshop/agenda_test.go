package workshop

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
	"example.com/workbook/tools/course"
)

func findRoot(t *testing.T) string {
	t.Helper()
	root, err := course.Root(".")
	require.NoError(t, err)
	return root
}

// The plans keep to their lengths, and to what people can sit through.
func TestPlansKeepToTheirLengths(t *testing.T) {
	for _, want := range []struct {
		plan        string
		doing, most [2]int // minutes, from and to
	}{
		{"90m", [2]int{40, 50}, [2]int{75, 90}},
		{"half", [2]int{85, 105}, [2]int{120, 240}},
		{"full", [2]int{185, 215}, [2]int{360, 450}},
		{"two", [2]int{120, 140}, [2]int{180, 240}},
	} {
		t.Run(want.plan, func(t *testing.T) {
			a, err := agenda.New(findRoot(t), want.plan)
			require.NoError(t, err)
			within := func(minutes int, of [2]int, what string) {
				t.Helper()
				require.GreaterOrEqual(t, minutes, of[0], "%s", what)
				require.LessOrEqual(t, minutes, of[1], "%s", what)
			}
			within(a.Minutes(agenda.Task), want.doing, "minutes of doing")
			within(a.Minutes(), want.most, "minutes in all")
			sat := 0
			for _, i := range a.Items {
				if sat += i.Minutes; i.Kind == agenda.Break || i.Kind == agenda.Lunch {
					sat = 0
				}
				require.LessOrEqual(t, sat, agenda.Sitting, "without a break")
			}
			require.NotEmpty(t, a.Cuts)
			for _, kind := range []agenda.Kind{agenda.Opening, agenda.Closing} {
				require.Positive(t, a.Minutes(kind), "%s", kind)
			}
		})
	}
}

// What the notes plan is there: each task of the text, and no other.
func TestNotesPlanTheLesson(t *testing.T) {
	root := findRoot(t)
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

var named = regexp.MustCompile("(?m)^- `([a-z0-9-]+)`: ([1-8]\\.[1-9])")

// The notes have what an instructor looks for, and name wrong answers that the
// checks know, with the task that refuses them.
func TestNotesSayWhatIsNeeded(t *testing.T) {
	root := findRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		src, err := os.ReadFile(filepath.Join(l.Dir(root, "lessons"), "NOTES.md"))
		require.NoError(t, err)
		require.Equal(t, notesHeadings, regexp.MustCompile(`(?m)^## .*`).FindAllString(string(src), -1), l.Slug)
		require.Contains(t, string(src), "\n# Lesson "+l.Slug[1:2]+" for the instructor: "+l.Title+"\n")
		all, err := course.ReadAnswers(filepath.Join(root, "testdata", l.Slug))
		require.NoError(t, err)
		wrong := named.FindAllStringSubmatch(string(src), -1)
		require.GreaterOrEqual(t, len(wrong), 5, l.Slug)
		for _, m := range wrong {
			i := slices.IndexFunc(all, func(a course.Answer) bool { return a.Name == m[1] })
			require.GreaterOrEqual(t, i, 0, "%s: there is no wrong answer %s", l.Slug, m[1])
			require.Equal(t, all[i].Task, m[2], "%s: %s", l.Slug, m[1])
		}
	}
}

var (
	clock   = regexp.MustCompile(`\b([01]?\d|2[0-3]):[0-5]\d\b`)
	minutes = regexp.MustCompile(`\b\d+ min(utes?)?\b`)
	about   = regexp.MustCompile(`(?s)<!-- about -->.*?<!-- /about -->`)
)

// Clock times are printed and not written. Minutes stand in a page only at its top, from
// the notes.
func TestTextsHaveNoTimes(t *testing.T) {
	root := findRoot(t)
	err := filepath.WalkDir(filepath.Join(root, "lessons"), func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		src, err := os.ReadFile(path)
		text := strings.ReplaceAll(string(src), "START=09:00", "")
		text = about.ReplaceAllString(text, "")
		require.Empty(t, clock.FindAllString(text, -1), path)
		if name := filepath.Base(path); name == "README.md" || name == course.SlidesName {
			require.Empty(t, minutes.FindAllString(text, -1), path)
		}
		return err
	})
	require.NoError(t, err)
}
