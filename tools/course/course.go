// Package course reads the workbook's lessons. Each fact stands in one place: the titles
// of a lesson and of its tasks are the headings of its README in lessons/, its hints are
// in hints.md beside it, and what else the tools have to know is in the front matter of
// its NOTES.md. No program knows a lesson by its number, its slug or its title.
package course

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"example.com/workbook/tools/hint"
)

// Module is the module's path. A copy of the workbook may have one of its own.
var Module = strings.TrimSuffix(reflect.TypeFor[Lesson]().PkgPath(), "/tools/course")

// Lesson is one lesson of the course.
type Lesson struct {
	N     int    // 1 for the first
	Slug  string // the folder's name: 01-concepts
	Title string
	Tasks []Task // in the order of the text

	SQLite bool  // its program keeps rows, and building it takes a C compiler
	Shop   *Shop // nil unless its program is the shop
}

// Task is one thing to do, with a check of its own.
type Task struct {
	ID    string // 1.2
	Title string
	Extra bool // left out of the one-day plan

	Form    Form
	Lessons []int // those that a drill depends on
}

// Form is what a task asks for.
type Form string

// The forms of a task.
const (
	Code    Form = ""        // code, as most do
	Predict Form = "predict" // a guess before something is run
	Quiz    Form = "quiz"    // answers
	Drill   Form = "drill"   // nothing new: code of earlier lessons has to be right
)

// Shop is what the tools have to know of the lesson whose program is the shop.
type Shop struct {
	Compose string    // the task that makes the learner's program a shop
	Naive   AnswerRef // the wrong answer that the naive program is made of
	Second  AnswerRef // the change that version 2 of the reference is made of
}

// AnswerRef names an answer to a lesson, or a change of its solution.
type AnswerRef struct {
	Lesson int
	Answer string
}

// First returns the first lesson.
func First(root string) (Lesson, error) {
	return findOne(root, "there is no lesson", func(Lesson) bool { return true })
}

// FindShop returns the lesson whose program is the shop.
func FindShop(root string) (Lesson, error) {
	return findOne(root, "no lesson's NOTES.md has a shop", func(l Lesson) bool { return l.Shop != nil })
}

// FirstWithSQLite returns the first lesson whose program needs SQLite.
func FirstWithSQLite(root string) (Lesson, error) {
	return findOne(root, "no lesson's NOTES.md has sqlite: true", func(l Lesson) bool { return l.SQLite })
}

func findOne(root, otherwise string, is func(Lesson) bool) (Lesson, error) {
	all, err := Lessons(root)
	if err != nil {
		return Lesson{}, err
	}
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return Lesson{}, hint.New(hint.Broken, "", "%s", otherwise)
	}
	return all[i], nil
}

// Root returns the module's root folder. It searches from dir upwards.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if m, err := ReadModule(d); err == nil && m.Module != nil && m.Module.Mod.Path == Module {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", hint.New(hint.Usage, "change to the folder that you cloned the workbook into", "%s is not inside the workbook", dir)
		}
	}
}

// ReadModule reads the go.mod in a folder.
func ReadModule(dir string) (*modfile.File, error) {
	name := filepath.Join(dir, "go.mod")
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.ParseLax(name, b, nil)
}

