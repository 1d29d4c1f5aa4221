package shop

import (
	"net/http"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
)

// Rules about two versions of the program. The claim names the function that the script
// judges, and these rules are about Deploy, Repair and stored.

// refusalIgnored recognizes that Restate refused a request, and that Deploy or Repair ended
// as if the request had succeeded.
func refusalIgnored(f *cause.Finding) string {
	isLeft := f.Expects(claim.Deployment) && f.Claim.Want.Text != "old"
	if f.Facts[cause.Refused] && (isLeft || f.Where.Function == "Repair" && f.Expects(claim.AnswerFrom)) {
		return "Restate answered a request with 503, and " + f.Where.Function + " ended without an error before its work was done. Return each error of the client"
	}
	return ""
}

// removedTooEarly recognizes that a version was removed that still had work.
func removedTooEarly(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "old" && f.Claim.Got.State == "gone" {
		return "an old version was removed, although it still had an invocation. Count all invocations that are pinned to it, of every service and status, except those that are completed"
	}
	return ""
}

// forgotAfterKill recognizes that a version is never removed after Deploy was killed.
func forgotAfterKill(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "gone" && f.Facts[cause.Relaunched] {
		return "after a kill, Deploy did not find the old version any more. Look for old versions in Restate's tables, after the registration"
	}
	return ""
}

// neverDrained recognizes that a version without work is not removed.
func neverDrained(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "gone" {
		return "an old version stays, although all its invocations have ended. Keep the row of this version, with the count 0: do not count completed invocations, nor the empty row of a LEFT JOIN"
	}
	return ""
}

// notForced recognizes that a known address was registered without force.
func notForced(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "current" && f.Claim.Got.State == "old" {
		return "Restate knew the address already, and the registration changed nothing. Register an address with force"
	}
	return ""
}

// registeredTooLate recognizes that Deploy waits before it registers.
func registeredTooLate(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "current" && f.Claim.Got.State == "gone" {
		return "Deploy waits, and the new version is not registered. Register it first: new calls must not go to the old version any more"
	}
	return ""
}

// lookedOnce recognizes that Deploy returns while an old version has work.
func lookedOnce(f *cause.Finding) string {
	if f.Expects(claim.Asking) && f.HasOutcome(claim.Exited) && f.Claim.Got.Code == 0 {
		return "Deploy returned while an old version still had work. Look again, until there is no old version left"
	}
	return ""
}

// removedOthers recognizes that the deployment of another program was removed.
func removedOthers(f *cause.Finding) string {
	if f.Where.Function == "Deploy" && f.HasOutcome(claim.Retried) && strings.Contains(f.Claim.Got.Text, "was not found") {
		return "Deploy removed a program that other programs call. A deployment is old only if it is the current deployment of no service"
	}
	return ""
}

// orderEnded recognizes that an operator has ended an order that should go on.
func orderEnded(f *cause.Finding) string {
	if f.Where.Function != "Repair" || !f.Expects(claim.Answer) || f.Claim.Want.Status != http.StatusOK || f.Claim.Got.Status != http.StatusConflict {
		return ""
	}
	if strings.Contains(f.Claim.Got.Text, "killed") {
		return "the order was killed: it never runs again, and nobody returns the money of a paid one. Pause and resume keep the order"
	}
	return "the order was cancelled, so its customer gets nothing. Pause and resume keep the order"
}

// repairGaveUp recognizes that Repair ends with an error.
func repairGaveUp(f *cause.Finding) string {
	if f.Where.Function == "Repair" && f.Expects(claim.LaunchWell) && f.HasOutcome(claim.Exited) {
		return "Repair ended with an error. An attempt may run, and the order may be paused already: after a conflict pause the order, wait, and try again"
	}
	return ""
}

// notMoved recognizes that an order meets the code again that does not fit its journal.
func notMoved(f *cause.Finding) string {
	if f.Where.Function == "Repair" && f.Expects(claim.AnswerFrom) {
		return "the order is not on a program that fits its journal. Resume the order on the deployment whose id Register returned: also a suspended order, and an order that Repair has paused"
	}
	return ""
}

// brokenStateRead recognizes that a state which cannot be read counts as one that can, or
// that its error has another code.
func brokenStateRead(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.Expects(claim.Answer) && f.Claim.Want.Status == http.StatusInternalServerError {
		if f.Claim.Got.Status >= http.StatusBadRequest {
			return "the contents of the cart cannot be read, and the error has another code than 500. Leave the code out: a terminal error without a code is a 500"
		}
		return "the contents of the cart cannot be read, and the call succeeded. Return a terminal error, so that somebody notices"
	}
	return ""
}

// linesUnsorted recognizes that a replay stores the contents of a cart in another sequence.
func linesUnsorted(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.HasText("executing 'set state'") && f.HasText("value: ") {
		return "on replay, Add stored another value than its journal has. Go visits a map in a different sequence each time, so sort the lines by their SKU"
	}
	return ""
}

// ownStateRefused recognizes that a state which can be read is refused.
func ownStateRefused(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.Claim.Got.Status == http.StatusInternalServerError {
		return "the cart was refused, although its contents are in one of the two shapes, or nobody has stored any. Read both shapes, and return an empty cart for no bytes"
	}
	return ""
}

// fieldsLost recognizes that a part of a state is lost.
func fieldsLost(f *cause.Finding) string {
	if f.Where.Function == "stored" && (f.Expects(claim.Answer) || f.Expects(claim.Stored)) {
		return "a part of what version 1 has stored is lost. Refuse unknown fields when you decode the shape of version 2, and convert every field of version 1"
	}
	return ""
}

// noSuchShape is what the SDK says of a state that does not fit the type of Get.
const noSuchShape = "failed to unmarshal Get state"

// getPanicked recognizes that Get was used for a state of another shape.
func getPanicked(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.HasOutcome(claim.Retried) && strings.Contains(f.Claim.Got.Text, noSuchShape) {
		return "Get panicked, because the stored bytes do not fit the type, and Restate retries a panic. Read the bytes with restate.WithBinary, and decode both shapes yourself"
	}
	return ""
}

// brokenStateRetried recognizes an ordinary error for a state that cannot be read.
func brokenStateRetried(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.HasOutcome(claim.Retried) && !strings.Contains(f.Claim.Got.Text, noSuchShape) {
		return "Restate retries the call, and the cart's key stays taken, but the next attempt finds the same bytes. Return a terminal error"
	}
	return ""
}
