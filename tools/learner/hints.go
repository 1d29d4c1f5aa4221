package learner

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/ui"
)

// ShowHint prints the next hint for a task; after the last, all of them again.
func ShowHint(root, task string) error {
	l, t, err := parseTask(root, task)
	if err != nil {
		return err
	}
	hints, err := course.Hints(root, l, t.ID)
	if err != nil {
		return err
	}
	if len(hints) == 0 && t.Form == course.Drill && len(t.Lessons) == 0 {
		return hint.New(hint.Usage, fmt.Sprintf("make check %d shows at which fault your program fails; the code belongs to an earlier task of this lesson", l.N), "task %s has no hints, because you write no code for it", t.ID)
	}
	if len(hints) == 0 && t.Form != course.Quiz && t.Form != course.Predict {
		return hint.New(hint.Usage, fmt.Sprintf("make check %d shows which service fails; read the page of that service's lesson", l.N), "task %s has no hints, because you write no code for it", t.ID)
	}
	if len(hints) == 0 {
		return hint.New(hint.Usage, fmt.Sprintf("read %s in work/%s/README.md; the check explains a wrong answer", t.ID, l.Slug), "task %s has no hints, because it asks questions and has no code to write", t.ID)
	}
	seen, err := seenHints(root, t.ID)
	if err != nil {
		return err
	}
	if seen >= len(hints) {
		for i := range hints {
			printHint(t, hints, i)
		}
		ui.Printf("%s has no further hint. try: make check %d, make solution %d\n", t.ID, l.N, l.N)
		return nil
	}
	printHint(t, hints, seen)
	return rememberHint(root, t.ID, seen+1)
}

func printHint(t course.Task, hints []string, i int) {
	ui.Printf("hint %d of %d for %s  %s\n\n%s\n\n", i+1, len(hints), t.ID, t.Title, hints[i])
}

// hintsFile returns the file that has how many hints of a task were shown, one task a
// line: 1.2 2.
func hintsFile(root string) string { return filepath.Join(root, "work", ".hints") }

// seenHints returns how many hints of a task were shown.
func seenHints(root, id string) (int, error) {
	b, err := os.ReadFile(hintsFile(root))
	if err != nil && !os.IsNotExist(err) {
		return 0, hint.New(hint.Setup, "move that file away, then run the same command again", "the list of hints that you have seen cannot be read: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == id {
			n, _ := strconv.Atoi(f[1]) // somebody may have edited the file
			return max(n, 0), nil
		}
	}
	return 0, nil
}

// rememberHint replaces the task's line and keeps all others as they are.
func rememberHint(root, id string, n int) error {
	file := hintsFile(root)
	err := notes.Update(file, func(old []byte) []byte {
		var out bytes.Buffer
		for line := range bytes.Lines(old) {
			if f := strings.Fields(string(line)); len(f) != 2 || f[0] != id {
				out.Write(line)
			}
		}
		return notes.Append(out.Bytes(), fmt.Sprintf("%s %d", id, n))
	})
	if err != nil {
		return files.WriteError("the hint that you have seen was not recorded", filepath.Dir(file), err)
	}
	return nil
}
