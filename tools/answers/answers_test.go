package answers

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

var matrix = flag.Bool("matrix", false, "run every script on every wrong answer, and write down what refuses it, and why")

// Every wrong answer is refused, first by the script that the matrix names, in
// the words that are in its file; every right one passes.
func TestAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("wrong and right answers, the longest part: make test without SHORT=1")
	}
	root, err := course.Root(".")
	require.NoError(t, err)
	readAll(t, root)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	lanes := newLanes(t, 2)
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			dir := filepath.Join(root, "testdata", l.Slug)
			all, err := Read(dir)
			require.NoError(t, err)
			binary, err := Build(root, l, all, t.TempDir())
			require.NoError(t, err)
			g := &grader{dir: l.Dir(root, "solutions"), binary: binary, lanes: lanes, made: Matrix{Marks: map[string][]string{}}}
			g.known, err = ReadMatrix(dir)
			require.NoError(t, err)
			g.made.Scripts, err = scripts(dir)
			require.NoError(t, err)
			t.Run("all", func(t *testing.T) {
				for i, a := range all {
					t.Run(a.Name, func(t *testing.T) {
						t.Parallel()
						g.grade(t, a, fmt.Sprintf("v%02d", i))
					})
				}
			})
			if *matrix {
				require.NoError(t, g.made.Write(dir))
			}
		})
	}
}

// The matrix that is kept is of today's scripts and answers, each script is the
// first to refuse some answer, and each lesson has right ones.
func TestEveryScriptEarnsItsPlace(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			dir := filepath.Join(root, "testdata", l.Slug)
			all, err := Read(dir)
			require.NoError(t, err)
			m, err := ReadMatrix(dir)
			require.NoError(t, err)
			today, err := scripts(dir)
			require.NoError(t, err)
			require.Equal(t, today, m.Scripts, "make matrix")
			require.Empty(t, m.Idle(), "scripts that are the first to refuse no answer")
			right := 0
			var wrong, unnamed []string
			for _, a := range all {
				switch {
				case !a.Wrong():
					right++
				case a.Likely == "":
					unnamed = append(unnamed, a.Name)
					fallthrough
				default:
					wrong = append(wrong, a.Name)
				}
			}
			slices.Sort(wrong) // they came in the order of the files' names, where no-key-x.txtar is before no-key.txtar
			require.Equal(t, wrong, slices.Sorted(maps.Keys(m.Marks)), "make matrix")
			require.Empty(t, unnamed, "answers whose verdict names no cause")
			require.GreaterOrEqual(t, right, 3)
		})
	}
}

// grader has one lesson's answers checked.
type grader struct {
	dir    string
	binary string
	lanes  lanes
	known  Matrix

	mu   sync.Mutex
	made Matrix
}

