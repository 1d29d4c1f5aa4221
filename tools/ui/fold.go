package ui

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"golang.org/x/term"
)

// Printf prints for people: standard output, with lines too long for its
// terminal folded between words. charmbracelet/x/ansi wraps too, but knows no
// column in which a folded line goes on.
func Printf(format string, args ...any) { fmt.Fprintf(foldingStdout(), format, args...) }

// PrintLine prints one line for people. Folded, it goes on in column indent, or
// below its own text where that is 0.
func PrintLine(line string, indent int) {
	if width := terminalWidth(); width > 0 {
		line = foldLine(line, cmp.Or(indent, indentOf(line)), width)
	}
	fmt.Println(line)
}

// foldingStdout returns standard output, which folds where it is a terminal.
func foldingStdout() io.Writer {
	if width := terminalWidth(); width > 0 {
		return &lineFolder{w: os.Stdout, width: width}
	}
	return os.Stdout
}

// terminalWidth returns the width of standard output's terminal, or 0 where
// there is none to fold lines for.
func terminalWidth() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width < narrowest {
		return 0
	}
	return width
}

// narrowest still has room for words behind an indent.
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
		if _, err := io.WriteString(f.w, foldLine(string(line), indentOf(string(line)), f.width)+"\n"); err != nil {
			return 0, err
		}
		f.part = rest
	}
}

// foldLine breaks a line between words and goes on in column in; a word that is
// longer than a line stays whole.
func foldLine(line string, in, width int) string {
	indent := strings.Repeat(" ", in)
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

var label = regexp.MustCompile(`^ *\S+  +`)

// indentOf returns the column in which a folded line goes on: below its text, where a
// label is in front of that; else as far in as it begins.
func indentOf(line string) int {
	const far = 16
	if n := len(label.FindString(line)); n > 0 && n <= far {
		return n
	}
	return len(line) - len(strings.TrimLeft(line, " "))
}

// lastSpace returns where to break a line, behind its indent, or -1. Colours take
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
