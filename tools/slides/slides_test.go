package slides

import (
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

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := course.Root(".")
	require.NoError(t, err)
	return root
}

func makeDeck(t *testing.T, plan string) *Deck {
	t.Helper()
	d, err := Make(moduleRoot(t), plan)
	require.NoError(t, err)
	return d
}

func titlesOf(d *Deck) (all []string) {
	for _, s := range d.Slides {
		all = append(all, s.Title())
	}
	return all
}

// A plan's deck has its lessons and tasks in the agenda's order, its breaks, and
// nothing of what the plan leaves out.
func TestADeckIsThePlan(t *testing.T) {
	lessons, err := course.Lessons(moduleRoot(t))
	require.NoError(t, err)
	for _, plan := range agenda.Plans {
		a, err := agenda.New(moduleRoot(t), plan)
		require.NoError(t, err)
		d := makeDeck(t, plan)
		rest := titlesOf(d)
		var tasks []string
		for _, i := range a.Items {
			want := map[agenda.Kind]string{
				agenda.Talk: "What you do", agenda.Task: i.Task.ID + " " + i.Task.Title, agenda.Review: "The one thing",
				agenda.Break: "Break", agenda.Lunch: "Lunch", agenda.Opening: "Get going", agenda.Closing: "The four rules",
			}[i.Kind]
			at := slices.Index(rest, want)
			require.GreaterOrEqual(t, at, 0, "%s: no slide %q, or not in this place", plan, want)
			if i.Kind == agenda.Talk {
				require.Greater(t, at, 3, "%s: something of lesson %d is shown", plan, i.Lesson.N)
			}
			rest = rest[at+1:]
			tasks = append(tasks, i.Task.ID)
		}
		for _, l := range lessons {
			for _, task := range l.Tasks {
				if !slices.Contains(tasks, task.ID) {
					require.NotContains(t, titlesOf(d), task.ID+" "+task.Title, plan)
				}
			}
		}
	}
	require.Contains(t, titlesOf(makeDeck(t, "half")), "Look up first, void second")
	require.NotContains(t, titlesOf(makeDeck(t, "90m")), "Look up first, void second", "it is of 5.4")
	require.Contains(t, titlesOf(makeDeck(t, "90m")), "A virtual object, in two sentences")
	require.NotContains(t, titlesOf(makeDeck(t, "full")), "A virtual object, in two sentences")
}

var (
	clock   = regexp.MustCompile(`\b([01]?\d|2[0-3]):[0-5]\d\b`)
	minutes = regexp.MustCompile(`\b\d+ min(utes?)?\b`)
	list    = regexp.MustCompile(`(?m)^(- |\d+\. )`)
)

// Each slide has notes, and is short; learners see no minutes.
func TestSlidesAreShort(t *testing.T) {
	for _, plan := range agenda.Plans {
		for _, s := range makeDeck(t, plan).Slides {
			require.NotEmpty(t, s.Notes, s.Text)
			require.Empty(t, clock.FindAllString(s.Text, -1), s.Text)
			require.Empty(t, minutes.FindAllString(s.Text, -1), s.Text)
			require.Less(t, len(strings.Fields(s.Text)), 100, s.Text)
		}
	}
	files, err := filepath.Glob(filepath.Join(moduleRoot(t), "lessons", "*", course.SlidesName))
	require.NoError(t, err)
	require.Len(t, files, 8)
	for _, file := range append(files, filepath.Join(moduleRoot(t), courseSlides)) {
		rel, _ := filepath.Rel(moduleRoot(t), file)
		all, err := readSources(moduleRoot(t), rel)
		require.NoError(t, err)
		for _, s := range all {
			require.LessOrEqual(t, len(list.FindAllString(s.Text, -1)), 4, s.Text)
		}
	}
}

