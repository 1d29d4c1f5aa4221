package outside

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is why a call did not get what it asked for.
type Error struct {
	Status     int    // HTTP status of the answer; 0 when none came
	Reason     string // in the other end's words, or what went wrong on the way
	Roll       int    // the gateway's roll, 0 to 99; -1 when it threw none
	FailsBelow int    // the rolls that it fails at, when that is why
	Err        error  // the cause when no answer came, such as context.Canceled
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return "no answer: " + e.Reason
	}
	return fmt.Sprintf("%s (%d)", e.Reason, e.Status)
}

// Unwrap is the cause when no answer came.
func (e *Error) Unwrap() error { return e.Err }

// IsDeclined says that the gateway will not charge this token: a final no, that
// the customer can do something about.
func IsDeclined(err error) bool {
	return statusOf(err) == http.StatusPaymentRequired
}

// IsRefused says that the answer is a final no: declined, voided, a bad
// request, a key used for something else before. To ask again is pointless.
func IsRefused(err error) bool {
	status := statusOf(err)
	return 400 <= status && status < 500
}

// IsUnavailable says that nobody knows: the other end failed, or there was no
// answer in time. What was asked may have been done.
func IsUnavailable(err error) bool {
	var e *Error
	return errors.As(err, &e) && !IsRefused(err)
}

func statusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}
