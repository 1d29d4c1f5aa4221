// Package claim describes, as data, what a check expects of a learner's program and
// what the check got: a kind of claim, what it wants, and an outcome.
//
// A verdict prints a claim in the words of Expected and of GotText. Other code reads
// the claim's fields and never these words: package cause, for example, looks for the
// likely cause. So anybody can improve the words.
//
// An Expect function makes a claim of each kind, a Got function an outcome of each
// sort, and With brings the two together:
//
//	claim.ExpectRequests("charge", "o-1", claim.Count{N: 1}).With(claim.GotCount(2))
//
// To add a claim, write its Kind, its Expect function and its words in kind.go; for an
// outcome, an Outcome, a Got function and its words in got.go. The nouns that both
// use are in noun.go. The tests have an example of each.
//
// The package knows nothing of the engine that runs the checks.
package claim

import (
	"strings"
	"time"
)

// Claim is a claim that does not hold, or a claim without its outcome yet. The zero value
// stands for a failure without a claim, such as a mistake in a script.
type Claim struct {
	Kind Kind   `json:"kind"`
	Of   string `json:"of,omitempty"`  // the handler, call, kind of request or name that it is about
	For  string `json:"for,omitempty"` // the subject whose effects or requests are counted
	Want Want   `json:"want"`
	Got  Got    `json:"got"`
}

// Want is what a claim wants. Which fields count depends on the claim's kind.
type Want struct {
	Count   Count         `json:"count,omitzero"`
	Status  int           `json:"status,omitempty"`  // HTTP
	JSON    string        `json:"json,omitempty"`    // an answer's body or a table's rows, as the script has them
	Field   string        `json:"field,omitempty"`   // the name of a field
	Text    string        `json:"text,omitempty"`    // a value, a line, a failure, a place
	Message string        `json:"message,omitempty"` // the type of a protocol message
	Rolls   []int         `json:"rolls,omitempty"`   // of the gateway's die, 0 to 99
	Time    time.Duration `json:"time,omitempty"`
	Counts  []string      `json:"counts,omitempty"` // what happened, one count each: 2 charges
}

// Got is what a claim got. Which fields count depends on the outcome.
type Got struct {
	Outcome  Outcome       `json:"outcome"`
	N        int           `json:"n,omitempty"`
	Status   int           `json:"status,omitempty"` // HTTP, where a call was answered
	By       string        `json:"by,omitempty"`     // the call, handler or step that the outcome is about
	Key      string        `json:"key,omitempty"`    // the object key of By, where the outcome depends on it
	Calls    string        `json:"calls,omitempty"`  // what By calls or asks for
	State    string        `json:"state,omitempty"`  // of an invocation, as Restate names it
	Text     string        `json:"text,omitempty"`   // what the program, the SDK or the server printed, or a database holds
	Code     int           `json:"code,omitempty"`   // a program's exit code, -1 where a signal ended it
	Exit     string        `json:"exit,omitempty"`   // how a program ended, in words
	Time     time.Duration `json:"time,omitempty"`
	Timer    bool          `json:"timer,omitempty"`    // a timer goes off, though late
	Run      bool          `json:"run,omitempty"`      // By is a workflow's run
	Workflow bool          `json:"workflow,omitempty"` // By belongs to a workflow
	InStep   bool          `json:"in_step,omitempty"`
	There    []string      `json:"there,omitempty"` // the subjects whose requests have come
	Missing  []string      `json:"missing,omitempty"`
	Rolls    []int         `json:"rolls,omitempty"`
	Guesses  []string      `json:"guesses,omitempty"`
	Twice    []string      `json:"twice,omitempty"` // the subjects that happened more than once, or that nobody asked for
}

// With returns the claim with its outcome.
func (c Claim) With(got Got) Claim {
	c.Got = got
	return c
}

// IsUnwritten reports whether the program has answered that its code is still to be
// written: the stubs' errors name their TODO.
func (c Claim) IsUnwritten() bool { return strings.Contains(c.Got.Text, "TODO ") }

// Expected returns what a verdict prints as expected.
func (c Claim) Expected() string {
	if render, ok := renderExpected[c.Kind]; ok {
		return render(c)
	}
	return ""
}

// GotText returns what a verdict prints as got.
func (c Claim) GotText() string {
	if render, ok := renderGot[c.Got.Outcome]; ok {
		return render(c)
	}
	return ""
}

// String returns both halves of the claim in words.
func (c Claim) String() string {
	return "expected " + c.Expected() + ", got " + c.GotText()
}
