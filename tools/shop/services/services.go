// Package services writes services.go of the shop's lesson, the one file of a learner's that
// the tool rewrites. The file names the package that each of the shop's services comes from.
//
// The learner's package is taken when none of its tasks is open, extras and quizzes not
// counted. A task is open if the package has a comment that begins with TODO and the task's
// id, or a call of todo.Task with that id. Otherwise the reference's package is taken.
//
// A handler that is not written yet ends by returning todo.Task. The shop may need it, as it
// needs Payment's Refund, an extra. So that one handler comes from the reference, and the others stay
// the learner's.
package services

import (
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/progress"
)

// FileName is the name of the file in the folder of the shop's lesson.
const FileName = "services.go"

var (
	serviceImport = regexp.MustCompile(`(?m)^\t"` + course.Module + `/solutions/([^/"]+)/([^"]+)".*$`)
	serviceType   = regexp.MustCompile(`(?m)^\t(\w+)( +)= (\w+)\.\w+$`)
)

// File returns the file as it should be now: the solution's own, with the learner's
// package in the place of each that is there and done.
func File(root string) ([]byte, error) {
	shop, err := course.FindShop(root)
	if err != nil {
		return nil, err
	}
	src, err := os.ReadFile(filepath.Join(shop.Dir(root, "solutions"), FileName))
	if err != nil {
		return nil, err
	}
	types := map[string]string{} // by package
	for _, m := range serviceType.FindAllSubmatch(src, -1) {
		types[string(m[3])] = string(m[1])
	}
	var mixed []mix
	src = serviceImport.ReplaceAllFunc(src, func(line []byte) []byte {
		m := serviceImport.FindSubmatch(line)
		s := service{root: root, lesson: string(m[1]), pkg: string(m[2])}
		s.name = types[s.pkg]
		c := s.choose()
		if c.mix != nil {
			mixed = append(mixed, *c.mix)
		}
		return fmt.Appendf(nil, "\t\"%s/%s\" // %s", course.Module, c.path, c.why)
	})
	return format.Source([]byte(addMixed(string(src), mixed)))
}

// service is one service of the shop, and the package that has it.
type service struct{ root, lesson, pkg, name string }

func (s service) reference() string { return "solutions/" + s.lesson + "/" + s.pkg }

func (s service) yours() string { return "work/" + s.lesson + "/" + s.pkg }

// choice is the package to take for a service, and why.
type choice struct {
	path, why string
	mix       *mix // nil unless some handlers come from the reference
}

func (s service) choose() choice {
	reference := func(why string) choice { return choice{path: s.reference(), why: "the reference: " + why} }
	open, err := s.openTasks()
	if err != nil {
		return reference(s.yours() + " is not there")
	}
	for _, task := range open {
		if !task.passed {
			return reference("TODO " + task.id + " is left in " + s.yours())
		}
	}
	if _, err := os.Lstat(filepath.Join(s.root, "work", s.lesson, progress.GivenName)); err == nil {
		return choice{path: s.yours(), why: "the reference solution, given in " + s.yours()}
	}
	if len(open) == 0 {
		return choice{path: s.yours(), why: "yours"}
	}
	m, err := newMix(s)
	switch {
	case err != nil: // its types cannot be named from here
		return reference("TODO " + open[0].id + " is left in " + s.yours())
	case m == nil:
		return choice{path: s.yours(), why: "yours"}
	}
	return choice{path: s.yours(), why: "yours, " + m.difference(), mix: m}
}

// openTask is a task with a TODO left in a package.
type openTask struct {
	id     string
	passed bool // an extra or a quiz, which does not count
}

var todoLeft = regexp.MustCompile(`(?m)^(?:\s*// TODO |[^/\n]*\btodo\.Task\(")(\d+\.\d+)\b`)

// openTasks returns the tasks that are open in the learner's package.
func (s service) openTasks() (open []openTask, err error) {
	files := packageFiles(s.root, s.yours())
	if len(files) == 0 {
		return nil, fs.ErrNotExist
	}
	passed, err := s.tasksThatDoNotCount()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		for _, m := range todoLeft.FindAllSubmatch(src, -1) {
			id := string(m[1])
			open = append(open, openTask{id, passed[id]})
		}
	}
	return open, nil
}

// packageFiles returns the Go files of a package, without its tests. dir is relative to root.
func packageFiles(root, dir string) []string {
	dir = filepath.Join(root, filepath.FromSlash(dir))
	return slices.DeleteFunc(course.GoFiles(dir), func(file string) bool {
		return filepath.Dir(file) != dir || strings.HasSuffix(file, "_test.go")
	})
}

// tasksThatDoNotCount returns the extras and quizzes of the service's lesson, by id.
func (s service) tasksThatDoNotCount() (map[string]bool, error) {
	lessons, err := course.Lessons(s.root)
	passed := map[string]bool{}
	for _, l := range lessons {
		for _, t := range l.Tasks {
			passed[t.ID] = l.Slug == s.lesson && (t.Extra || t.Form == course.Quiz)
		}
	}
	return passed, err
}

var origin = regexp.MustCompile(`(?m)^\t"[^"]*/([^/"]+)"\s+// (.*)$`)

// Origins returns a line for each service in such a file: its package, and whose it
// is.
func Origins(file []byte) (lines []string) {
	for _, m := range origin.FindAllSubmatch(file, -1) {
		lines = append(lines, fmt.Sprintf("%-9s %s", m[1], strings.TrimSpace(string(m[2]))))
	}
	return lines
}