// Lessons returns all lessons in order.
func Lessons(root string) ([]Lesson, error) {
	entries, err := os.ReadDir(filepath.Join(root, "lessons"))
	if err != nil {
		return nil, err
	}
	var all []Lesson
	for _, e := range entries {
		if !isSlug(e.Name()) {
			continue
		}
		l, err := readLesson(root, e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// Find returns the lesson with number n.
func Find(root string, n int) (Lesson, error) {
	all, err := Lessons(root)
	if err != nil {
		return Lesson{}, err
	}
	for _, l := range all {
		if l.N == n {
			return l, nil
		}
	}
	return Lesson{}, hint.New(hint.Usage, fmt.Sprintf("lessons are %s: make lesson 1", numbers(all)), "there is no lesson %d", n)
}

// Next returns the lesson that follows l in the course, if there is one.
func Next(root string, l Lesson) (next Lesson, found bool) {
	all, err := Lessons(root)
	if err != nil {
		return Lesson{}, false
	}
	i := slices.IndexFunc(all, func(other Lesson) bool { return other.N > l.N })
	if i < 0 {
		return Lesson{}, false
	}
	return all[i], true
}

// numbers formats the lessons' numbers: 1 to 6, or each where some are missing.
func numbers(lessons []Lesson) string {
	var all []string
	for _, l := range lessons {
		all = append(all, strconv.Itoa(l.N))
	}
	if n := len(lessons); n > 2 && lessons[n-1].N-lessons[0].N == n-1 {
		return all[0] + " to " + all[n-1]
	}
	return strings.Join(all, ", ")
}

// At returns the lesson whose folder contains dir, and the name of its tree: lessons,
// solutions or work.
func At(root, dir string) (l Lesson, tree string, err error) {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return Lesson{}, "", err
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	if len(parts) < 2 || !isSlug(parts[1]) {
		return Lesson{}, "", hint.New(hint.Usage, "name it, make check 1, or go to its folder in work/", "which lesson? %s is not the folder of a lesson", dir)
	}
	l, err = readLesson(root, parts[1])
	return l, parts[0], err
}

// Task returns the task with that id.
func (l Lesson) Task(id string) (Task, bool) {
	for _, t := range l.Tasks {
		if t.ID == id {
			return t, true
		}
	}
	return Task{}, false
}

// KeptBack reports whether a file of a lesson's folder is left out of the learner's
// copy. Hints are shown one by one, notes and slides are for the instructor.
func KeptBack(name string) bool { return name == "hints.md" || name == NotesName || name == SlidesName }

// SlidesName is the name of the file with a lesson's slides.
const SlidesName = "SLIDES.md"

// Dir returns the lesson's folder in one of the three trees.
func (l Lesson) Dir(root, tree string) string { return filepath.Join(root, tree, l.Slug) }

func isSlug(name string) bool {
	return len(name) > 3 && name[2] == '-' && '0' <= name[0] && name[0] <= '9' && '0' <= name[1] && name[1] <= '9'
}

var taskHeading = regexp.MustCompile(`^## (\d+\.\d+) (.+?)( \(extra\))?$`)

func readLesson(root, slug string) (Lesson, error) {
	l := Lesson{Slug: slug}
	l.N, _ = strconv.Atoi(slug[:2])
	b, err := os.ReadFile(filepath.Join(root, "lessons", slug, "README.md"))
	if err != nil {
		return l, err
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		line := lines.Text()
		if title, ok := strings.CutPrefix(line, "# "); ok && l.Title == "" {
			l.Title = title
		}
		if m := taskHeading.FindStringSubmatch(line); m != nil {
			l.Tasks = append(l.Tasks, Task{ID: m[1], Title: m[2], Extra: m[3] != ""})
		}
	}
	if err := lines.Err(); err != nil {
		return l, err
	}
	return l, l.readFacts(root)
}

// readFacts fills in what the lesson's notes state. A lesson without notes has code to
// write and nothing special.
func (l *Lesson) readFacts(root string) error {
	n, err := ReadNotes(root, *l)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	l.SQLite, l.Shop = n.SQLite, n.Shop
	for i, t := range l.Tasks {
		e := n.Tasks[t.ID]
		if !slices.Contains([]Form{Code, Predict, Quiz, Drill}, e.Form) {
			return fmt.Errorf("lessons/%s/%s: task %s has the form %q, which is none of predict, quiz, drill", l.Slug, NotesName, t.ID, e.Form)
		}
		l.Tasks[i].Form, l.Tasks[i].Lessons = e.Form, e.Lessons
	}
	return nil
}
