// Package record holds what one script did and saw. The verdict is made from records
// only.
package record

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Record is what one script did and saw. The verdict is made from records only.
type Record struct {
	Script       string // the file's name without its ending
	Task         string // 1.2
	Pass         Pass
	Subject      string // the key of the script, $K
	Phase        string // the last # line
	Where        Place
	Elsewhere    bool // Where is a better place to look than the task's TODO
	Did          []string
	Claim        claim.Claim     // the claim that does not hold
	Cause        string          // the id of the likely cause, "" where none fits
	Likely       string          // the likely cause in words
	Secret       bool            // leave out the ledger and the attempts: they give the answer away
	Notes        []string        // printed when the script passes: a quiz answer's reason
	Attempts     []proxy.Attempt // of all invocations of the script
	AttemptLines []string        // the same, as lines
	Ledger       []sandbox.Entry
	Failure      error // nil when it passed
	Crashed      any   // a panic in the code of the check
	Finished     bool
}

// WaitsInsideStep is the id of the cause that a step's function uses the handler's context.
// The rule for this cause sees in the journal what the analyzers see in the source.
const WaitsInsideStep = "waits-inside-step"

// ClaimError is the error of a claim that did not hold: the learner's code is at fault.
type ClaimError struct {
	Claim  claim.Claim
	Reason string // what the lesson itself has to say about the learner's answer
	Secret bool   // the ledger gives the answer away
	Where  Place  // where to look, if not at the code that the script judges
}

func (e *ClaimError) Error() string { return e.Claim.String() }

// Fail returns the error of a claim that did not hold.
func Fail(c claim.Claim) error { return &ClaimError{Claim: c} }

// IsRed reports whether the learner's code is at fault, and not the machine or the
// workbook.
func (r *Record) IsRed() bool {
	var w *ClaimError
	return errors.As(r.Failure, &w)
}

// IsGreen reports whether the script has passed.
func (r *Record) IsGreen() bool { return r.Finished && r.Failure == nil && r.Crashed == nil }

// Reason returns why a script failed without a failed claim.
func (r *Record) Reason() string {
	if r.Crashed != nil {
		return fmt.Sprintf("panic: %v", r.Crashed)
	}
	if r.Failure == nil {
		return "the script did not finish"
	}
	return r.Failure.Error()
}

// Notef adds a line to what the verdict prints after did.
func (r *Record) Notef(format string, args ...any) {
	r.Did = append(r.Did, fmt.Sprintf(format, args...))
}

// Place is what a script judges: a file of the lesson and a function in it,
// Type.Method or a plain name.
type Place struct {
	File     string `json:"file,omitempty"`
	Function string `json:"function,omitempty"`
}

// IsInTrace reports whether the method is in the trace of a Go program's panic.
func (p Place) IsInTrace(trace string) bool {
	typ, method, ok := strings.Cut(p.Function, ".")
	if !ok || trace == "" {
		return false
	}
	return strings.Contains(trace, "."+typ+"."+method) || strings.Contains(trace, ".(*"+typ+")."+method)
}

// Pass is one round over the scripts.
type Pass string

// A lesson runs once as it does at home, and once with every step replayed.
const (
	Normal Pass = ""
	Replay Pass = "replay"
)

// TaskOf returns the first part of a script's name, N.M.
func TaskOf(file string) string {
	id, _, _ := strings.Cut(ScriptName(file), "_")
	return id
}

// Category returns the second part of a script's name, N.M_category_detail.txtar.
func Category(file string) string {
	parts := strings.SplitN(ScriptName(file), "_", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// ScriptName returns a script's file name without its ending.
func ScriptName(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".txtar")
}
