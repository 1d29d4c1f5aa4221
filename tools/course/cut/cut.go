// Package cut makes the stubs and the snippets of the texts from the solutions, which
// are the only source of both. The Go files of a solution carry these markers. All
// but //stub stand on a line of their own:
//
//	//task 1.2      begins code that only the solution has
//	//end           ends it
//	//| code        a line that only the stub has
//	x = 2 //stub -1 // why
//	                the stub has -1 instead of 2, and the comment after it
//	//snip name     begins a snippet for the text; "//snip end" ends it
//
// No marker is left in a stub or a snippet.
//
// The texts carry marks, which are HTML comments. In a lesson's page:
//
//	<!-- snippet name -->         fills the block of Go after it with a snippet
//	<!-- about -->                fills what stands up to <!-- /about --> with the
//	                              objectives, needs, files and minutes of NOTES.md
//	<!-- verdict 1.2 name -->     fills the block of text after it with what task 1.2
//	                              prints for the stub (name is stub), or for a wrong
//	                              answer, from testdata/NN-slug/stub.txt or verdicts.txt
//	<!-- mistakes 1.2 name … -->  fills what stands up to <!-- /mistakes --> with the
//	                              wrong answers of these names: their first comments,
//	                              and the causes in their verdicts
//	<!-- part name -->            begins a part, which ends at <!-- /part -->
//
// The slides and notes of a lesson have snippets and parts, and these parts are filled
// from the page. In the texts of the whole course a part has the lesson's folder before
// its name: <!-- part 05-errors/tree -->.
//
// CopyLesson copies the stubs of a lesson to work/, where learners edit them.
package cut

import (
	"bytes"
	"fmt"
	"go/format"
	"regexp"
	"strings"
)

// File is what one Go file of a solution gives.
type File struct {
	Stub  []byte            // the stub, formatted, import paths as they were
	Plain []byte            // the solution without its markers
	Snips map[string]string // by name
	Tasks map[string]bool   // the tasks that have a marker here
}

var (
	taskMark = regexp.MustCompile(`^//task (\d+\.\d+)$`)
	snipMark = regexp.MustCompile(`^//snip (\S+)$`)
	stubMark = regexp.MustCompile(`^(.*= )(\S.*?)(\s+)//stub (\S+)(.*)$`)
)

type cutter struct {
	stub, plain strings.Builder
	file        File
	task, snip  string
	snippet     strings.Builder
}

// Cut reads the markers of one file. It returns an error with the line number for an
// unfinished or unknown marker.
func Cut(name string, src []byte) (File, error) {
	c := cutter{file: File{Snips: map[string]string{}, Tasks: map[string]bool{}}}
	for i, line := range strings.Split(strings.TrimSuffix(string(src), "\n"), "\n") {
		if err := c.addLine(line); err != nil {
			return File{}, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	if c.task != "" || c.snip != "" {
		return File{}, fmt.Errorf("%s: the marker %q has no end", name, c.task+c.snip)
	}
	var err error
	if c.file.Stub, err = formatSource(c.stub.String()); err != nil {
		return File{}, fmt.Errorf("%s: the stub: %w", name, err)
	}
	c.file.Plain, err = formatSource(c.plain.String())
	return c.file, err
}

func (c *cutter) addLine(line string) error {
	text := strings.TrimSpace(line)
	indent := line[:len(line)-len(strings.TrimLeft(line, "\t "))]
	if m := taskMark.FindStringSubmatch(text); m != nil {
		if c.task != "" {
			return fmt.Errorf("task %s begins inside task %s", m[1], c.task)
		}
		c.task = m[1]
		c.file.Tasks[m[1]] = true
		return nil
	}
	if text == "//end" {
		if c.task == "" {
			return fmt.Errorf("//end without //task")
		}
		c.task = ""
		return nil
	}
	if text == "//snip end" {
		return c.endSnip()
	}
	if m := snipMark.FindStringSubmatch(text); m != nil {
		if c.snip != "" {
			return fmt.Errorf("snippet %s begins inside snippet %s", m[1], c.snip)
		}
		c.snip = m[1]
		return nil
	}
	if stub, ok := strings.CutPrefix(text, "//|"); ok {
		c.stub.WriteString(indent + strings.TrimPrefix(stub, " ") + "\n")
		return nil
	}
	if m := stubMark.FindStringSubmatch(line); m != nil {
		c.addCode(m[1]+m[2]+m[3]+strings.TrimSpace(m[5]), m[1]+m[4]+m[3]+strings.TrimSpace(m[5]))
		return nil
	}
	if strings.HasPrefix(text, "//task") || strings.HasPrefix(text, "//snip") || strings.Contains(text, "//stub") {
		return fmt.Errorf("unknown marker %q", text)
	}
	c.addCode(line, line)
	return nil
}

// addCode adds a line to the solution, to the stub outside of a task, and to an open
// snippet.
func (c *cutter) addCode(plain, stub string) {
	c.plain.WriteString(plain + "\n")
	if c.task == "" {
		c.stub.WriteString(stub + "\n")
	}
	if c.snip != "" {
		c.snippet.WriteString(plain + "\n")
	}
}

func (c *cutter) endSnip() error {
	if c.snip == "" {
		return fmt.Errorf("//snip end without a beginning")
	}
	if _, twice := c.file.Snips[c.snip]; twice {
		return fmt.Errorf("snippet %q stands twice", c.snip)
	}
	if strings.TrimSpace(c.snippet.String()) == "" {
		return fmt.Errorf("snippet %q is empty", c.snip)
	}
	c.file.Snips[c.snip] = removeIndent(c.snippet.String())
	c.snip = ""
	c.snippet.Reset()
	return nil
}

// formatSource formats Go code and removes the blank lines that a cut leaves behind.
func formatSource(src string) ([]byte, error) {
	folded := regexp.MustCompile(`\n{3,}`).ReplaceAllString(src, "\n\n")
	folded = regexp.MustCompile(`\{\n\n`).ReplaceAllString(folded, "{\n")
	folded = regexp.MustCompile(`\n\n(\s*\})`).ReplaceAllString(folded, "\n$1")
	return format.Source([]byte(folded))
}

// removeIndent removes the indentation that all lines share.
func removeIndent(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	common := -1
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		n := len(l) - len(strings.TrimLeft(l, "\t"))
		if common < 0 || n < common {
			common = n
		}
	}
	var out bytes.Buffer
	for _, l := range lines {
		if len(l) >= common {
			l = l[common:]
		}
		out.WriteString(l + "\n")
	}
	return out.String()
}
