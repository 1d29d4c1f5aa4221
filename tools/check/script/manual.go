package script

import (
	"fmt"
	"strings"
)

// Manual returns the table as one indented block of lines: the words with their arguments
// and, from that column on, what each word does.
func (t Table) Manual(column int) string {
	var b strings.Builder
	for _, w := range t {
		line := fmt.Sprintf("%-*s", column-2, w.Usage()) + "  "
		for _, word := range strings.Fields(w.Help) {
			if len([]rune(line))+len([]rune(word)) > manualWidth {
				fmt.Fprintln(&b, "\t"+strings.TrimRight(line, " "))
				line = strings.Repeat(" ", column)
			}
			line += word + " "
		}
		fmt.Fprintln(&b, "\t"+strings.TrimRight(line, " "))
	}
	return b.String()
}

// manualWidth is the length of a manual's lines.
const manualWidth = 80
