package check

import (
	"cmp"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/verdict"
	"example.com/workbook/tools/course"
)

// scripts are a lesson's check scripts, by how they can run.
type scripts struct {
	together []string
	crash    []string // they kill the program, all at once
	alone    []string // they kill it at a place of their own, one by one
}

// add puts a script into the group that it can run in.
func (s *scripts) add(f string) {
	switch c := record.Category(f); {
	case c == "deep", c == "crash" && script.ReadPlan(f).Alone:
		s.alone = append(s.alone, f)
	case c == "crash":
		s.crash = append(s.crash, f)
	default:
		s.together = append(s.together, f)
	}
}

func (s scripts) count() int { return len(s.together) + len(s.crash) + len(s.alone) }

// replayable leaves out what names itself as counting attempts, and what
// needs no program at all.
func (s scripts) replayable() []string {
	return slices.DeleteFunc(slices.Clone(s.together), func(f string) bool {
		c := record.Category(f)
		return c == "count" || c == "predict" || c == "quiz"
	})
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
	if script.ReadPlan(file).Ends {
		return 1
	}
	return 0
}

// findScripts finds the lesson's scripts, and counts those of each task.
func findScripts(r *verdict.Report) (s scripts, err error) {
	all := course.Glob(filepath.Join(r.Root, "testdata", r.Lesson.Slug), "*.txtar")
	if len(all) == 0 {
		return s, fmt.Errorf("testdata/%s has no check scripts", r.Lesson.Slug)
	}
	for _, f := range all {
		c := record.Category(f)
		if c == "story" || c == "deep" && r.Tree != "solutions" {
			continue
		}
		r.ChecksOf[record.TaskOf(f)]++
		if wanted(record.ScriptName(f)) {
			s.add(f)
		}
	}
	// What ends the program goes last: then it need not be started again.
	slices.SortStableFunc(s.alone, func(a, b string) int {
		return cmp.Compare(last(a), last(b))
	})
	return s, nil
}

// standbys returns how many programs these scripts put in the place of the one that
// runs, and the settings that they start others with.
func standbys(crash, alone []string) (n int, settings []string) {
	for _, f := range crash {
		n = max(n, script.ReadPlan(f).Standbys)
	}
	for _, f := range alone {
		c := script.ReadPlan(f)
		n += c.Standbys
		settings = append(settings, c.Settings...)
	}
	return n, settings
}
