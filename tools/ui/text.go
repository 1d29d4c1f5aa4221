package ui

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// Columns is the width that all tables keep to: that of a projector's terminal.
const Columns = 80

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Truncate returns text in at most n columns. Where it is longer, it ends with
// an ellipsis.
func Truncate(n int, text string) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// FirstLine returns the first line of s.
func FirstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// LastLine returns the last line of a program's output.
func LastLine(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// Size returns a number of bytes for people, in MB or GB.
func Size(bytes uint64) string {
	if bytes >= 10e9 {
		return fmt.Sprintf("%d GB", bytes/1e9)
	}
	return fmt.Sprintf("%d MB", bytes/1e6)
}
