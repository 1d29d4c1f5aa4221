package verdict

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/course"
)

// outputFile returns the file with what the learner's program printed during the last
// check of the lesson. It is not in the lesson's folder, whose files are the learner's.
func (r *Report) outputFile() string {
	return filepath.Join(r.Root, "work", fmt.Sprintf(".output-%d.txt", r.Lesson.N))
}

// KeepOutput writes the lines that the learner's code has printed to a file, which the
// verdict names. Without such lines KeepOutput removes the file of the last check, and the
// verdict says nothing. A program that never served is left out, because the verdict has
// its last line.
func (r *Report) KeepOutput(lines []string) {
	if r.Tree != "work" {
		return
	}
	if len(lines) == 0 || r.NeverServed {
		os.Remove(r.outputFile())
		return
	}
	r.output = "your program printed " + course.Count(len(lines), "line")
	if err := os.WriteFile(r.outputFile(), []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
		r.output += ", which could not be kept: " + err.Error()
		return
	}
	r.output += "; to read " + themOrIt(len(lines)) + ": less " + r.Rel(r.outputFile())
}

// themOrIt returns the pronoun for n things.
func themOrIt(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
