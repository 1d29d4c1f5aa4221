package shop

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
)

// The rules of this file are about two versions of the program. A script names the function that it
// judges: here Deploy, Repair or stored.

// refusalIgnored recognizes that Restate refused a request, and that Deploy or Repair ended
// as if the request had succeeded.
func refusalIgnored(f *cause.Finding) string {
	isLeft := f.Expects(claim.Deployment) && f.Claim.Want.Text != "old"
	if f.Facts[cause.Refused] && (isLeft || f.Where.Function == "Repair" && f.Expects(claim.AnswerFrom)) {
		return "Restate answered a request with 503, and " + f.Where.Function + " ended without an error before its work was done. Return each error of the client"
	}
	return ""
}

// removedTooEarly recognizes that a version was removed while it still had work.
func removedTooEarly(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "old" && f.Claim.Got.State == "gone" {
		return "an old version was removed, although it still had an invocation. Count all invocations that are pinned to it, of every service and status, except those that are completed"
	}
	return ""
}

// hasEndedWell reports whether the launched program has ended with code 0.
func hasEndedWell(f *cause.Finding) bool { return f.HasOutcome(claim.Exited) && f.Claim.Got.Code == 0 }

// forgotAfterKill recognizes that a version is never removed after Deploy was killed.
func forgotAfterKill(f *cause.Finding) string {
	killed := f.Expects(claim.Deployment) && f.Claim.Want.Text == "gone" && f.Facts[cause.Relaunched]
	interrupted := f.Expects(claim.Asking) && hasEndedWell(f) && f.Facts[cause.Interrupted]
	if killed || interrupted {
		return "Deploy was called again, and did not find the old version any more. Look for old versions in Restate's tables, after the registration"
	}
	return ""
}

