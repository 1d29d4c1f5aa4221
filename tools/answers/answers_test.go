package answers

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/files"
)

var (
	matrix = flag.Bool("matrix", false, "run every script on every wrong answer, and write down what refuses it, and why")
	every  = flag.Bool("all", false, "judge every answer, not only a part")
)

// The first script that refuses a wrong answer is the one that the matrix names, and the verdict
// has the text in the answer's file. Every right answer passes. Without -all or -matrix, the test
// judges a part of the answers; choose selects them.
func TestAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("wrong and right answers, the longest part: make test without SHORT=1")
	}
	root, err := course.Root(".")
	require.NoError(t, err)
	// The test reads all sources, so that go test notices when a cached result is out of date.
	sum, err := files.HashTrees(root, IsInstalled, "lessons", "solutions", "testdata", "tools")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	lanes, err := StartLanes(2)
	require.NoError(t, err)
	t.Cleanup(lanes.Stop)
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			dir := filepath.Join(root, "testdata", l.Slug)
			all, err := course.ReadAnswers(dir)
			require.NoError(t, err)
			g := &grader{made: Matrix{Marks: map[string][]string{}}}
			g.known, err = ReadMatrix(dir)
			require.NoError(t, err)
			g.printed, err = readVerdicts(dir)
			require.NoError(t, err)
			g.shown, err = cut.ShownVerdicts(root, l)
			require.NoError(t, err)
			g.made.Scripts, err = listScripts(dir)
			require.NoError(t, err)
			// The prices and ids in a verdict depend on the key. So an answer has the same key in
			// every run.
			keys := map[string]string{}
			for i, a := range all {
				keys[a.Name] = fmt.Sprintf("v%02d", i)
			}
			if !*matrix && !*every {
				all = choose(all, g.shown, l.Slug+sum, oneIn(l))
			}
			binary, err := Build(root, l, all, t.TempDir())
			require.NoError(t, err)
			g.Judge = Judge{Lesson: l, Root: root, Binary: binary, Lanes: lanes}
			t.Run("all", func(t *testing.T) {
				for _, a := range all {
					t.Run(a.Name, func(t *testing.T) {
						t.Parallel()
						g.grade(t, a, keys[a.Name])
					})
				}
			})
			if *matrix {
				require.NoError(t, g.made.Write(dir))
				require.NoError(t, writeVerdicts(dir, g.verdicts))
			}
		})
	}
}

// The stored matrix belongs to the present scripts and answers. Each script is the first to refuse
// at least one answer, and each lesson has right answers.
func TestEveryScriptEarnsItsPlace(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			dir := filepath.Join(root, "testdata", l.Slug)
			all, err := course.ReadAnswers(dir)
			require.NoError(t, err)
			m, err := ReadMatrix(dir)
			require.NoError(t, err)
			today, err := listScripts(dir)
			require.NoError(t, err)
			require.Equal(t, today, m.Scripts, "make matrix")
			require.Empty(t, m.Idle(), "scripts that are the first to refuse no answer")
			right := 0
			var wrong, unnamed []string
			for _, a := range all {
				switch {
				case !a.IsWrong():
					right++
				case a.Likely == "":
					unnamed = append(unnamed, a.Name)
					fallthrough
				default:
					wrong = append(wrong, a.Name)
				}
			}
			slices.Sort(wrong) // the files' names sort no-key-x.txtar before no-key.txtar
			require.Equal(t, wrong, slices.Sorted(maps.Keys(m.Marks)), "make matrix")
			require.Empty(t, unnamed, "answers whose verdict names no cause")
			require.GreaterOrEqual(t, right, 3)
		})
	}
}

// grader checks the answers to one lesson.
type grader struct {
	Judge
	known Matrix

	shown   []string          // the answers whose verdicts the page shows
	printed map[string]string // those verdicts, as verdicts.txt has them

	mu       sync.Mutex
	made     Matrix
	verdicts []txtar.File
}

