package cut_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
)

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := course.Root(".")
	require.NoError(t, err)
	return root
}

// Stubs and snippets are what the solutions give, byte for byte, and nothing
// else is in lessons/.
func TestNothingIsStale(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	files, err := cut.Generate(root)
	require.NoError(t, err)
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "%s is stale: make cut", name)
	}
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		err := filepath.WalkDir(l.Dir(root, "lessons"), func(path string, d fs.DirEntry, err error) error {
			rel, _ := filepath.Rel(root, path)
			if err == nil && !d.IsDir() && !course.KeptBack(filepath.Base(path)) {
				require.Contains(t, files, filepath.ToSlash(rel), "no solution gives this file")
			}
			return err
		})
		require.NoError(t, err)
	}
}

// A task that is in the text is a TODO in the stub, and none in the solution.
func TestEveryTaskIsATodo(t *testing.T) {
	root := moduleRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		stub, solution := goText(t, l.Dir(root, "lessons")), goText(t, l.Dir(root, "solutions"))
		todos := 0
		for _, task := range l.Tasks {
			todo := "// TODO " + task.ID + ": "
			todos += strings.Count(stub, todo)
			if isWritten(task) {
				require.Contains(t, stub, todo)
			}
			require.Zero(t, strings.Count(strings.ReplaceAll(solution, "//| "+todo, ""), todo), "%q in the solution", todo)
		}
		require.Equal(t, todos, strings.Count(stub, "// TODO "), "TODOs in lesson %d that name no task of it", l.N)
	}
}

// isWritten reports whether a learner writes code for the task: a drill is only
// run.
func isWritten(t course.Task) bool {
	return !strings.HasPrefix(t.Title, "Drill") && !strings.HasPrefix(t.Title, "Prove it")
}

// Every task that is written has three hints; predictions, drills and quizzes none.
func TestHintsAreThree(t *testing.T) {
	root := moduleRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		page, err := os.ReadFile(filepath.Join(l.Dir(root, "lessons"), "hints.md"))
		require.NoError(t, err)
		sections := 0
		for _, task := range l.Tasks {
			hints, err := course.Hints(root, l, task.ID)
			require.NoError(t, err)
			if len(hints) > 0 {
				sections++
				require.Len(t, hints, 3, task.ID)
			} else {
				require.Regexp(t, "^(Quiz|Predict|Drill|Prove it)", task.Title, "task %s has no hints", task.ID)
			}
		}
		require.Equal(t, sections, bytes.Count(page, []byte("\n## ")), "hints for tasks that lesson %d has not", l.N)
	}
}

// The links of a page lead somewhere from the learner's copy too.
func TestLinksOfACopy(t *testing.T) {
	root := moduleRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	links := 0
	for _, l := range lessons {
		to := filepath.Join(t.TempDir(), "work", l.Slug)
		require.NoError(t, cut.CopyLesson(root, l, "lessons", to))
		page, err := os.ReadFile(filepath.Join(to, "README.md"))
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\]\(([^)#: ]+)(#[^)]*)?\)`).FindAllStringSubmatch(string(page), -1) {
			links++
			if fromRoot, ok := strings.CutPrefix(m[1], "../../"); ok {
				require.FileExists(t, filepath.Join(root, filepath.FromSlash(fromRoot)), "%s: %s", l.Slug, m[0])
			} else {
				require.FileExists(t, filepath.Join(to, filepath.FromSlash(m[1])), "%s: %s", l.Slug, m[0])
			}
		}
	}
	require.Greater(t, links, 20)
}

func goText(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	require.NoError(t, err)
	return all.String()
}

func TestCut(t *testing.T) {
	t.Parallel()
	f, err := cut.Cut("a.go", []byte(`package a

//| // TODO 1.1: guess.

const guess = 2 //stub -1 // how many

//snip whole
func f() int {
	//| // TODO 1.2: answer.
	//| return 0
	//task 1.2
	return 7
	//end
}

//snip end
`))
	require.NoError(t, err)
	require.Equal(t, `package a

// TODO 1.1: guess.

const guess = -1 // how many

func f() int {
	// TODO 1.2: answer.
	return 0
}
`, string(f.Stub))
	require.Equal(t, "func f() int {\n\treturn 7\n}\n", f.Snips["whole"])
	require.Equal(t, map[string]bool{"1.2": true}, f.Tasks)
}

func TestCutRefusesBadMarkers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, src, want string }{
		{"task without end", "package a\n//task 1.2\n", `the marker "1.2" has no end`},
		{"end without task", "package a\n//end\n", "a.go:2: //end without //task"},
		{"task in a task", "package a\n//task 1.2\n//task 1.3\n//end\n", "a.go:3: task 1.3 begins inside task 1.2"},
		{"unknown task", "package a\n//task one\n", `a.go:2: unknown marker "//task one"`},
		{"empty snippet", "package a\n//snip a\n//snip end\n", `snippet "a" is empty`},
		{"snippet twice", "//snip a\npackage a\n//snip end\n//snip a\nvar a int\n//snip end\n", `snippet "a" stands twice`},
		{"snippet in a snippet", "package a\n//snip a\nvar a int\n//snip b\nvar b int\n//snip end\n", "a.go:4: snippet b begins inside snippet a"},
		{"snippet without end", "package a\n//snip a\n", `the marker "a" has no end`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cut.Cut("a.go", []byte(test.src))
			require.ErrorContains(t, err, test.want)
		})
	}
}
