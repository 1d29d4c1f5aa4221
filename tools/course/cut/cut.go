// Package cut makes stubs and the text's snippets out of solutions, the one
// source of both. A solution's Go files carry these markers, each on a line of
// its own but the second last:
//
//	//task 1.2      begins what only the solution has,
//	//end           ends it
//	//| code        a line that only the stub has
//	x = 2 //stub -1 // why
//	                the stub has -1 (and the comment behind it) in place of 2
//	//snip name     begins a snippet for the text; "//snip end" ends it
//
// No marker is left in a stub or a snippet.
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

// Cut reads the markers of one file. An unfinished or unknown marker is an
// error that names its line.
func Cut(name string, src []byte) (File, error) {
	c := cutter{file: File{Snips: map[string]string{}, Tasks: map[string]bool{}}}
	for i, line := range strings.Split(strings.TrimSuffix(string(src), "\n"), "\n") {
		if err := c.line(line); err != nil {
			return File{}, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	if c.task != "" || c.snip != "" {
		return File{}, fmt.Errorf("%s: the marker %q has no end", name, c.task+c.snip)
	}
	var err error
	if c.file.Stub, err = tidy(c.stub.String()); err != nil {
		return File{}, fmt.Errorf("%s: the stub: %w", name, err)
	}
	c.file.Plain, err = tidy(c.plain.String())
	return c.file, err
}

func (c *cutter) line(line string) error {
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
		c.snip = m[1]
		return nil
	}
	if stub, ok := strings.CutPrefix(text, "//|"); ok {
		c.stub.WriteString(indent + strings.TrimPrefix(stub, " ") + "\n")
		return nil
	}
	if m := stubMark.FindStringSubmatch(line); m != nil {
		c.both(m[1]+m[2]+m[3]+strings.TrimSpace(m[5]), m[1]+m[4]+m[3]+strings.TrimSpace(m[5]))
		return nil
	}
	if strings.HasPrefix(text, "//task") || strings.HasPrefix(text, "//snip") || strings.Contains(text, "//stub") {
		return fmt.Errorf("unknown marker %q", text)
	}
	c.both(line, line)
	return nil
}

func (c *cutter) both(plain, stub string) {
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
	c.file.Snips[c.snip] = dedent(c.snippet.String())
	c.snip = ""
	c.snippet.Reset()
	return nil
}

// tidy formats and folds the blank lines that a cut leaves behind.
func tidy(src string) ([]byte, error) {
	folded := regexp.MustCompile(`\n{3,}`).ReplaceAllString(src, "\n\n")
	folded = regexp.MustCompile(`\{\n\n`).ReplaceAllString(folded, "{\n")
	folded = regexp.MustCompile(`\n\n(\s*\})`).ReplaceAllString(folded, "\n$1")
	return format.Source([]byte(folded))
}

// dedent takes the common indentation off.
func dedent(s string) string {
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
