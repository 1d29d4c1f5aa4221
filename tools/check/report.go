package check

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
)

// report collects the records of a lesson's run and judges them.
type report struct {
	lesson  Lesson
	info    course.Lesson
	root    string // the module's root
	tree    string // lessons, solutions or work
	scripts scripts
	world   *world
	setup   error // this machine cannot run checks
	ours    error // we cannot
	replay  *result.Replay
	death   string // all that the program said, when it died by itself

	neverServed bool // the program did not come up at all

	checksOf map[string]int // how many there are for a task, also those that -run leaves out

	mu      sync.Mutex
	records []*record
}

// scripts are a lesson's check scripts, by how they can run.
type scripts struct {
	together []string
	crash    []string // they kill the program, all at once
	alone    []string // they kill it at a place of their own, one by one
}

// pass is one round over the scripts.
type pass string

const (
	passNormal pass = ""
	passReplay pass = "replay"
)

// locate returns the module's root, and the lesson and the tree in whose
// folder the test runs.
func locate() (root string, l course.Lesson, tree string, err error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", l, "", err
	}
	if root, err = course.Root(dir); err != nil {
		return "", l, "", err
	}
	l, tree, err = course.At(root, dir)
	return root, l, tree, err
}

func newReport(l Lesson) (*report, error) {
	root, info, tree, err := locate()
	if err != nil {
		return nil, err
	}
	r := &report{lesson: l, info: info, root: root, tree: tree, checksOf: map[string]int{}}
	all := course.Glob(filepath.Join(root, "testdata", info.Slug), "*.txtar")
	if len(all) == 0 {
		return nil, fmt.Errorf("testdata/%s has no check scripts", info.Slug)
	}
	for _, f := range all {
		if c := category(f); c != "story" && (c != "deep" || tree == "solutions") {
			r.checksOf[taskOf(f)]++
		}
		if !wanted(scriptName(f)) {
			continue
		}
		switch category(f) {
		case "crash":
			if countCrashes(f).alone {
				r.scripts.alone = append(r.scripts.alone, f)
			} else {
				r.scripts.crash = append(r.scripts.crash, f)
			}
		case "story":
		case "deep":
			if tree == "solutions" {
				r.scripts.alone = append(r.scripts.alone, f)
			}
		default:
			r.scripts.together = append(r.scripts.together, f)
		}
	}
	// What ends the program goes last: then it need not be started again.
	slices.SortStableFunc(r.scripts.alone, func(a, b string) int {
		return cmp.Compare(last(a), last(b))
	})
	return r, nil
}

// wanted says whether -run leaves a script in, so that nothing is made ready
// for one that it leaves out.
func wanted(script string) bool {
	f := flag.Lookup("test.run")
	if f == nil {
		return true
	}
	parts := strings.Split(f.Value.String(), "/")
	if len(parts) < 3 {
		return true
	}
	re, err := regexp.Compile(parts[2])
	return err != nil || re.MatchString(script)
}

// last is 1 for a script that ends the program, and 0 for others.
func last(file string) int {
	if countCrashes(file).ends {
		return 1
	}
	return 0
}

// category is the second part of a script's name, N.M_category_detail.txtar.
func category(file string) string {
	parts := strings.SplitN(scriptName(file), "_", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

func scriptName(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".txtar")
}

func (s scripts) count() int { return len(s.together) + len(s.crash) + len(s.alone) }

// replayable leaves out what names itself as counting attempts, and what
// needs no program at all.
func (s scripts) replayable() []string {
	return slices.DeleteFunc(slices.Clone(s.together), func(f string) bool {
		c := category(f)
		return c == "count" || c == "predict" || c == "quiz"
	})
}

func (r *report) record(script string, p pass) *record {
	rec := &record{script: script, task: taskOf(script), pass: p}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, rec)
	return rec
}

// expectsRed is so in lessons/: a stub is right when it is red.
func (r *report) expectsRed() bool { return r.tree == "lessons" }

func (r *report) fail(t *testing.T) { t.Fail() }

func (r *report) broken(err error) { r.ours = errors.Join(r.ours, err) }

// verdict of one task.
type verdict struct {
	task   course.Task
	checks int
	of     int     // checks that there are
	red    *record // the first that failed, in the order of the names
}

// part: nothing is red, and not every check has run.
func (v verdict) part() bool { return v.red == nil && v.checks < v.of }

// tasks judges each task of the lesson that a script ran for.
func (r *report) tasks() []verdict {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []verdict
	for _, t := range r.info.Tasks {
		v := verdict{task: t, of: r.checksOf[t.ID]}
		for _, rec := range r.records {
			if rec.task != t.ID {
				continue
			}
			if rec.pass == passNormal {
				v.checks++
			}
			if !rec.ok() && (v.red == nil || r.before(rec, v.red)) {
				v.red = rec
			}
		}
		if v.checks > 0 {
			all = append(all, v)
		}
	}
	return all
}

// before: a failure of its own is shown before a bystander's, and a normal
// run's before a replay's of the same task.
func (r *report) before(a, b *record) bool {
	if x, y := r.bystander(a), r.bystander(b); x != y {
		return y
	}
	if a.pass != b.pass {
		return a.pass == passNormal
	}
	return a.script < b.script
}

func (r *report) allGreen() bool {
	for _, v := range r.tasks() {
		if v.red != nil {
			return false
		}
	}
	return r.ours == nil && r.setup == nil
}

// undecided are the scripts that can still change the verdict: of a task that is red
// the first red script is shown, and nothing of those behind it.
func (r *report) undecided(scripts []string) []string {
	if os.Getenv(setting.EveryScript) != "" {
		return scripts
	}
	shown := map[string]string{}
	for _, v := range r.tasks() {
		if v.red != nil && !r.bystander(v.red) {
			shown[v.task.ID] = v.red.script
		}
	}
	return slices.DeleteFunc(slices.Clone(scripts), func(f string) bool {
		red, ok := shown[taskOf(f)]
		return ok && red < scriptName(f)
	})
}

// asExpected: in lessons/, that every task is red, and red for the learner's
// sake; elsewhere, that none is.
func (r *report) asExpected() bool {
	if r.setup != nil || r.ours != nil {
		return false
	}
	if !r.expectsRed() {
		return r.allGreen()
	}
	ran := r.tasks()
	for _, v := range ran {
		if v.red == nil || !v.red.red() {
			return false
		}
	}
	return len(ran) > 0 && r.unpromised() == nil
}

func (r *report) replayed(streams, invocations int) {
	ran := 0
	for _, rec := range r.records {
		if rec.pass == passReplay {
			ran++
		}
	}
	if ran == 0 {
		return
	}
	left := r.scripts.count() - len(r.scripts.replayable())
	r.replay = &result.Replay{Checks: ran, Attempts: streams, Invocations: invocations, LeftOut: left}
	if streams <= invocations {
		r.broken(fmt.Errorf("the replay run replayed nothing: %d attempts of %d invocations", streams, invocations))
	}
}

func replaySummary(r result.Replay) string {
	return fmt.Sprintf("replay: %d checks once more, every step replayed from the journal (%d attempts of %d invocations); %d that crash, count or ask are not replayed", r.Checks, r.Attempts, r.Invocations, r.LeftOut)
}

func (r *report) rel(file string) string {
	if rel, err := filepath.Rel(r.root, file); err == nil {
		return filepath.ToSlash(rel)
	}
	return file
}

func (r *report) dir() string { return r.info.Dir(r.root, r.tree) }

// nothingRan is so when -run left no script to run: not a pass.
func (r *report) nothingRan() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.records) == 0 && r.setup == nil && r.ours == nil
}
