package proxy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Attempt is one attempt of an invocation: one HTTP/2 stream, in which a handler runs from its
// first line.
type Attempt struct {
	Invocation string         `json:"invocation"` // Restate's id of the invocation
	Service    string         `json:"service"`
	Handler    string         `json:"handler"`
	Key        string         `json:"key,omitempty"`      // the object key, empty for a service
	Program    string         `json:"-"`                  // the host:port of the program, or of the copy of the program, that got the attempt
	N          int            `json:"n"`                  // 1 for the invocation's first attempt
	Input      []byte         `json:"-"`                  // the message that carries the handler's input
	Replayed   int            `json:"replayed,omitempty"` // number of steps whose result came from the journal
	Steps      []StepRun      `json:"steps,omitempty"`    // in journal order
	Code       uint64         `json:"code,omitempty"`     // the code of the attempt's error, 0 if there is none; see Mismatch
	Panicked   bool           `json:"panicked,omitempty"` // whether the attempt's error came from a panic
	NextTry    *time.Duration `json:"next_try,omitempty"` // the retry delay that the attempt's error asks for; if it is nil, the server decides
	End        string         `json:"end,omitempty"`      // "" while the attempt runs; "done", "suspended", "error: …", "cut", "killed", "server killed", "broken off"
	Over       time.Time      `json:"-"`                  // when the attempt ended

	ids map[uint64]int // index in Steps by completion id
}

// Mismatch is the error code of an attempt in which the handler did something else than its journal
// has. It is JOURNAL_MISMATCH in Restate's service protocol, and RT0016 in Restate's documentation.
const Mismatch = 570

// StepRun is one step (restate.Run) in one attempt.
type StepRun struct {
	Name string `json:"name"` // the name from restate.WithName, or "step N"
	How  string `json:"how"`  // "replayed", "begun", "ok", "failed for good"
}

// IsDone reports whether this attempt ran the step to its end.
func (r StepRun) IsDone() bool { return r.How == "ok" || r.How == "failed for good" }

// The values of Event.What.
const (
	Began   = "attempt" // the input has arrived and the handler runs from its first line
	Stepped = "step"    // Name and How as in StepRun
	Sent    = "message" // How is "call", "send" or "answer"
	Ended   = "end"     // How as in Attempt.End
)

// Event is one change of an attempt.
type Event struct {
	Attempt   *Attempt // read only; use it only until the function returns, because it changes while the attempt runs
	What      string
	Name, How string
}

func (a *Attempt) addStep(body []byte) Event {
	name := string(BytesField(body, stepName))
	if name == "" {
		name = fmt.Sprintf("step %d", len(a.Steps)+1)
	}
	if a.ids == nil {
		a.ids = map[uint64]int{}
	}
	a.ids[VarintField(body, stepID)] = len(a.Steps)
	a.Steps = append(a.Steps, StepRun{name, "begun"})
	return Event{What: Stepped, Name: name, How: "begun"}
}

func (a *Attempt) setResult(body []byte, how string) []Event {
	i, ok := a.ids[VarintField(body, resultID)]
	if !ok {
		return nil
	}
	a.Steps[i].How = how
	return []Event{{What: Stepped, Name: a.Steps[i].Name, How: how}}
}

// readServerMessage updates the attempt with a message from the server.
func (a *Attempt) readServerMessage(t Type, body []byte) []Event {
	switch t {
	case input:
		a.Input = body
		return []Event{{What: Began}}
	case Step:
		return []Event{a.addStep(body)}
	case stepResult:
		// The server also sends this message to acknowledge a result that this attempt has
		// proposed.
		if i, ok := a.ids[VarintField(body, resultID)]; ok && a.Steps[i].How == "begun" {
			a.Replayed++
			return a.setResult(body, "replayed")
		}
	}
	return nil
}

// readProgramMessage updates the attempt with a message from the program.
func (a *Attempt) readProgramMessage(t Type, body []byte) []Event {
	switch t {
	case Step:
		return []Event{a.addStep(body)}
	case Call, Send, Output:
		return []Event{{What: Sent, How: t.String()}}
	case Result:
		how := "ok"
		if BytesField(body, resultFailure) != nil {
			how = "failed for good"
		}
		return a.setResult(body, how)
	case Error:
		f := ReadFailure(body)
		a.setEnd("error: " + firstLine(f.Message))
		a.Code, a.Panicked = f.Code, isPanic([]byte(f.Stack))
		a.NextTry = retryDelay(body)
	case Suspension:
		a.setEnd("suspended")
	case End:
		a.setEnd("done")
	}
	return nil
}

func (a *Attempt) setEnd(how string) { a.End, a.Over = how, time.Now() }

// setEndIfRunning records how the attempt ended, unless a message of the attempt has already ended
// it.
func (a *Attempt) setEndIfRunning(how string) {
	if a.End == "" {
		a.setEnd(how)
	}
}

func retryDelay(body []byte) *time.Duration {
	var after *time.Duration
	eachField(body, func(num protowire.Number, ms uint64, _ []byte) {
		if num == errNextTry {
			d := time.Duration(ms) * time.Millisecond
			after = &d
		}
	})
	return after
}

// isPanic reports whether a stack trace comes from a panic in the program. If a handler returns an
// error, then the SDK's own function invoke panics with it; isPanic ignores that.
func isPanic(stack []byte) bool {
	_, from, found := bytes.Cut(stack, []byte("\npanic("))
	lines := bytes.SplitN(from, []byte("\n"), 4)
	return found && len(lines) > 2 && !bytes.Contains(lines[2], []byte("/restatecontext.invoke("))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// HasReachedProgram reports whether the attempt found a program at its address. Any other
// attempt has no steps and an error that no code of the program made.
func (a *Attempt) HasReachedProgram() bool { return a.End != Unreachable }

// HasStepsDone reports whether every step that the attempt began has its result.
func (a *Attempt) HasStepsDone() bool {
	return !slices.ContainsFunc(a.Steps, func(r StepRun) bool { return r.How == "begun" })
}

// Line returns the attempt as a verdict prints it: `2: reserve replayed, charge ok, mail ok`.
func (a *Attempt) Line() string {
	if a.Code == Mismatch {
		// Restate always sends the whole journal, so the messages do not show how far the handler
		// came.
		return fmt.Sprintf("%d: the handler asked for another step than the journal has next (RT0016)", a.N)
	}
	var parts []string
	for _, s := range a.Steps {
		parts = append(parts, s.Name+" "+s.describe(a.End))
	}
	if len(parts) == 0 || a.End != "done" && a.End != "" {
		parts = append(parts, describeEnd(a.End))
	}
	return fmt.Sprintf("%d: %s", a.N, strings.Join(parts, ", "))
}

// describe returns what an attempt did with the step. The argument end is the attempt's end.
func (r StepRun) describe(end string) string {
	switch {
	case r.How == "failed for good":
		return "ended in a terminal error"
	case r.How != "begun":
		return r.How
	case end == "":
		return "running"
	case strings.HasPrefix(end, "error"):
		return "failed"
	}
	return "unfinished"
}

// ends has longer texts for some ends of attempts, because the value of Attempt.End has no noun.
var ends = map[string]string{
	"":           "running",
	"killed":     "program killed",
	"cut":        "connection cut",
	"broken off": "connection lost",
}

func describeEnd(end string) string {
	if words, ok := ends[end]; ok {
		return words
	}
	return end
}
