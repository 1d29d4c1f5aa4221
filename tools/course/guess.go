package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// GuessFile returns the path of a learner's first guess at a task, in their folder of
// the lesson.
func GuessFile(dir, task string) string { return filepath.Join(dir, "first-guess-"+task+".txt") }

// ReadGuess reads the learner's first guess for a task. Older versions of the workbook
// wrote mail for email.
func ReadGuess(dir, task string) (string, error) {
	text, err := os.ReadFile(GuessFile(dir, task))
	return strings.ReplaceAll(strings.TrimSpace(string(text)), " mail", " email"), err
}

// GuessWords formats a guess or the true number: 2 charges.
func GuessWords(name string, n int) string {
	noun := strings.TrimSuffix(name, "s")
	if noun == "mail" {
		noun = "email"
	}
	return Count(n, noun)
}

// Count formats a number of things: 1 check, 2 checks.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

var guessPattern = regexp.MustCompile(`(?m)^guess (.+)$`)

// Truths returns the right answers to a lesson's guesses, by task. They stand in the
// guess lines of the check scripts.
func Truths(root string, l Lesson) (map[string]string, error) {
	all := map[string]string{}
	for _, f := range Glob(filepath.Join(root, "testdata", l.Slug), "*.txtar") {
		script, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if m := guessPattern.FindSubmatch(script); m != nil {
			task, _, _ := strings.Cut(filepath.Base(f), "_")
			if all[task], err = parseTruth(strings.Fields(string(m[1]))); err != nil {
				return nil, fmt.Errorf("%s: %w", f, err)
			}
		}
	}
	return all, nil
}

// parseTruth turns the words of a guess line, such as charges 2 mails 1, into text: 2
// charges, 1 email.
func parseTruth(words []string) (string, error) {
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
