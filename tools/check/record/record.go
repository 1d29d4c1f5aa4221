// Package record holds what one script did and saw: the verdict is made from it
// alone.
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

// Record is what one script did and saw: the verdict is made from it alone.
type Record struct {
	Script       string // the file's name without its ending
	Task         string // 1.2
	Pass         Pass
	Subject      string // the script's own key, $K
	Phase        string // the last # line
	Where        Place
	Elsewhere    bool // Where is a better place to look at than the task's TODO
	Did          []string
	Claim        claim.Claim     // the one that did not hold
	Cause        string          // the id of the likely cause, "" where none fits
	Likely       string          // the likely cause in words
	Secret       bool            // show neither ledger nor attempts: they hold the answer
	Notes        []string        // printed when the script passes: a quiz answer's reason
	Attempts     []proxy.Attempt // of the script's own invocations
	AttemptLines []string        // the same, as lines
	Ledger       []sandbox.Entry
	Failure      error // nil when it passed
	Crashed      any   // a panic of the workbook's own
	Finished     bool
}

// ClaimError is the error of a claim that did not hold: the learner's code is at fault.
type ClaimError struct {
	Claim  claim.Claim
	Reason string // what the lesson itself has to say about the learner's answer
	Secret bool   // the ledger would give the answer away
	Where  Place  // where to look, unless that is what the script judges
}

func (e *ClaimError) Error() string { return e.Claim.String() }

// Fail returns the error of a claim that did not hold.
func Fail(c claim.Claim) error { return &ClaimError{Claim: c} }

// IsRed reports whether the learner's code is at fault, and neither the machine nor
// the workbook.
func (r *Record) IsRed() bool {
	var w *ClaimError
	return errors.As(r.Failure, &w)
}

// IsGreen reports whether the script has passed.
func (r *Record) IsGreen() bool { return r.Finished && r.Failure == nil && r.Crashed == nil }

// Reason returns why a script failed whose failure is no claim of its own.
func (r *Record) Reason() string {
	if r.Crashed != nil {
		return fmt.Sprintf("panic: %v", r.Crashed)
	}
	if r.Failure == nil {
		return "the script did not end"
	}
	return r.Failure.Error()
}

// Notef adds to what the verdict prints as done.
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

// A lesson is run as it is at home, and then with every step replayed.
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