func (g *grader) grade(t *testing.T, a course.Answer, key string) {
	switch {
	case !a.IsWrong():
		r := g.judge(t, a, LearnerScripts, key)
		require.Empty(t, redScripts(r), r.Text())
		require.Contains(t, []result.Word{result.Pass, result.Part}, r.Word, r.Text())
		require.Equal(t, g.Replays(), r.Replay != nil, r.Text())
	case *matrix:
		r := g.judge(t, a, judgingScripts(a), key)
		task := g.refusal(t, a, r)
		assert.Equal(t, a.Cause, task.Red.Cause, "the verdict names a false cause, or the answer's file names none:\n%s", r.Text())
		require.NoError(t, a.WriteLikely(task.Red.Likely))
		marks := g.marks(a, r)
		g.mu.Lock()
		defer g.mu.Unlock()
		g.made.Marks[a.Name] = marks
		if slices.Contains(g.shown, a.Name) {
			verdict := withoutKey(task.Short(), key)
			if result.AreAlike(g.printed[a.Name], verdict) {
				verdict = g.printed[a.Name]
			}
			g.verdicts = append(g.verdicts, txtar.File{Name: a.Name, Data: []byte(verdict + "\n")})
		}
	default:
		r := g.judge(t, a, "^"+regexp.QuoteMeta(g.known.First(a.Name))+"$", key)
		if _, refused := r.Refused(); !refused {
			// The analyzers judge a helper function only if every task has run.
			r = g.judge(t, a, judgingScripts(a), key+"-all")
		}
		task := g.refusal(t, a, r)
		require.Equal(t, a.Cause, task.Red.Cause, r.Text())
		require.Equal(t, a.Likely, task.Red.Likely, r.Text())
		if slices.Contains(g.shown, a.Name) {
			verdict := withoutKey(task.Short(), key)
			require.True(t, result.AreAlike(g.printed[a.Name], verdict), "verdicts.txt has other words than:\n%s", verdict)
		}
		require.Equal(t, g.known.First(a.Name), g.firstRed(a.Task, redScripts(r)), r.Text())
	}
}

// withoutKey removes the key of an answer from a verdict. The ids of the answer's orders contain
// the key, so that they differ from the ids of another answer's orders.
func withoutKey(verdict, key string) string { return strings.ReplaceAll(verdict, "-"+key, "") }

// readVerdicts returns the verdicts on wrong answers that a lesson's page shows, by the answer's
// name. If there is no file, there are no such verdicts.
func readVerdicts(dir string) (map[string]string, error) {
	all := map[string]string{}
	archive, err := txtar.ParseFile(filepath.Join(dir, cut.VerdictsName))
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	} else if err != nil {
		return nil, err
	}
	for _, f := range archive.Files {
		all[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
	}
	return all, nil
}

func writeVerdicts(dir string, all []txtar.File) error {
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b txtar.File) int { return strings.Compare(a.Name, b.Name) })
	comment := "# The verdicts that the page shows of wrong answers. Made by make matrix.\n\n"
	return os.WriteFile(filepath.Join(dir, cut.VerdictsName), txtar.Format(&txtar.Archive{Comment: []byte(comment), Files: all}), 0o666)
}

// marks returns the answer's row of the matrix, which has a mark for each script.
func (g *grader) marks(a course.Answer, r result.Result) []string {
	red, ran := redScripts(r), map[string]bool{}
	for _, s := range r.Scripts {
		ran[s.Name] = true
	}
	marks := make([]string, len(g.made.Scripts))
	first := g.firstRed(a.Task, red)
	for i, s := range g.made.Scripts {
		marks[i] = red[s]
		if !ran[s] {
			marks[i] = NotRun
		} else if marks[i] == "" {
			marks[i] = Passed
		}
		if s == first {
			marks[i] = strings.ToUpper(marks[i])
		}
	}
	return marks
}

// firstRed returns the first script of a task that refused the answer. The verdict shows that
// script.
func (g *grader) firstRed(task string, red map[string]string) string {
	for _, mark := range []string{Refused, Replayed} {
		for _, s := range g.made.Scripts {
			if red[s] == mark && strings.HasPrefix(s, task+"_") {
				return s
			}
		}
	}
	return ""
}

