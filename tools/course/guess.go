package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// GuessFile is where a learner's first guess at a task is kept, in their folder of
// the lesson.
func GuessFile(dir, task string) string { return filepath.Join(dir, "first-guess-"+task+".txt") }

// GuessWords is a guess, or what is true, as it is said: 2 charges.
func GuessWords(name string, n int) string { return Count(n, strings.TrimSuffix(name, "s")) }

// Count is a number of things, in words: 1 check, 2 checks.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

var guessLine = regexp.MustCompile(`(?m)^guess (.+)$`)

// Truths are the tasks of a lesson in which one guesses, and what is true, as the
// check's script has it.
func Truths(root string, l Lesson) (map[string]string, error) {
	all := map[string]string{}
	for _, f := range Glob(filepath.Join(root, "testdata", l.Slug), "*.txtar") {
		script, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if m := guessLine.FindSubmatch(script); m != nil {
			task, _, _ := strings.Cut(filepath.Base(f), "_")
			if all[task], err = truth(strings.Fields(string(m[1]))); err != nil {
				return nil, fmt.Errorf("%s: %w", f, err)
			}
		}
	}
	return all, nil
}

// truth is a guess line's words: charges 2 mails 1.
func truth(words []string) (string, error) {
	var said []string
	for i := 0; i+1 < len(words); i += 2 {
		n, err := strconv.Atoi(words[i+1])
		if err != nil {
			return "", err
		}
		said = append(said, GuessWords(words[i], n))
	}
	return strings.Join(said, ", "), nil
}
