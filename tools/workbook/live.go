package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// live shows what the program says, a line at a time, from show on; and no more
// than linesAtOnce between two invocations, or in a while where one is set, since
// a program may print without end.
type live struct {
	while time.Duration  // 0: the invocations' ends are told with next
	skip  *regexp.Regexp // what to leave out, beside chatter; may be nil

	mu    sync.Mutex
	shown bool
	early []string // lines from before show
	part  []byte   // a line that has not ended yet
	lines int      // since the last invocation, or in this while
	since time.Time
}

const (
	linesAtOnce = 100
	longestLine = 1000
)

// chatter is what the SDK says of every program and of every invocation: the
// journal says it better.
var chatter = regexp.MustCompile(`INFO (Restate SDK started|Handling invocation|Invocation completed|Suspending invocation)|` +
	`WARN (Accepting requests without|Error when preparing .* The input was closed)`)

func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, p...)
	for {
		i := bytes.IndexByte(l.part, '\n')
		if i < 0 && len(l.part) < longestLine {
			return len(p), nil
		}
		if i < 0 || i > longestLine {
			i = longestLine
		}
		l.line(string(l.part[:i]))
		l.part = bytes.TrimPrefix(l.part[i:], []byte("\n"))
	}
}

func (l *live) line(text string) {
	if chatter.MatchString(text) || l.skip != nil && l.skip.MatchString(text) {
		return
	}
	if l.while > 0 && time.Since(l.since) > l.while {
		l.lines, l.since = 0, time.Now()
	}
	l.lines++
	switch {
	case l.lines > linesAtOnce+1:
		return
	case l.lines == linesAtOnce+1:
		text = "… and more, not shown"
	}
	if !l.shown {
		l.early = append(l.early, text)
		return
	}
	fmt.Fprintln(os.Stdout, "program | "+text)
}

// show begins to show, with what was said until now.
func (l *live) show() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = true
	for _, text := range l.early {
		fmt.Println("program | " + text)
	}
	l.lines = 0
}

// next lets the program say as much again.
func (l *live) next() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = 0
}

// lastWords are the last lines of an output; of a panic, those that say why,
// which come before the goroutines.
func lastWords(output string) string {
	const most = 10
	lines := strings.Split(strings.TrimSpace(output), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic: ") || strings.HasPrefix(l, "fatal error: ") {
			return strings.Join(lines[i:min(i+most, len(lines))], "\n")
		}
	}
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