// neverDrained recognizes that a version without work is not removed.
func neverDrained(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "gone" {
		return "an old version stays, although all its invocations have ended. The query must return a row with the count 0 for this version: count neither completed invocations nor the empty row of a LEFT JOIN"
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

// registeredTooLate recognizes that Deploy waits before it has registered the new version.
func registeredTooLate(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "current" && f.Claim.Got.State == "gone" && !f.Facts[cause.Registered] {
		return "Deploy waits, but has not registered the new version. Register the new version first, because new calls must not go to the old version any more"
	}
	return ""
}

// removedTheNew recognizes that Deploy has removed the version that it had registered.
func removedTheNew(f *cause.Finding) string {
	if f.Expects(claim.Deployment) && f.Claim.Want.Text == "current" && f.Claim.Got.State == "gone" && f.Facts[cause.Registered] {
		return "the new version was registered, and then removed. A version is old only if it is the current deployment of no service"
	}
	return ""
}

// requestMalformed recognizes that Restate refused a request because of a value in it.
func requestMalformed(f *cause.Finding) string {
	text := f.Claim.Got.Text
	invalid := strings.Contains(text, " is invalid.") || strings.Contains(text, "Invalid URL")
	if f.HasOutcome(claim.Exited) && strings.Contains(text, ": 400 ") && invalid {
		return "Restate refused a request with 400, because a value in the request is of the wrong kind. Compare that request with the functions of package admin"
	}
	return ""
}

// endsNever recognizes that Deploy runs on when its work is done.
func endsNever(f *cause.Finding) string {
	if f.Expects(claim.LaunchEnd) && f.HasOutcome(claim.StillRuns) && f.Where.Function == "Deploy" {
		return "the old version is removed, and Deploy still runs. Return nil when Restate's tables show no old version"
	}
	return ""
}

// endedUnfinished recognizes that Deploy was asked to end before its work was done, and
// returned no error.
func endedUnfinished(f *cause.Finding) string {
	if f.Facts[cause.Interrupted] && f.Expects(claim.LaunchRefusal) && f.HasOutcome(claim.Exited) && f.Where.Function == "Deploy" {
		return "somebody ended Deploy while an old version had work, and Deploy returned no error. Return the error of wait"
	}
	return ""
}

// endedOrderUsed recognizes that Repair uses the invocation of an order that has ended.
func endedOrderUsed(f *cause.Finding) string {
	ended := slices.ContainsFunc(f.Calls, func(c cause.Call) bool { return c.Handler == "CreateOrder" && c.Answered })
	if ended && f.Where.Function == "Repair" && f.Expects(claim.LaunchWell) && strings.Contains(f.Claim.Got.Text, "nil pointer") {
		return "the order has ended, so find returned nil, and Repair uses that nil. Return nil when find returns nil"
	}
	return ""
}

// lookedOnce recognizes that Deploy returns while an old version has work.
func lookedOnce(f *cause.Finding) string {
	if f.Expects(claim.Asking) && hasEndedWell(f) && !f.Facts[cause.Interrupted] {
		return "Deploy returned while an old version still had work. Look for old versions again and again, until none is left"
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
		return "the order was killed: it never runs again, and if it was paid, nobody returns the money. Pause and resume the order instead, which keeps its journal"
	}
	return "the order was cancelled, so its customer gets nothing. Pause and resume the order instead, which keeps its journal"
}

// failedRequest matches how the client of the lesson reports a request that Restate has refused.
var failedRequest = regexp.MustCompile(`: ([45]\d\d)\b`)

// endedInRepair reports whether Repair has ended with an error.
func endedInRepair(f *cause.Finding) bool {
	return f.Where.Function == "Repair" && f.Expects(claim.LaunchWell) && f.HasOutcome(claim.Exited) && !strings.Contains(f.Claim.Got.Text, "panic:")
}

// repairFailed recognizes that Repair has ended with an error that is no conflict.
func repairFailed(f *cause.Finding) string {
	if endedInRepair(f) && failedRequest.MatchString(f.Claim.Got.Text) {
		return "Restate refused a request of Repair, so the order was not moved. The line of the verdict has the request and the status"
	}
	return ""
}

// repairGaveUp recognizes that Repair ends with an error.
func repairGaveUp(f *cause.Finding) string {
	if !endedInRepair(f) {
		return ""
	}
	if status := failedRequest.FindStringSubmatch(f.Claim.Got.Text); status == nil || status[1] == "409" {
		return "Repair ended with an error, although a conflict only means that an attempt runs, or that the order is paused already. After a conflict pause the order, wait, and try again"
	}
	return ""
}

// notMoved recognizes that Repair left an order with code that does not fit the order's journal.
func notMoved(f *cause.Finding) string {
	if f.Where.Function == "Repair" && f.Expects(claim.AnswerFrom) {
		return "the order was not moved to a program that fits its journal. Resume the order on the deployment whose id Register returned, also if the order is suspended, or if Repair has paused it"
	}
	return ""
}

// brokenStateRead recognizes that the call for a state that cannot be read succeeds, or fails with another
// code than 500.
func brokenStateRead(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.Expects(claim.Answer) && f.Claim.Want.Status == http.StatusInternalServerError {
		if f.Claim.Got.Status >= http.StatusBadRequest {
			return "the contents of the cart cannot be read, but the error has another code than 500. Leave the code out: a terminal error without a code has the code 500"
		}
		return "the contents of the cart cannot be read, but the call succeeded. Return a terminal error, so that somebody notices"
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

// ownStateRefused recognizes that the program refuses a state that it can read.
func ownStateRefused(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.Claim.Got.Status == http.StatusInternalServerError {
		return "the cart was refused, although its contents have one of the two shapes, or nobody has stored contents yet. Read both shapes, and return an empty cart if there are no bytes"
	}
	return ""
}

// readAsEmpty recognizes that the code takes a cart with contents for an empty one.
func readAsEmpty(f *cause.Finding) string {
	if f.Where.Function == "stored" && f.Expects(claim.Answer) && isReadAsEmpty(f) {
		return "the cart was read as an empty one, although version 1 has stored contents. Read the entry contents, and try the shape of version 1 if the shape of version 2 does not fit"
	}
	return ""
}

// isReadAsEmpty reports whether an answer has fewer articles than it should have, and a smaller
// total.
func isReadAsEmpty(f *cause.Finding) bool {
	type contents struct {
		Items      []json.RawMessage `json:"items"`
		TotalCents int64             `json:"total_cents"`
	}
	var want, got contents
	if json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil || json.Unmarshal([]byte(f.Claim.Got.Text), &got) != nil {
		return false
	}
	return len(got.Items) < len(want.Items) && got.TotalCents < want.TotalCents
}

// fieldsLost recognizes that a part of a state is lost.
func fieldsLost(f *cause.Finding) string {
	if f.Where.Function == "stored" && (f.Expects(claim.Answer) || f.Expects(claim.Stored)) {
		if isReadAsEmpty(f) {
			return ""
		}
		return "a part of what version 1 has stored is lost. Refuse unknown fields when you decode the shape of version 2, and convert every field of version 1"
	}
	return ""
}

// noSuchShape is the SDK's message about a state that does not fit the type of Get.
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
		return "Restate retries the call, although every attempt reads the same bytes, and other calls of this cart have to wait. Return a terminal error"
	}
	return ""
}
