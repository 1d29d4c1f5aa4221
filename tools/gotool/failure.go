package gotool

import (
	"errors"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/ui"
)

// Why a go command failed, or cannot run at all.
var (
	ErrDiskFull   = errors.New("the disk is full")
	ErrNoNetwork  = errors.New("go cannot fetch the modules")
	ErrNoCompiler = errors.New("there is no C compiler")
	ErrBuild      = errors.New("the first build failed") // for any other reason
)

// Failure explains why a build failed, from what go printed and how it ended.
func Failure(printed string, err error) error {
	last := ui.LastLine(printed)
	switch cause := causeOf(printed); cause {
	case ErrDiskFull:
		return hint.New(hint.Setup, "free some space (`df -h` shows where), then run the same command again", "%w: %s", cause, last)
	case ErrNoNetwork:
		return hint.New(hint.Setup, "connect to the network once, or set GOPROXY to a mirror that you can reach", "%w: %s", cause, last)
	default:
		return hint.New(hint.Setup, "go vet ./lessons/... prints all errors", "%w (%v): %s", cause, err, last)
	}
}

// causeOf reads what go printed: it has one exit code for all failures.
func causeOf(printed string) error {
	switch {
	case strings.Contains(printed, "no space left on device"):
		return ErrDiskFull
	case strings.Contains(printed, "dial tcp"), strings.Contains(printed, "lookup "):
		return ErrNoNetwork
	}
	return ErrBuild
}

func missingGo(err error) error {
	return hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
}
