package proxy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Attempt is one stream: one run of a handler from its first line.
type Attempt struct {
	Invocation string         `json:"invocation"` // Restate's id of the invocation
	Service    string         `json:"service"`
	Handler    string         `json:"handler"`
	Key        string         `json:"key,omitempty"`      // of a virtual object or workflow, else empty
	N          int            `json:"n"`                  // 1 for the invocation's first attempt
	Input      []byte         `json:"-"`                  // the message that carries the handler's input
	Replayed   int            `json:"replayed,omitempty"` // steps whose result came from the journal
	Steps      []Ran          `json:"steps,omitempty"`    // in journal order
	Code       uint64         `json:"code,omitempty"`     // of its error, 0 if it has none; see Mismatch
	Panicked   bool           `json:"panicked,omitempty"` // its error came from a panic
	NextTry    *time.Duration `json:"next_try,omitempty"` // after which its error asks to be tried again; nil leaves that to the server
	End        string         `json:"end,omitempty"`      // "" while it runs; "done", "suspended", "error: …", "cut", "killed"
	Over       time.Time      `json:"-"`                  // when it ended

	ids map[uint64]int // completion id to index in Steps
}

// Mismatch is the code of an attempt that did not do what the journal says
// (JOURNAL_MISMATCH in Restate's service protocol; RT0016 in what people read).
const Mismatch = 570

// Ran is one step (restate.Run) as one attempt met it.
type Ran struct {
	Name string `json:"name"` // as given with restate.WithName, else "step N"
	How  string `json:"how"`  // "replayed", "begun", "ok", "failed for good"
}

// Done says whether the step was run in this attempt, to its end.
func (r Ran) Done() bool { return r.How == "ok" || r.How == "failed for good" }

// The sorts of event, the What of an Event.
const (
	Began   = "attempt" // the input has come: the handler is run from its first line
	Stepped = "step"    // Name and How as in Ran
	Sent    = "message" // How is call, send or answer
	Ended   = "end"     // How as in Attempt.End
)

// Event is what became of an attempt, at the moment at which it did.
type Event struct {
	Attempt   *Attempt // read only; once the callee has returned it goes on changing, until it has ended
	What      string
	Name, How string
}

func (a *Attempt) step(body []byte) Event {
	name := string(bytesField(body, stepName))
	if name == "" {
		name = fmt.Sprintf("step %d", len(a.Steps)+1)
	}
	if a.ids == nil {
		a.ids = map[uint64]int{}
	}
	a.ids[varintField(body, stepID)] = len(a.Steps)
	a.Steps = append(a.Steps, Ran{name, "begun"})
	return Event{What: Stepped, Name: name, How: "begun"}
}

func (a *Attempt) result(body []byte, how string) []Event {
	i, ok := a.ids[varintField(body, resultID)]
	if !ok {
		return nil
	}
	a.Steps[i].How = how
	return []Event{{What: Stepped, Name: a.Steps[i].Name, How: how}}
}

// fromServer takes note of a message that the server sent.
func (a *Attempt) fromServer(t Type, body []byte) []Event {
	switch t {
	case input:
		a.Input = body
		return []Event{{What: Began}}
	case Step:
		return []Event{a.step(body)}
	case stepResult:
		// Also sent to acknowledge a result that this attempt proposed.
		if i, ok := a.ids[varintField(body, resultID)]; ok && a.Steps[i].How == "begun" {
			a.Replayed++
			return a.result(body, "replayed")
		}
	}
	return nil
}

// fromProgram takes note of a message that the program sent.
func (a *Attempt) fromProgram(t Type, body []byte) []Event {
	switch t {
	case Step:
		return []Event{a.step(body)}
	case Call, Send, Output:
		return []Event{{What: Sent, How: t.String()}}
	case Result:
		how := "ok"
		if bytesField(body, resultFailure) != nil {
			how = "failed for good"
		}
		return a.result(body, how)
	case Error:
		a.over("error: " + firstLine(string(bytesField(body, errMessage))))
		a.Code = varintField(body, errCode)
		a.Panicked = panicked(bytesField(body, errStack))
		a.NextTry = nextTry(body)
	case Suspension:
		a.over("suspended")
	case End:
		a.over("done")
	}
	return nil
}

func (a *Attempt) over(how string) { a.End, a.Over = how, time.Now() }

// broken is over, where nothing has said so yet.
func (a *Attempt) broken(how string) {
	if a.End == "" {
		a.over(how)
	}
}

func nextTry(body []byte) *time.Duration {
	var after *time.Duration
	eachField(body, func(num protowire.Number, ms uint64, _ []byte) {
		if num == errNextTry {
			d := time.Duration(ms) * time.Millisecond
			after = &d
		}
	})
	return after
}

// panicked says whether a stack unwinds from a panic. The SDK itself panics with
// an error that a handler returns, in its function invoke.
func panicked(stack []byte) bool {
	_, from, found := bytes.Cut(stack, []byte("\npanic("))
	lines := bytes.SplitN(from, []byte("\n"), 4)
	return found && len(lines) > 2 && !bytes.Contains(lines[2], []byte("/restatecontext.invoke("))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// HasStepsDone reports whether no step of the attempt was under way at its end.
func (a *Attempt) HasStepsDone() bool {
	return !slices.ContainsFunc(a.Steps, func(r Ran) bool { return r.How == "begun" })
}

// Line is the attempt as a verdict shows it: `2 reserve replayed, charge ok, mail ok`.
func (a *Attempt) Line() string {
	var parts []string
	for _, s := range a.Steps {
		how := s.How
		if how == "begun" && a.End != "" {
			how = unfinished(a.End)
		}
		parts = append(parts, s.Name+" "+how)
	}
	if len(parts) == 0 || strings.HasPrefix(a.End, "error") || a.End == "cut" {
		parts = append(parts, orRunning(a.End))
	}
	return fmt.Sprintf("%d %s", a.N, strings.Join(parts, ", "))
}

func unfinished(end string) string {
	if strings.HasPrefix(end, "error") {
		return "failed"
	}
	if end == "done" || end == "suspended" {
		return "begun"
	}
	return end
}

func orRunning(end string) string {
	if end == "" {
		return "running"
	}
	return end
}
