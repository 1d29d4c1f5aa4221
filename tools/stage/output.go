package stage

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Output prints what the program prints, line by line, once Show was called; and no
// more than linesAtOnce between two invocations, or in a Window where one is set,
// since a program may print without end.
type Output struct {
	Window time.Duration  // 0 where ResetBudget is called at each invocation's end
	Skip   *regexp.Regexp // what to leave out, beside chatter; may be nil

	mu    sync.Mutex
	shown bool
	early []string // lines from before Show
	part  []byte   // a line that has not ended yet
	lines int      // since the last invocation, or in this window
	since time.Time
}

const (
	linesAtOnce = 100
	longestLine = 1000
)

// chatter matches what the SDK logs of every program and of every invocation: the
// journal has it in fulo.
var chatter = regexp.MustCompile(`INFO (Restate SDK started|Handling invocation|Invocation completed|Suspending invocation)|` +
	`WARN (Accepting requests without|Error when preparing .* The input was closed)`)

// Write prints p in the way that [Output] describes.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.part = append(o.part, p...)
	for {
		i := bytes.IndexByte(o.part, '\n')
		if i < 0 && len(o.part) < longestLine {
			return len(p), nil
		}
		if i < 0 || i > longestLine {
			i = longestLine
		}
		o.printLine(string(o.part[:i]))
		o.part = bytes.TrimPrefix(o.part[i:], []byte("\n"))
	}
}

func (o *Output) printLine(text string) {
	if chatter.MatchString(text) || o.Skip != nil && o.Skip.MatchString(text) {
		return
	}
	if o.Window > 0 && time.Since(o.since) > o.Window {
		o.lines, o.since = 0, time.Now()
	}
	o.lines++
	switch {
	case o.lines > linesAtOnce+1:
		return
	case o.lines == linesAtOnce+1:
		text = "… and more, not shown"
	}
	if !o.shown {
		o.early = append(o.early, text)
		return
	}
	fmt.Fprintln(os.Stdout, "program | "+text)
}

// Show starts the printing, with the lines so far.
func (o *Output) Show() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shown = true
	for _, text := range o.early {
		fmt.Println("program | " + text)
	}
	o.lines = 0
}

// ResetBudget lets the program print as much again.
func (o *Output) ResetBudget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = 0
}

// LastWords returns the last lines of an output; of a panic, those that give its
// cause, which come before the goroutines.
func LastWords(output string) string {
	const most = 10
	lines := strings.Split(strings.TrimSpace(output), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic: ") || strings.HasPrefix(l, "fatal error: ") {
			return strings.Join(lines[i:min(i+most, len(lines))], "\n")
		}
	}
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