// refusal returns the result of the task that must refuse the answer. The verdict must not show
// another task in full.
func (g *grader) refusal(t *testing.T, a course.Answer, r result.Result) result.Task {
	t.Helper()
	require.Equal(t, result.Fail, r.Word, r.Text())
	shown, ok := r.Refused()
	require.True(t, ok, r.Text())
	require.Equal(t, a.Task, shown.ID, r.Text())
	var fields strings.Builder
	for _, f := range shown.Fields() {
		fmt.Fprintf(&fields, "%-8s  %s\n", f.Name, f.Text)
	}
	for _, words := range a.Says {
		require.Contains(t, fields.String(), words, r.Text())
	}
	return shown
}

// judgingScripts returns a pattern for the names of the scripts that judge an answer.
func judgingScripts(a course.Answer) string {
	if a.Deep {
		return "_"
	}
	return LearnerScripts
}

// judge runs the scripts whose names match the pattern on an answer, and returns the result.
func (g *grader) judge(t *testing.T, a course.Answer, scripts, key string) result.Result {
	t.Helper()
	r, err := g.Judge.Run(a.Name, scripts, key, *matrix)
	require.NoError(t, err)
	return r
}

// redScripts returns the scripts that refused an answer, with their marks.
func redScripts(r result.Result) map[string]string {
	red := map[string]string{}
	for _, s := range r.Scripts {
		switch {
		case s.Passed:
		case s.Replay:
			red[s.Name] = Replayed
		default:
			red[s.Name] = Refused
		}
	}
	return red
}

// listScripts returns the names of a lesson's scripts, in task order.
func listScripts(dir string) (names []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".txtar"); !strings.Contains(name, "_story_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

// oneIn returns how many answers of a lesson there are for each one that go test judges. The
// check of lesson 8 takes a minute, and the checks of the other lessons a few seconds.
func oneIn(l course.Lesson) int {
	if l.Slug == "08-machines" {
		return 12
	}
	return 4
}

// choose returns one in a number of the right answers, one in that number of the wrong answers,
// and the answers whose verdicts the page shows.
func choose(all []course.Answer, shown []string, seed string, of int) (chosen []course.Answer) {
	rolls := rand.New(rand.NewChaCha8(sha256.Sum256([]byte(seed))))
	right, wrong := 0, 0
	for _, i := range rolls.Perm(len(all)) {
		n := &right
		if all[i].IsWrong() {
			n = &wrong
		}
		if *n++; *n%of == 1 || slices.Contains(shown, all[i].Name) {
			chosen = append(chosen, all[i])
		}
	}
	return chosen
}

func TestChoose(t *testing.T) {
	var all []course.Answer
	for i := range 40 {
		all = append(all, course.Answer{Name: fmt.Sprint("right-", i)}, course.Answer{Name: fmt.Sprint("wrong-", i), Task: "1.1"})
	}
	chosen := choose(all, []string{"wrong-7"}, "seed", 4)
	require.Equal(t, chosen, choose(all, []string{"wrong-7"}, "seed", 4))
	require.NotEqual(t, chosen, choose(all, []string{"wrong-7"}, "another seed", 4))
	right := 0
	for _, a := range chosen {
		if !a.IsWrong() {
			right++
		}
	}
	require.Equal(t, 10, right)
	require.Contains(t, chosen, all[15])
	require.InDelta(t, 10, len(chosen)-right, 1)
}

func TestParse(t *testing.T) {
	a, err := course.ParseAnswer("x", []byte("# a reason\ntask 5.2\nlikely it is\nsays is still retried\n\n-- a.go --\n<<<<\nold\n====\nnew\n>>>>\n"))
	require.NoError(t, err)
	require.Equal(t, "5.2", a.Task)
	require.Equal(t, "it is", a.Likely)
	require.Equal(t, []string{"is still retried"}, a.Says)
	got, err := a.Apply("a.go", []byte("one\nold\ntwo\n"))
	require.NoError(t, err)
	require.Equal(t, "one\nnew\ntwo\n", string(got))
	_, err = a.Apply("a.go", []byte("one\ntwo\n"))
	require.ErrorContains(t, err, "stands there 0 times")
	_, err = course.ParseAnswer("x", []byte("tusk 5.2\n"))
	require.ErrorContains(t, err, "none of task, cause, likely")
}
