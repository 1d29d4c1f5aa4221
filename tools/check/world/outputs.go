package world

import (
	"regexp"
	"strings"
	"sync"

	"example.com/workbook/tools/process"
)

// outputs are the learner's programs that served during the check, in sequence. A
// program stays in the list after its end, because of what it has printed.
type outputs struct {
	mu  sync.Mutex
	all []*process.Process
}

func (o *outputs) add(p *process.Process) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, p)
}

// logged matches a line that is not from the learner's code: of the SDK, or of the HTTP
// server below the SDK.
var logged = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (http2?: |(ERROR|WARN|INFO|DEBUG) (` + strings.Join([]string{
	"Accepting requests without validating request signatures", "Restate SDK started listening on ",
	"Processing discovery request", "Failed to (write discovery|drain request|handle invocation)",
	"Service not found", "Method not found on service", "Error when ", "Unexpected when reading input",
	"Could not enable full duplex", "Missing content-type header", "Invalid request path",
	"Handling invocation", "Suspending invocation", "Invocation (panicked, returning|returned a|completed successfully)",
}, "|") + `))`)

// Printed returns the lines that the learner's code has printed, in all programs of the
// check, without the lines of the SDK.
func (w *World) Printed() (lines []string) {
	w.outputs.mu.Lock()
	defer w.outputs.mu.Unlock()
	for _, p := range w.outputs.all {
		lines = append(lines, ownLines(p.Output())...)
	}
	return lines
}

// ownLines returns the lines of a program's output that are not empty and not of the SDK.
func ownLines(out string) (own []string) {
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" && !logged.MatchString(line) {
			own = append(own, line)
		}
	}
	return own
}
