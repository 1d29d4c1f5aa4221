package words

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/course"
)

// checkGuesses compares the learner's guesses with the counts: guess charges 2 mails 1.
func checkGuesses(s *script.Script, args []string) error {
	if len(args)%2 != 0 {
		return fmt.Errorf("%s has no count after it", args[len(args)-1])
	}
	var happened, guessed []string
	right, made := true, true
	for i := 0; i < len(args); i += 2 {
		answer, ok := s.Shared.Answers[args[i]]
		if !ok {
			return fmt.Errorf("the lesson has no guess named %q", args[i])
		}
		got, ok := wholeNumber(answer)
		if !ok {
			return &record.ClaimError{Claim: claim.ExpectWholeNumber(args[i]).With(claim.GotOtherType(answer)), Secret: true}
		}
		want, err := strconv.Atoi(args[i+1])
		if err != nil {
			return err
		}
		happened = append(happened, course.GuessWords(args[i], want))
		guessed = append(guessed, course.GuessWords(args[i], got))
		right, made = right && got == want, made && got >= 0
	}
	if !made {
		return &record.ClaimError{Claim: claim.ExpectGuess().With(claim.GotNoGuess()), Secret: true}
	}
	first, err := keepFirstGuess(s.Shared, s.Task, strings.Join(guessed, ", "))
	if err != nil {
		return err
	}
	if !s.Shared.Given {
		s.Notes = append(s.Notes, "your first guess was "+first)
	}
	if right {
		return nil
	}
	return record.Fail(claim.ExpectRightGuess(happened).With(claim.GotGuesses(guessed)))
}

// wholeNumber returns the whole number that a guess is, and whether it is one. The constant
// 3*5.0 + 1 + 2 is a float64 in Go, and its value is whole.
func wholeNumber(guess any) (int, bool) {
	switch guess := guess.(type) {
	case int:
		return guess, true
	case float64:
		return int(guess), guess == float64(int(guess))
	}
	return 0, false
}

// keepFirstGuess writes the first guess to the learner's folder, and returns the first
// guess that is there.
func keepFirstGuess(sh *script.Shared, task, guessed string) (string, error) {
	if sh.Guesses == "" {
		return guessed, nil
	}
	file := course.GuessFile(sh.Guesses, task)
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if os.IsExist(err) {
		return course.ReadGuess(sh.Guesses, task)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, guessed)
	return guessed, err
}

// checkQuiz checks one answer: quiz Q1 b. The files Q1/a, Q1/b and so on of the script
// have the reasons.
func checkQuiz(s *script.Script, args []string) error {
	given, ok := s.Shared.Answers[args[0]]
	if !ok {
		return fmt.Errorf("the lesson has no answer named %q", args[0])
	}
	got, ok := given.(string)
	if !ok {
		return record.Fail(claim.ExpectLetter(args[0]).With(claim.GotOtherType(given)))
	}
	got = strings.ToLower(strings.TrimSpace(got))
	reason := func(letter string) string {
		b, err := os.ReadFile(s.TestScript.MkAbs(filepath.Join(args[0], filepath.Base(letter))))
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(b))
	}
	if got == args[1] {
		s.Notes = append(s.Notes, args[0]+" "+got+": "+reason(got))
		return nil
	}
	if reason(got) == "" {
		return record.Fail(claim.ExpectLetter(args[0]).With(claim.GotNoLetter(got)))
	}
	return &record.ClaimError{Claim: claim.ExpectRightLetter(args[0]).With(claim.GotLetter(got)), Reason: reason(got)}
}
