// Package todo is what a task that is not written yet answers.
package todo

import (
	"fmt"
	"net/http"

	restate "github.com/restatedev/sdk-go"
)

// Task is a terminal error, code 501, that names the task: terminal because
// Restate retries any other error, and a task does not get written meanwhile.
func Task(id string) error {
	return restate.ToTerminalError(fmt.Errorf("TODO %s: not written yet", id), restate.WithErrorCode(http.StatusNotImplemented))
}
