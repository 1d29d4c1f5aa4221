package mutants

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/answers"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
)

var (
	every = flag.Bool("all", false, "judge every mutant, with every script, and write down the outcome")
	only  = flag.String("only", "", "with -all or -show: judge or show the mutants whose IDs match one of the patterns, and write nothing")
	show  = flag.Bool("show", false, "print the mutants, and judge none")
)

// chunk is the number of mutants in one test binary.
const chunk = 60

// setUp returns the lessons. It also returns two servers, unless the flags say that no mutant is
// judged.
func setUp(t *testing.T) (root string, lessons []course.Lesson, lanes *answers.Lanes) {
	if testing.Short() {
		t.Skip("changed solutions: make test without SHORT=1")
	}
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err = course.Lessons(root)
	require.NoError(t, err)
	if !*show {
		lanes, err = answers.StartLanes(2)
		require.NoError(t, err)
		t.Cleanup(lanes.Stop)
	}
	return root, lessons, lanes
}

// unrecorded has the lessons whose mutants were never judged. make mutants judges them. A lesson
// with a record must not be in this list.
var unrecorded = []string{"08-machines"}

// recorded returns the lessons that have a record. The test fails if another lesson has no record.
func recorded(t *testing.T, root string, lessons []course.Lesson) (with []course.Lesson) {
	t.Helper()
	for _, l := range lessons {
		has := files.Exists(RecordFile(filepath.Join(root, "testdata", l.Slug)))
		require.Equal(t, !slices.Contains(unrecorded, l.Slug), has, "%s: make mutants, and the list unrecorded", l.Slug)
		if has {
			with = append(with, l)
		}
	}
	return with
}

// The script that a mutant's record names refuses the mutant. If the record names no script,
// equivalent.txt has a reason.
func TestMutants(t *testing.T) {
	root, lessons, lanes := setUp(t)
	if !*every && !*show {
		lessons = recorded(t, root, lessons)
	}
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			dir := filepath.Join(root, "testdata", l.Slug)
			all, err := Make(root, l)
			require.NoError(t, err)
			known, err := ReadRecord(RecordFile(dir))
			require.NoError(t, err)
			reasons, err := ReadReasons(dir)
			require.NoError(t, err)
			g := &grader{root: root, lesson: l, lanes: lanes, known: known, made: Record{}}
			chosen := choose(all)
			if *show {
				for _, m := range chosen {
					fmt.Printf("%s (line %d, task %q)\n- %s\n+ %s\n\n", m.ID, m.Line, m.Task, m.Old, m.New)
				}
				return
			}
			if *every && *only == "" {
				require.NoError(t, g.resume())
				chosen = slices.DeleteFunc(chosen, func(m Mutant) bool { _, ok := g.made[m.ID]; return ok })
			}
			for part := range slices.Chunk(chosen, chunk) {
				g.judgeAll(t, part)
			}
			for _, m := range chosen {
				o, ok := g.made[m.ID]
				_, excused := FindNote(reasons, m.ID)
				switch {
				case !ok:
				case !o.Refused() && !excused:
					t.Errorf("%s survives (line %d, task %q):\n- %s\n+ %s", m.ID, m.Line, m.Task, m.Old, m.New)
				case !*every && known[m.ID].Refused() != o.Refused():
					t.Errorf("%s: %s, but the record says %s; hint: make mutants", m.ID, o, known[m.ID])
				}
			}
			if *every && *only == "" {
				require.NoError(t, g.made.Write(RecordFile(dir), all))
			}
		})
	}
}

