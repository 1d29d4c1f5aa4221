package slides

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/agenda"
)

// source is a slide as it stands in its file.
type source struct {
	Slide
	file  string
	tasks []string
	plans []string
	items []string // of "How it goes", by their numbers
	at    string   // in the course's own file: opening, closing
}

// isIn reports whether a plan contains the slide.
func (s source) isIn(plan string) bool { return len(s.plans) == 0 || slices.Contains(s.plans, plan) }

// readSources returns the slides of a file, in order.
func readSources(root, file string) (all []source, err error) {
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return nil, err
	}
	for _, part := range strings.Split("\n"+string(text), "\n## ")[1:] {
		s, err := parseSlide(file, part)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

var (
	setting = regexp.MustCompile(`^(tasks|plans|notes|at): (.+)$`)
	more    = regexp.MustCompile("(?m)^(```|\\||- |[0-9]+\\. )")
	written = regexp.MustCompile("(?m)(?:^<!-- snippet \\S+ -->\n)?^```go$")
)

// parseSlide parses a slide from after its heading mark.
func parseSlide(file, part string) (source, error) {
	title, rest, _ := strings.Cut(part, "\n")
	s := source{file: file}
	lines := strings.Split(strings.TrimLeft(rest, "\n"), "\n")
	for len(lines) > 0 && setting.MatchString(lines[0]) {
		m := setting.FindStringSubmatch(lines[0])
		s.setOption(m[1], strings.Fields(m[2]))
		lines = lines[1:]
	}
	shown, notes, _ := strings.Cut("\n"+strings.Join(lines, "\n"), "\nNotes:")
	shown = strings.TrimSpace(shown)
	s.Text = "## " + title + "\n\n" + shown
	if !more.MatchString(shown) && len(strings.Fields(shown)) < 40 {
		s.Kind = "question"
	}
	s.Notes = strings.TrimSpace(notes)
	return s, s.validate(title)
}

func (s *source) setOption(name string, words []string) {
	switch name {
	case "tasks":
		s.tasks = words
	case "plans":
		s.plans = words
	case "notes":
		s.items = words
	case "at":
		s.at = words[0]
	}
}

// validate returns an error for what is wrong within a slide.
func (s source) validate(title string) error {
	for _, mark := range written.FindAllString(s.Text, -1) {
		if mark == "```go" {
			return fmt.Errorf("%s: %q has code that is cut from nothing: it wants a mark <!-- snippet name -->", s.file, title)
		}
	}
	for _, plan := range s.plans {
		if !slices.Contains(agenda.Plans, plan) {
			return fmt.Errorf("%s: %q is for plan %s, which is none", s.file, title, plan)
		}
	}
	if s.Notes == "" && len(s.items) == 0 {
		return fmt.Errorf("%s: %q has no notes", s.file, title)
	}
	return nil
}