// All that the notes have of how a lesson goes is at hand when it is shown.
func TestNotesAreWithTheSlides(t *testing.T) {
	lessons, err := course.Lessons(moduleRoot(t))
	require.NoError(t, err)
	var said strings.Builder
	for _, plan := range []string{"half", "full", "two"} {
		for _, s := range makeDeck(t, plan).Slides {
			said.WriteString(s.Notes + "\n")
		}
	}
	for _, l := range lessons {
		n, err := course.ReadNotes(moduleRoot(t), l)
		require.NoError(t, err)
		for _, section := range []string{"How it goes", "When it goes wrong", "Questions they ask"} {
			items := n.List(section)
			require.NotEmpty(t, items, "%s: %s", l.Slug, section)
			for _, item := range items {
				require.Contains(t, said.String(), item, "%s: %s", l.Slug, section)
			}
		}
		require.Len(t, n.List("Review"), 3, l.Slug)
		require.Len(t, n.List("Two questions to discuss"), 2, l.Slug)
	}
}

// A file that says what is not so is refused, in words that name the slide.
func TestWhatIsWrongInAFileIsSaid(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown task", "\n\ntasks: 1.2 1.9\nnotes: 1\n\ntext\n", `"A slide" is of task 1.9, which the lesson does not have`},
		{"unknown item", "\n\nnotes: 99\n\ntext\n", `"A slide" has notes: 99, and How it goes has items 1 to 8`},
		{"no number", "\n\nnotes: last\n\ntext\n", `"A slide" has notes: last`},
		{"unknown plan", "\n\nplans: week\nnotes: 1\n\ntext\n", `"A slide" is for plan week, which is none`},
		{"no notes", "\n\ntext\n", `"A slide" has no notes`},
		{"at in a lesson", "\n\nat: opening\nnotes: 1\n\ntext\n", `"A slide" says at: opening, which is for lessons/SLIDES.md`},
		{"code without a snippet", "\n\nnotes: 1\n\n```go\nfunc main() {}\n```\n", `"A slide" has code that is cut from nothing`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := copyCourse(t)
			file := filepath.Join(dir, "lessons/01-concepts", course.SlidesName)
			require.NoError(t, os.WriteFile(file, []byte("# Slides\n\n## A slide"+test.text), 0o666))
			_, err := Make(dir, "90m")
			require.ErrorContains(t, err, "lessons/01-concepts/SLIDES.md: "+test.want)
		})
	}
	dir := copyCourse(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, courseSlides), []byte("## A slide\n\nNotes:\nnone\n"), 0o666))
	_, err := Make(dir, "90m")
	require.ErrorContains(t, err, `lessons/SLIDES.md: "A slide" is of no lesson; it wants a line at: opening`)
}

// copyCourse copies the texts to a temporary folder.
func copyCourse(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(to, "lessons"), os.DirFS(filepath.Join(moduleRoot(t), "lessons"))))
	page, err := os.ReadFile(filepath.Join(moduleRoot(t), "README.md"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(to, "README.md"), page, 0o666))
	return to
}

func TestMarksAreForTheCodeBehindThem(t *testing.T) {
	got, err := toHTML("## A & B\n\n<!-- bold charge( -->\n<!-- snippet a -->\n```go\n\tcharge(\"<x>\")\n\tmail()\n```\n")
	require.NoError(t, err)
	require.Equal(t, "<h2>A &amp; B</h2>\n<pre class=\"\" style=\"font-size:36px\"><code><b>    charge(&#34;&lt;x&gt;&#34;)</b>\n    mail()\n</code></pre>\n", string(got))
}

// The quiz asks what a plan's lessons have taught, and keeps its numbers.
func TestTheQuizIsThePlans(t *testing.T) {
	question := regexp.MustCompile(`<strong>(\d+)\.</strong>`)
	for _, test := range []struct{ plan, want string }{
		{"90m", "1 2 8 9"},
		{"half", "1 2 3 8 9"},
		{"full", "1 2 3 4 5 6 7 8 9 10"},
		{"two", "11 12"},
	} {
		t.Run(test.plan, func(t *testing.T) {
			text, err := Paper(moduleRoot(t), "QUIZ", test.plan)
			require.NoError(t, err)
			var numbers []string
			for _, m := range question.FindAllStringSubmatch(string(text), -1) {
				numbers = append(numbers, m[1])
			}
			require.Equal(t, strings.Fields(test.want), numbers)
			require.NotContains(t, string(text), "key</h2>")
		})
	}
}
