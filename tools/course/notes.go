package course

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

const notesName = "NOTES.md"

// Notes are what the instructor's page of a lesson begins with: all that is planned
// of it, and the only place where minutes are.
type Notes struct {
	Objectives []string
	Needs      []int // lessons that come before
	Tasks      map[string]Effort
	Talk       int                 // minutes of the instructor's, beside the tasks
	Review     int                 // minutes
	Plans      map[string][]string // the tasks that a plan has, by its name
	Cut        []string            // what is left out first when time runs short
}

// Effort is what a task takes of a class.
type Effort struct {
	Minutes int
	Kind    string // must, extra
}

// ReadNotes reads the lesson's notes.
func ReadNotes(root string, l Lesson) (n Notes, err error) {
	file := filepath.Join("lessons", l.Slug, notesName)
	src, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return n, err
	}
	head, _, found := strings.Cut(strings.TrimPrefix(string(src), "---\n"), "\n---\n")
	if !found {
		return n, fmt.Errorf("%s does not begin with front matter, between two lines ---", file)
	}
	decoder := yaml.NewDecoder(strings.NewReader(head))
	decoder.KnownFields(true)
	if err := decoder.Decode(&n); err != nil {
		return n, fmt.Errorf("%s: %w", file, err)
	}
	return n, nil
}
