package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// NotesName is the instructor's page in a lesson's folder.
const NotesName = "NOTES.md"

// mark is a comment that names what make cut fills in.
var mark = regexp.MustCompile(`<!-- /?part\b.*? -->\n?`)

// Notes is the front matter and the text of the instructor's page of a lesson. All
// planned minutes stand there and nowhere else.
type Notes struct {
	Objectives []string
	Needs      []int // lessons that come before
	SQLite     bool  // the lesson's program keeps rows in SQLite
	Shop       *Shop // what makes its program the shop
	Tasks      map[string]Effort
	Talk       map[string]int      // minutes of the instructor, in addition to the tasks, by plan
	Review     int                 // minutes
	Plans      map[string][]string // the tasks that a plan has, by its name
	Cut        []string            // what is left out first when time runs short
	Text       string              `yaml:"-"` // all that follows
}

// Section returns the text below a heading of the notes.
func (n Notes) Section(heading string) string {
	_, section, _ := strings.Cut(n.Text, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	return strings.TrimSpace(mark.ReplaceAllString(section, ""))
}

var itemPattern = regexp.MustCompile(`(?m)^(?:- |\d+\. )`)

// List returns the items of the list in a section, without bullets or numbers.
func (n Notes) List(heading string) (items []string) {
	section := n.Section(heading)
	starts := itemPattern.FindAllStringIndex(section, -1)
	for i, at := range starts {
		end := len(section)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		items = append(items, strings.Join(strings.Fields(section[at[1]:end]), " "))
	}
	return items
}

// Effort is the time that a class needs for a task.
type Effort struct {
	Minutes int
	Kind    string // must, extra
	Form    Form   // what the task asks for; code when it is left out
	Lessons []int  // those that a drill depends on
}

// ReadNotes reads the notes of a lesson.
func ReadNotes(root string, l Lesson) (n Notes, err error) {
	n.Text, err = readFront(root, filepath.Join("lessons", l.Slug, NotesName), &n)
	return n, err
}

// Frame is the time that is planned around the lessons, in minutes, by plan.
type Frame struct {
	Opening map[string]int // until the first lesson: who is here, and machines that work
	Closing map[string]int // from the last one on: the quiz, and what to take along
}

// ReadFrame reads the front matter of the instructor's page.
func ReadFrame(root string) (f Frame, err error) {
	_, err = readFront(root, filepath.Join("lessons", "INSTRUCTOR.md"), &f)
	return f, err
}

// readFront decodes a file's front matter into a value and returns the text after it.
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
