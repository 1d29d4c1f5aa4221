// Package verdict judges the records of a lesson's run, and prints the verdict.
package verdict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/vet"
)

// Report collects the records of a lesson's run and judges them.
type Report struct {
	Lesson   course.Lesson
	Root     string // the module's root
	Tree     string // lessons, solutions or work
	Checks   string // in work/, the hash of the scripts that judge
	Setup    error  // this machine cannot run checks
	internal error  // the workbook itself is at fault
	replay   *result.Replay
	Trace    string // all that the program printed, when it died by itself

	Findings []vet.Finding // what the analyzers say about the code, the most important first

	output string // where to read what the program printed, in words

	NeverServed bool // the program did not start to serve

	ChecksOf map[string]int // number of checks of a task, with the checks that -run leaves out

	mu      sync.Mutex
	Records []*record.Record
}

// findLesson returns the module's root, and the lesson and the tree in whose
// folder the test runs.
func findLesson() (root string, l course.Lesson, tree string, err error) {
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

// New makes the report of the lesson in whose folder the test runs.
func New() (*Report, error) {
	root, info, tree, err := findLesson()
	return &Report{Lesson: info, Root: root, Tree: tree, ChecksOf: map[string]int{}}, err
}

// AddRecord returns a new record of a script's run.
func (r *Report) AddRecord(script string, p record.Pass) *record.Record {
	rec := &record.Record{Script: script, Task: record.TaskOf(script), Pass: p}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Records = append(r.Records, rec)
	return rec
}

// ExpectsRed reports whether the run is in lessons/: a stub is right when it is red.
func (r *Report) ExpectsRed() bool { return r.Tree == "lessons" }

// AddBroken records a fault in the workbook.
func (r *Report) AddBroken(err error) { r.internal = errors.Join(r.internal, err) }

// taskVerdict sums up the records of one task.
type taskVerdict struct {
	task   course.Task
	checks int
	of     int            // how many checks the task has
	red    *record.Record // the first that failed, in the order of the names
}

// isPartial reports whether nothing is red, and not every check has run.
func (v taskVerdict) isPartial() bool { return v.red == nil && v.checks < v.of }

// tasks sums up each task of the lesson for which a script ran.
func (r *Report) tasks() []taskVerdict {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []taskVerdict
	for _, t := range r.Lesson.Tasks {
		v := taskVerdict{task: t, of: r.ChecksOf[t.ID]}
		for _, rec := range r.Records {
			if rec.Task != t.ID {
				continue
			}
			if rec.Pass == record.Normal {
				v.checks++
			}
			if !rec.IsGreen() && (v.red == nil || r.isShownBefore(rec, v.red)) {
				v.red = rec
			}
		}
		if v.checks > 0 {
			all = append(all, v)
		}
	}
	return all
}

// isShownBefore reports whether the verdict shows failure a in place of b. A bystander
// comes after other failures, and a replay after the normal run of the same task.
func (r *Report) isShownBefore(a, b *record.Record) bool {
	if x, y := r.isBystander(a), r.isBystander(b); x != y {
		return y
	}
	if a.Pass != b.Pass {
		return a.Pass == record.Normal
	}
	return a.Script < b.Script
}

// IsGreen reports whether no check of a task is red, and nothing is broken.
func (r *Report) IsGreen() bool {
	for _, v := range r.tasks() {
		if v.red != nil {
			return false
		}
	}
	return r.internal == nil && r.Setup == nil
}

// Undecided returns the scripts that can still change the verdict. The verdict shows only
// the first failed script of a task, so later scripts of that task change nothing.
func (r *Report) Undecided(scripts []string) []string {
	if os.Getenv(setting.EveryScript) != "" {
		return scripts
	}
	shown := map[string]string{}
	for _, v := range r.tasks() {
		if v.red != nil && !r.isBystander(v.red) {
			shown[v.task.ID] = v.red.Script
		}
	}
	return slices.DeleteFunc(slices.Clone(scripts), func(f string) bool {
		red, ok := shown[record.TaskOf(f)]
		return ok && red < record.ScriptName(f)
	})
}

// IsAsExpected reports whether the run is as expected. In lessons/ every task must be red
// because of the learner's code, in the words of stub.txt; elsewhere no task may be red.
func (r *Report) IsAsExpected() bool {
	if r.Setup != nil || r.internal != nil {
		return false
	}
	if !r.ExpectsRed() {
		return r.IsGreen()
	}
	ran := r.tasks()
	for _, v := range ran {
		if v.red == nil || !v.red.IsRed() {
			return false
		}
	}
	return len(ran) > 0 && r.checkStubFile() == nil
}

// NoteReplay records how many attempts and invocations the replay run had, and how many
// scripts it left out.
func (r *Report) NoteReplay(streams, invocations, left int) {
	ran := 0
	for _, rec := range r.Records {
		if rec.Pass == record.Replay {
			ran++
		}
	}
	if ran == 0 {
		return
	}
	r.replay = &result.Replay{Checks: ran, Attempts: streams, Invocations: invocations, LeftOut: left}
	if streams <= invocations {
		r.AddBroken(fmt.Errorf("the second run replayed no step: %d attempts of %d invocations", streams, invocations))
	}
}

func replaySummary(r result.Replay) string {
	return fmt.Sprintf("replay: %s ran again, with every step replayed from the journal (%d attempts of %d invocations); %s without a replay: they crash the program, count attempts or ask questions", course.Count(r.Checks, "check"), r.Attempts, r.Invocations, course.Count(r.LeftOut, "check"))
}

// Rel returns a file's path from the root, with slashes.
func (r *Report) Rel(file string) string {
	if rel, err := filepath.Rel(r.Root, file); err == nil {
		return filepath.ToSlash(rel)
	}
	return file
}

// Dir returns the folder of the lesson that is checked.
func (r *Report) Dir() string { return r.Lesson.Dir(r.Root, r.Tree) }

// sourceDir returns the folder with the source of the program under check.
func (r *Report) sourceDir() string { return cmp.Or(os.Getenv(setting.Source), r.Dir()) }

// Analyze runs the analyzers on the lesson's code. A program that compiles and that the
// analyzers cannot read is no fault of the learner; then there are no findings. The end of
// the context ends go list, which runs only if its answer is not remembered.
func (r *Report) Analyze(ctx context.Context, cache string) ([]vet.Finding, error) {
	path := course.Module + "/" + r.Tree + "/" + r.Lesson.Slug
	return vet.Folder{Root: r.Root, Dir: r.sourceDir(), Path: path, Cache: cache}.Check(ctx)
}

// RanNothing reports whether -run left no script to run. Such a run does not pass.
func (r *Report) RanNothing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.Records) == 0 && r.Setup == nil && r.internal == nil
}
