package outside

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is the error of every call that did not succeed.
type Error struct {
	Status     int    // HTTP status of the answer; 0 if no answer came
	Reason     string // in the words of the other side, or of the network
	Roll       int    // the gateway's roll, 0 to 99; -1 if it had none
	FailsBelow int    // if the roll is the reason: lower rolls fail
	Err        error  // if no answer came: the cause, such as a closed connection
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return "no answer: " + e.Reason
	}
	return fmt.Sprintf("%s (%d)", e.Reason, e.Status)
}

// Unwrap returns the cause if no answer came, and nil otherwise.
func (e *Error) Unwrap() error { return e.Err }

// IsDeclined reports whether the gateway has declined to charge this token. A decline is a
// final refusal; the customer can pay with another card.
func IsDeclined(err error) bool {
	return statusOf(err) == http.StatusPaymentRequired
}

// IsRefused reports whether the other side has refused the request, with a status from 400
// to 499: declined, voided, a bad request, or a key that was used with another body. A
// second request would be refused too. A decline is a refusal as well. At a real gateway
// some of these statuses are not final, for example 408, 425 and 429.
func IsRefused(err error) bool {
	status := statusOf(err)
	return 400 <= status && status < 500
}

// IsUnavailable reports whether the outcome is unknown: the other side failed, or did not
// answer in time. The effect may have happened.
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
