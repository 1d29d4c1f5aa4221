package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
	Talk       map[string]int      // minutes of the instructor's, beside the tasks, by plan
	Review     int                 // minutes
	Plans      map[string][]string // the tasks that a plan has, by its name
	Cut        []string            // what is left out first when time runs short
	Text       string              `yaml:"-"` // all that follows
}

// Section is what stands below a heading of the notes' text.
func (n Notes) Section(heading string) string {
	_, section, _ := strings.Cut(n.Text, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	return strings.TrimSpace(section)
}

var item = regexp.MustCompile(`(?m)^(?:- |\d+\. )`)

// List is a section's list, an item each, without what it begins with.
func (n Notes) List(heading string) (items []string) {
	section := n.Section(heading)
	starts := item.FindAllStringIndex(section, -1)
	for i, at := range starts {
		end := len(section)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		items = append(items, strings.Join(strings.Fields(section[at[1]:end]), " "))
	}
	return items
}

// Effort is what a task takes of a class.
type Effort struct {
	Minutes int
	Kind    string // must, extra
}

// ReadNotes reads the lesson's notes.
func ReadNotes(root string, l Lesson) (n Notes, err error) {
	n.Text, err = readFront(root, filepath.Join("lessons", l.Slug, notesName), &n)
	return n, err
}

// Frame is what is planned around the lessons, in minutes, by plan.
type Frame struct {
	Opening map[string]int // until the first lesson: who is here, and machines that work
	Closing map[string]int // from the last one on: the quiz, and what to take along
}

// ReadFrame reads what the instructor's page begins with.
func ReadFrame(root string) (f Frame, err error) {
	_, err = readFront(root, filepath.Join("lessons", "INSTRUCTOR.md"), &f)
	return f, err
}

// readFront reads a file's front matter, and returns the text behind it.
func readFront(root, file string, into any) (text string, err error) {
	src, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return "", err
	}
	head, text, found := strings.Cut(strings.TrimPrefix(string(src), "---\n"), "\n---\n")
	if !found {
		return "", fmt.Errorf("%s does not begin with front matter, between two lines ---", file)
	}
	decoder := yaml.NewDecoder(strings.NewReader(head))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return text, nil
}