// choose returns the mutants that the flags select, or one in ten of all mutants. The seed is
// fixed.
func choose(all []Mutant) (chosen []Mutant) {
	rolls := rand.New(rand.NewPCG(1, uint64(len(all))))
	for _, m := range all {
		rolled := rolls.IntN(10) == 0
		matched := slices.ContainsFunc(strings.Fields(*only), func(pattern string) bool {
			ok, _ := path.Match(escaped(pattern), escaped(m.ID))
			return ok
		})
		if (*only != "" && matched) || (*only == "" && (*every || *show || rolled)) {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// The record has the present mutants, and each reason explains a mutant that survives. Each cause
// that a verdict names is true, and at most one verdict in twenty names no cause.
func TestRecord(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range recorded(t, root, lessons) {
		t.Run(l.Slug, func(t *testing.T) {
			dir := filepath.Join(root, "testdata", l.Slug)
			all, err := Make(root, l)
			require.NoError(t, err)
			ids := make([]string, 0, len(all))
			for _, m := range all {
				ids = append(ids, m.ID)
			}
			slices.Sort(ids)
			known, err := ReadRecord(RecordFile(dir))
			require.NoError(t, err)
			require.Equal(t, ids, slices.Sorted(maps.Keys(known)), "make mutants")
			reasons, err := ReadReasons(dir)
			require.NoError(t, err)
			causes, err := ReadCauses(dir)
			require.NoError(t, err)
			used := map[Note]bool{}
			named, silent := 0, 0
			for id, o := range known {
				if !o.Refused() {
					reason, ok := FindNote(reasons, id)
					used[reason] = true
					if !ok {
						t.Errorf("%s survives, and equivalent.txt has no reason", id)
					}
					continue
				}
				cause, ok := FindNote(causes, id)
				used[cause] = true
				switch {
				case o.Cause == "":
					silent++
				case !ok:
					t.Errorf("%s: the verdict names %s, and causes.txt does not say what is true", id, o.Cause)
				case !slices.Contains(strings.Fields(cause.Words), o.Cause):
					t.Errorf("%s: the verdict names %s, and the true cause is %s", id, o.Cause, cause.Words)
				default:
					named++
				}
			}
			t.Logf("%d mutants: %d refused with a true cause, %d without a cause", len(known), named, silent)
			require.LessOrEqual(t, silent*20, named+silent, "refused mutants without a cause")
			for _, n := range slices.Concat(reasons, causes) {
				require.True(t, used[n], "no mutant needs the line %s %s", n.Pattern, n.Words)
			}
		})
	}
}

// grader lets the checks of one lesson judge its mutants.
type grader struct {
	root   string
	lesson course.Lesson
	lanes  *answers.Lanes
	known  Record

	keys     atomic.Int64
	mu       sync.Mutex
	made     Record
	progress *os.File // the results so far, for a later run that continues this one
}

// isRecord reports whether the file only records results, and so cannot change the result of a
// check.
func isRecord(file string) bool {
	return answers.IsInstalled(file) || file == "mutants.txt" || file == "equivalent.txt" || file == "causes.txt"
}

// resume reads the results of an earlier, unfinished run, if no source has changed since then.
func (g *grader) resume() error {
	sum, err := files.HashTrees(g.root, isRecord, "lessons/shop", "solutions/"+g.lesson.Slug, "testdata/"+g.lesson.Slug, "tools")
	if err != nil {
		return err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, "restate-workbook", "mutants")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	file := filepath.Join(dir, g.lesson.Slug+"-"+sum[:16])
	if g.made, err = ReadRecord(file); err != nil {
		return err
	}
	g.progress, err = os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	return err
}

// judgeAll judges mutants that are in one binary, two at a time.
func (g *grader) judgeAll(t *testing.T, part []Mutant) {
	variants := make([]course.Answer, 0, len(part))
	for _, m := range part {
		variants = append(variants, course.Answer{Name: m.ID, Files: m.Files})
	}
	binary, err := answers.Build(g.root, g.lesson, variants, t.TempDir())
	require.NoError(t, err)
	j := &answers.Judge{Root: g.root, Lesson: g.lesson, Binary: binary, Lanes: g.lanes}
	var wait sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wait.Go(func() {
			for i := range next {
				g.judge(t, j, part[i])
			}
		})
	}
	for i := range part {
		next <- i
	}
	close(next)
	wait.Wait()
}

func (g *grader) judge(t *testing.T, j *answers.Judge, m Mutant) {
	r, err := g.check(j, m)
	if err != nil {
		t.Errorf("%s: %v", m.ID, err)
		return
	}
	var o Outcome
	if r.Word == result.Setup || r.Word == result.Broken {
		t.Errorf("%s: the check could not judge:\n%s", m.ID, r.Text())
		return
	}
	if task, ok := r.Refused(); ok && task.Red != nil {
		o = Outcome{Script: strings.TrimSuffix(filepath.Base(task.Red.Script), ".txtar"), Cause: task.Red.Cause}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.made[m.ID] = o
	if g.progress != nil {
		fmt.Fprintf(g.progress, "%s %s\n", m.ID, o)
	}
	if testing.Verbose() {
		t.Logf("%s %s", m.ID, o)
	}
}

// newKey returns a key that no other check has. A server keeps the orders of all checks that have
// used it.
func (g *grader) newKey() string { return fmt.Sprint("m", g.keys.Add(1)) }

// isLearners reports whether the script judges a learner's answer.
func isLearners(script string) bool { return learners.MatchString(filepath.Base(script)) }

var learners = regexp.MustCompile(answers.LearnerScripts)

// check returns what the checks find, as far as a learner's verdict shows that in full. The scripts
// of tasks after the first refused task do not run. For a known mutant, only the script that
// refused it runs. The other scripts run if that script now accepts the mutant. For a mutant that
// is known to survive, all scripts run at once, because no script is expected to refuse it.
func (g *grader) check(j *answers.Judge, m Mutant) (r result.Result, err error) {
	known, isKnown := g.known[m.ID]
	if !*every && isKnown && !known.Refused() {
		return j.Run(m.ID, answers.LearnerScripts, g.newKey(), false)
	}
	if !*every && known.Refused() {
		r, err := j.Run(m.ID, "^"+known.Script+"$", g.newKey(), false)
		// One script alone accepts a constant key, since such a key only collides with the requests
		// of other scripts.
		if _, refused := r.Refused(); err != nil || refused {
			return r, err
		}
	}
	quick := *j
	quick.NoReplay = true
	for _, task := range g.lesson.Tasks {
		if !slices.ContainsFunc(course.Glob(filepath.Join(g.root, "testdata", g.lesson.Slug), task.ID+"_*.txtar"), isLearners) {
			continue
		}
		r, err := quick.Run(m.ID, "^"+regexp.QuoteMeta(task.ID)+answers.LearnerScripts, g.newKey(), false)
		if _, refused := r.Refused(); err != nil || refused {
			return r, err
		}
	}
	return j.Run(m.ID, answers.LearnerScripts, g.newKey(), false)
}
