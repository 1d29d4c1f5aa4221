// Package record holds what one script did and saw: the verdict is made from it
// alone.
package record

import (
	"errors"
	"fmt"
	"strings"

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
	Elsewhere    bool // where is known better than by the task's TODO
	Did          []string
	Expected     string
	Got          string
	Likely       string
	Secret       bool            // show neither ledger nor attempts: they hold the answer
	Notes        []string        // said when the script passes: a quiz answer's reason
	Attempts     []proxy.Attempt // of the script's own invocations
	AttemptLines []string        // the same, as lines
	Ledger       []sandbox.Entry
	Failure      error // nil when it passed
	Crashed      any   // a panic of ours
	Finished     bool
}

// ClaimError is a claim that did not hold: the learner's turn.
type ClaimError struct {
	Expected, Got string
	Likely        string // set where the word itself knows why
	Secret        bool   // the ledger would give the answer away
	Where         Place  // set where it is not what the script judges
}

func (w *ClaimError) Error() string { return "expected " + w.Expected + ", got " + w.Got }

func Failf(expected, format string, args ...any) error {
	return &ClaimError{Expected: expected, Got: fmt.Sprintf(format, args...)}
}

// IsRed says that the learner's code is at fault, not the machine and not we.
func (r *Record) IsRed() bool {
	var w *ClaimError
	return errors.As(r.Failure, &w)
}

func (r *Record) IsGreen() bool { return r.Finished && r.Failure == nil && r.Crashed == nil }

func (r *Record) Notef(format string, args ...any) {
	r.Did = append(r.Did, fmt.Sprintf(format, args...))
}

// Place is what a script judges: a file of the lesson and a function in it,
// Type.Method or a plain name.
type Place struct{ File, Function string }

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

func (rec *Record) Reason() string {
	if rec.Crashed != nil {
		return fmt.Sprintf("panic: %v", rec.Crashed)
	}
	if rec.Failure == nil {
		return "the script did not end"
	}
	return rec.Failure.Error()
}

// Fail is the error of a claim that did not hold, in words for the learner,
// with the likely cause where the word itself knows it.
func Fail(expected, got string, likely ...string) error {
	return &ClaimError{Expected: expected, Got: got, Likely: strings.Join(likely, "; ")}
}

const (
	Normal Pass = ""
	Replay Pass = "replay"
)

// IsUnwritten reports whether the handler answered that its code is still to be
// written, as a stub does.
func (rec *Record) IsUnwritten() bool { return strings.Contains(rec.Got, "TODO ") }
