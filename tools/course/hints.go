package course

import (
	"os"
	"path/filepath"
	"strings"
)

// Hints are a task's hints, mildest first; none for a prediction or a quiz.
// They stand in lessons/NN-slug/hints.md: a heading a task, an item a hint.
func Hints(root string, l Lesson, id string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(root, "lessons", l.Slug, "hints.md"))
	if err != nil {
		return nil, err
	}
	_, section, ok := strings.Cut("\n"+string(b), "\n## "+id+"\n")
	if !ok {
		return nil, nil
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var hints []string
	for _, part := range strings.Split("\n"+section, "\n### ")[1:] {
		_, text, _ := strings.Cut(part, "\n")
		hints = append(hints, strings.TrimSpace(text))
	}
	return hints, nil
}
