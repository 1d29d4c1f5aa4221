// Package todo has the error of a task that is not written yet.
package todo

import (
	"fmt"
	"net/http"

	restate "github.com/restatedev/sdk-go"
)

// Task returns a terminal error with code 501 that names the task. The error is terminal,
// because Restate would retry any other error, and a retry does not write the task.
func Task(id string) error {
	return restate.ToTerminalError(fmt.Errorf("TODO %s: not written yet", id), restate.WithErrorCode(http.StatusNotImplemented))
}
