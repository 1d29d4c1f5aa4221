package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// behind is where a verdict's fields have their text.
const behind = 12

// folding is standard output, with what is too long for its terminal folded between
// words; where it is none, standard output as it is.
func folding() io.Writer {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width < 4*behind {
		return os.Stdout
	}
	return &lineFolder{w: os.Stdout, width: width}
}

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
// whole, and so does what has colours in it.
func foldLine(line string, width int) string {
	if utf8.RuneCountInString(line) <= width || strings.Contains(line, "\x1b") {
		return line
	}
	var b strings.Builder
	indent := strings.Repeat(" ", behind)
	for {
		cut := lastSpace(line, width)
		if cut < 0 {
			b.WriteString(line)
			return b.String()
		}
		b.WriteString(strings.TrimRight(line[:cut], " ") + "\n")
		line = indent + strings.TrimLeft(line[cut:], " ")
	}
}

// lastSpace is where a line is to be broken, or -1.
func lastSpace(line string, width int) int {
	if utf8.RuneCountInString(line) <= width {
		return -1
	}
	cut, n, text := -1, 0, false
	for i, c := range line {
		if n > width && cut >= 0 {
			break
		}
		if c == ' ' && text && n > behind {
			cut = i
		}
		text = text || c != ' '
		n++
	}
	return cut
}
