// Package hint has the errors that are shown to people: what happened, and what to
// do about it. Each part is one line in lower case.
package hint

import (
	"errors"
	"fmt"
	"strings"
)

// Kind tells whose fault an error is. ExitCode maps it to the exit code of the workbook
// tool.
type Kind int

const (
	// Red means that the learner's program is at fault, as in a check that fails.
	Red Kind = 1
	// Usage means that the command was typed wrong. Nothing was touched.
	Usage Kind = 2
	// Setup means that this machine lacks something: a program, a free port, disk space.
	Setup Kind = 3
	// Broken means a defect of the workbook itself, never the learner's.
	Broken Kind = 4
)

// Error describes what happened and what to do about it.
type Error struct {
	Kind Kind
	What string // what happened: lower case, no final stop
	Do   string // what to do, mostly a command to type; may be empty
	Err  error  // the cause, if there is one
}

// Exit is an exit code as an error: its message was printed before it is returned.
type Exit int

const (
	// ExitRed means that a check failed.
	ExitRed Exit = 1
	// ExitUsage reports that the command was typed wrong.
	ExitUsage Exit = 2
	// ExitSetup reports that this machine or the workbook is at fault.
	ExitSetup Exit = 3
)

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// New makes an Error from a kind, what to do, and what happened. A %w in the
// format keeps its operand as the cause.
func New(kind Kind, do, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, What: err.Error(), Do: do, Err: errors.Unwrap(err)}
}

func (e *Error) Error() string { return e.What }

func (e *Error) Unwrap() error { return e.Err }

// ExitCode returns the process exit code for err: 0 for nil, 2 for a wrong call,
// 1 for a learner's program, the code itself for an Exit, and 3 for everything else, which
// comes from this machine or from the workbook.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var exit Exit
	if errors.As(err, &exit) {
		return int(exit)
	}
	var e *Error
	if errors.As(err, &e) && (e.Kind == Red || e.Kind == Usage) {
		return int(e.Kind)
	}
	return 3
}

// Text returns err as it is printed: what happened and, on a line of its own, "hint:"
// with what to do.
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