func (g *grader) grade(t *testing.T, a Answer, key string) {
	switch {
	case !a.Wrong():
		out, red := g.judge(t, a, learners, key)
		require.Empty(t, red, out)
		require.NotContains(t, out, "\nFAIL", out)
		require.Contains(t, out, "\nPASS replay: ", out)
	case *matrix:
		out, red := g.judge(t, a, which(a), key)
		require.NoError(t, a.keepLikely(field(g.refusal(t, a, out), "likely")))
		marks := make([]string, len(g.made.Scripts))
		first := g.first(a.Task, red)
		for i, s := range g.made.Scripts {
			marks[i] = red[s]
			if !strings.Contains(out, "/"+s+" (") {
				marks[i] = NotRun
			} else if marks[i] == "" {
				marks[i] = Passed
			}
			if s == first {
				marks[i] = strings.ToUpper(marks[i])
			}
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.made.Marks[a.Name] = marks
	default:
		out, red := g.judge(t, a, "^"+regexp.QuoteMeta(g.known.First(a.Name))+"$", key)
		refusal := g.refusal(t, a, out)
		require.Equal(t, a.Likely, field(refusal, "likely"), out)
		require.Equal(t, g.known.First(a.Name), g.first(a.Task, red), out)
	}
}

// first is the script of a task that the verdict is about.
func (g *grader) first(task string, red map[string]string) string {
	for _, mark := range []string{Refused, Replayed} {
		for _, s := range g.made.Scripts {
			if red[s] == mark && strings.HasPrefix(s, task+"_") {
				return s
			}
		}
	}
	return ""
}

// refusal is the verdict of the task that is to refuse the answer. Nothing else
// may be shown in full.
func (g *grader) refusal(t *testing.T, a Answer, out string) string {
	t.Helper()
	_, shown, found := strings.Cut(out, "\nFAIL "+a.Task+"  ")
	require.True(t, found, out)
	_, shown, found = strings.Cut(shown, "\n  check ")
	require.True(t, found, out)
	shown, _, _ = strings.Cut(shown, "\n  next ")
	require.NotContains(t, shown, "\nFAIL", out)
	for _, words := range a.Says {
		require.Contains(t, shown, words, out)
	}
	require.NotContains(t, out, "BROKEN")
	return shown
}

// field is a line of a verdict.
func field(verdict, name string) string {
	_, rest, _ := strings.Cut(verdict, "\n  "+name+" ")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}

// learners are the scripts that a learner's answer is judged by: all but the deep.
const learners = "_(call|cut|count|predict|quiz|crash)_"

// which are the scripts that judge an answer.
func which(a Answer) string {
	if a.Deep {
		return "_"
	}
	return learners
}

var ended = regexp.MustCompile(`(?m)^ +--- FAIL: TestLesson/(\w+)/(\S+) `)

// judge is the lesson's check of an answer, by the scripts that are named so,
// and which of them were red, with their marks.
func (g *grader) judge(t *testing.T, a Answer, scripts, key string) (out string, red map[string]string) {
	t.Helper()
	lane := <-g.lanes
	defer func() { g.lanes <- lane }()
	cmd := exec.Command(g.binary, "-test.v", "-test.run", "^TestLesson$/.*/"+scripts)
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "VARIANT="+a.Name, setting.SharedServer+"="+lane.Dir(), setting.SharedKey+"=-"+key)
	if *matrix {
		cmd.Env = append(cmd.Env, setting.EveryScript+"=1")
	}
	b, _ := cmd.CombinedOutput()
	out = "\n" + string(b)
	red = map[string]string{}
	for _, m := range ended.FindAllStringSubmatch(out, -1) {
		if m[1] == "replay" {
			red[m[2]] = Replayed
		} else {
			red[m[2]] = Refused
		}
	}
	return out, red
}

// lanes are servers; each checks one answer at a time.
type lanes chan *restate.Server

func newLanes(t *testing.T, n int) lanes {
	t.Helper()
	k, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { k.Close() })
	binary, err := restate.Find(context.Background(), os.Stderr)
	require.NoError(t, err)
	all := make(lanes, n)
	for range n {
		s, err := restate.Start(context.Background(), k, binary, setting.Server())
		require.NoError(t, err)
		t.Cleanup(func() { s.Stop() })
		all <- s
	}
	return all
}

// scripts are the lesson's, in task order.
func scripts(dir string) (names []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".txtar"); !strings.Contains(name, "_story_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

// readAll reads what the binaries are built from, so that go test knows when
// its answer is stale.
func readAll(t *testing.T, root string) {
	t.Helper()
	for _, tree := range []string{"lessons", "solutions", "testdata", "tools"} {
		err := filepath.WalkDir(filepath.Join(root, tree), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				_, err = os.ReadFile(path)
			}
			return err
		})
		require.NoError(t, err)
	}
}

func TestParse(t *testing.T) {
	a, err := parse("x", []byte("# a reason\ntask 5.2\nlikely it is\nsays is still retried\n\n-- a.go --\n<<<<\nold\n====\nnew\n>>>>\n"))
	require.NoError(t, err)
	require.Equal(t, "5.2", a.Task)
	require.Equal(t, "it is", a.Likely)
	require.Equal(t, []string{"is still retried"}, a.Says)
	got, err := a.apply("a.go", []byte("one\nold\ntwo\n"))
	require.NoError(t, err)
	require.Equal(t, "one\nnew\ntwo\n", string(got))
	_, err = a.apply("a.go", []byte("one\ntwo\n"))
	require.ErrorContains(t, err, "stands there 0 times")
	_, err = parse("x", []byte("tusk 5.2\n"))
	require.ErrorContains(t, err, "none of task")
}
