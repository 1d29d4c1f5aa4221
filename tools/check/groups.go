package check

import (
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
	alone    []string // they run one by one, and each kills the program at its own place

	plans map[string]script.Plan // by the files of the scripts
}

// add adds a script to the group in which it can run.
func (s *scripts) add(f string) {
	switch c := record.Category(f); {
	case c == "deep", c == "crash" && s.plans[f].Alone:
		s.alone = append(s.alone, f)
	case c == "crash":
		s.crash = append(s.crash, f)
	default:
		s.together = append(s.together, f)
	}
}

// count returns how many scripts there are.
func (s scripts) count() int { return len(s.together) + len(s.crash) + len(s.alone) }

// replays returns the scripts that run a second time with every step replayed. Scripts
// that count attempts, or need no program, do not.
func (s scripts) replays() []string {
	return slices.DeleteFunc(slices.Clone(s.together), func(f string) bool {
		c := record.Category(f)
		return c == "count" || c == "predict" || c == "quiz"
	})
}

// isWanted reports whether the flag -run includes a script, so that nothing is prepared
// for the other scripts.
func isWanted(script string) bool {
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

// findScripts finds the lesson's scripts, reads the plan of each, and counts the scripts
// of each task.
func findScripts(r *verdict.Report, words script.Table) (s scripts, err error) {
	s.plans = map[string]script.Plan{}
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
		if isWanted(record.ScriptName(f)) {
			s.plans[f] = script.ReadPlan(f, words)
			s.add(f)
		}
	}
	// Scripts that end the program go last, so that nobody has to start it again.
	slices.SortStableFunc(s.alone, func(a, b string) int {
		switch first, second := s.plans[a].Ends, s.plans[b].Ends; {
		case first == second:
			return 0
		case first:
			return 1
		}
		return -1
	})
	return s, nil
}

// standbys returns how many standbys these scripts need, and the settings of the other
// programs that they start.
func (s scripts) standbys(crash, alone []string) (n int, settings []string) {
	for _, f := range crash {
		n = max(n, s.plans[f].Standbys)
	}
	for _, f := range alone {
		n += s.plans[f].Standbys
		settings = append(settings, s.plans[f].Settings...)
	}
	return n, settings
}

// killServer reports whether one of these scripts kills the server.
func (s scripts) killServer(files []string) bool {
	return slices.ContainsFunc(files, func(f string) bool { return s.plans[f].KillsServer })
}
