// Package hint holds the errors that people meet: what happened, and what to
// do about it. Text is lower case, one line each.
package hint

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says whose turn it is. Its value is the exit code of the workbook tool.
type Kind int

const (
	// Usage: the command was typed wrong. Nothing was touched.
	Usage Kind = 2
	// Setup: this machine lacks something (a program, a free port, disk).
	Setup Kind = 3
	// Broken: our own defect; never the learner's.
	Broken Kind = 4
)

// Error is what happened, with what to do about it.
type Error struct {
	Kind Kind
	What string // what happened: lower case, no final stop
	Do   string // what to do, mostly a command to type; may be empty
	Err  error  // the cause, if there is one
}

// New makes an Error from a kind, what to do, and what happened. A %w in the
// format keeps its operand as the cause.
func New(kind Kind, do, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, What: err.Error(), Do: do, Err: errors.Unwrap(err)}
}

func (e *Error) Error() string { return e.What }

func (e *Error) Unwrap() error { return e.Err }

// ExitCode is the process exit code for err: 0 for nil, 2 for a wrong call,
// and 3 for everything else, since what is not a wrong call or a red check is
// this machine or us.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) && e.Kind == Usage {
		return 2
	}
	return 3
}

// Text is err as people read it: what happened and, on a line of its own,
// `hint:` with what to do.
func Text(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var what, all []string
		for _, e := range joined.Unwrap() {
			what, all = append(what, e.Error()), append(all, Text(e))
		}
		if err.Error() == strings.Join(what, "\n") { // of errors.Join
			return strings.Join(all, "\n")
		}
	}
	var e *Error
	if !errors.As(err, &e) || e.Do == "" {
		return err.Error()
	}
	return strings.TrimRight(err.Error(), "\n") + "\nhint: " + e.Do
}
