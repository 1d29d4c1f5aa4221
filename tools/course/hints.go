package course

import (
	"os"
	"path/filepath"
	"strings"
)

// Hints returns a task's hints, mildest first. A prediction or a quiz has none. They
// stand in lessons/NN-slug/hints.md, where a task has a heading and each hint a heading
// below it.
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
