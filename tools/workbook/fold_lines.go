package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"golang.org/x/term"
)

// folding is standard output, with what is too long for its terminal folded between
// words; where it is none, standard output as it is.
func folding() io.Writer {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width < narrowest {
		return os.Stdout
	}
	return &lineFolder{w: os.Stdout, width: width}
}

// say prints for people.
func say(format string, args ...any) { fmt.Fprintf(folding(), format, args...) }

// narrowest is what still has room for words behind an indent.
const narrowest = 48

// lineFolder folds lines. One that is not ended yet waits.
type lineFolder struct {
	w     io.Writer
	width int
	part  []byte
}

func (f *lineFolder) Write(p []byte) (int, error) {
	f.part = append(f.part, p...)
	for {
		line, rest, ended := bytes.Cut(f.part, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		if _, err := io.WriteString(f.w, foldLine(string(line), f.width)+"\n"); err != nil {
			return 0, err
		}
		f.part = rest
	}
}

// foldLine breaks a line between words; a word that is longer than a line stays
// whole.
func foldLine(line string, width int) string {
	indent := strings.Repeat(" ", indentOf(line))
	var b strings.Builder
	for {
		cut := lastSpace(line, width, len(indent))
		if cut < 0 {
			b.WriteString(line)
			return b.String()
		}
		b.WriteString(strings.TrimRight(line[:cut], " ") + "\n")
		line = indent + strings.TrimLeft(line[cut:], " ")
	}
}

var (
	label    = regexp.MustCompile(`^ *\S+  +`)
	headline = regexp.MustCompile(`^(\x1b\[\d+m)?(PASS|PART|FAIL|SETUP|BROKEN)\b`)
)

// indentOf is where a line goes on: below its text, where a label is in front of
// that, as in a verdict's fields; else as far in as it begins.
func indentOf(line string) int {
	const fields, far = 12, 16
	if headline.MatchString(line) {
		return fields
	}
	if n := len(label.FindString(line)); n > 0 && n <= far {
		return n
	}
	return len(line) - len(strings.TrimLeft(line, " "))
}

// lastSpace is where a line is to be broken, behind its indent, or -1. Colours take
// no room.
func lastSpace(line string, width, indent int) int {
	cut, n, text, colour := -1, 0, false, false
	for i, c := range line {
		if colour = colour || c == '\x1b'; colour {
			colour = c != 'm'
			continue
		}
		if n >= width {
			if c == ' ' && n == width {
				return i
			}
			if cut >= 0 {
				return cut
			}
		}
		if c == ' ' && text && n > indent {
			cut = i
			if n > width {
				return i
			}
		}
		text = text || c != ' '
		n++
	}
	return -1
}
