package cut_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

var (
	numbered = regexp.MustCompile(`(?m)^\d\. `)
	manual   = regexp.MustCompile(`\(https://docs\.restate\.dev/\S+\)`)
)

// Every page has the same parts: at its top what the learner will be able to do, in each
// task the same points, and at its end what to remember and where to read on.
func TestPagesHaveTheSameParts(t *testing.T) {
	root := moduleRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		src, err := os.ReadFile(filepath.Join(l.Dir(root, "lessons"), "README.md"))
		require.NoError(t, err)
		page := string(src)
		top, _, _ := strings.Cut(page, "\n## ")
		require.Contains(t, top, "<!-- about -->\n**After this lesson you can**", l.Slug)
		for _, heading := range []string{"Remember", "Questions people ask", "Break your own code", "Read on"} {
			require.NotEmpty(t, section(page, heading), "%s: %s", l.Slug, heading)
		}
		require.Contains(t, section(page, "Remember"), "<!-- part remember -->", l.Slug)
		require.Contains(t, section(page, "Questions people ask"), "<!-- part questions -->", l.Slug)
		require.GreaterOrEqual(t, len(manual.FindAllString(section(page, "Read on"), -1)), 2, "%s: links into Restate's documentation", l.Slug)
		notes, err := course.ReadNotes(root, l)
		require.NoError(t, err)
		for _, task := range l.Tasks {
			body := taskSection(page, task)
			require.NotEmpty(t, body, task.ID)
			for _, point := range []string{"**Goal.**", "**The check**"} {
				require.Contains(t, body, point, task.ID)
			}
			if notes.Tasks[task.ID].Form != course.Code {
				continue
			}
			for _, point := range []string{"**Edit.**", "<!-- mistakes " + task.ID + " "} {
				require.Contains(t, body, point, task.ID)
			}
			require.Regexp(t, `\*\*You will see\*\*|<!-- verdict `+regexp.QuoteMeta(task.ID)+" ", body, "task %s shows no verdict", task.ID)
			require.Regexp(t, numbered, body, "task %s has no numbered steps", task.ID)
			mistakes := regexp.MustCompile(`<!-- mistakes \S+ (.*) -->`).FindStringSubmatch(body)
			require.Len(t, strings.Fields(mistakes[1]), 2, "task %s shows two common mistakes", task.ID)
		}
	}
}

// section returns the text below a heading of a page.
func section(page, heading string) string {
	_, text, _ := strings.Cut(page, "\n## "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// taskSection returns the text of a task.
func taskSection(page string, task course.Task) string {
	_, text, _ := strings.Cut(page, "\n## "+task.ID+" ")
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}
