package shop

import (
	"encoding/json"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
)

// Rules about a client that places orders through several nodes. The claim is about a launched
// program, which runs Client.Place.

// hasExited reports whether the launched program has ended with an error.
func hasExited(f *cause.Finding) bool {
	return (f.HasOutcome(claim.Exited) || f.HasOutcome(claim.ProgramEnded)) && f.Claim.Got.Code != 0
}

// conflictIsFailure recognizes that the client takes the answer to a second run of a
// workflow for a failure of the order.
func conflictIsFailure(f *cause.Finding) string {
	if (hasExited(f) || f.HasOutcome(claim.Printed)) && f.HasText("was already invoked") {
		return "a node answered 409, because the order had been accepted before, and the client took that for a failure. Send the order with /restate/send, and attach to the invocation that the answer names"
	}
	return ""
}

// orderOf returns the order's id in an answer.
func orderOf(answer string) string {
	var order struct {
		ID string `json:"order_id"`
	}
	if json.Unmarshal([]byte(answer), &order) != nil {
		return ""
	}
	return order.ID
}

// placedUnderNewID recognizes that a try has another order id than the first one.
func placedUnderNewID(f *cause.Finding) string {
	got := orderOf(f.Claim.Got.Text)
	if f.Expects(claim.LaunchPrinted) && f.HasOutcome(claim.Printed) && got != "" && got != orderOf(f.Claim.Want.JSON) {
		return "the client placed the order again under another id, and an order with another id is another order. Use the same order id for every try"
	}
	return ""
}

// silenceNotBounded recognizes that the client waits without end for a node that is silent.
func silenceNotBounded(f *cause.Finding) string {
	if f.Expects(claim.NodeAsked) && f.HasOutcome(claim.NothingSeen) {
		return "the client waits for one node for as long as an order may wait, and would not notice that the node hangs. Give each try a time limit of its own"
	}
	if f.Facts[cause.Silenced] && f.HasOutcome(claim.StillRuns) {
		return "a node was silent, and the client still waits for it, or has no time left for another node. Give each try a time limit of its own"
	}
	return ""
}

// callerNotHeard recognizes that the client goes on after its caller has given up.
func callerNotHeard(f *cause.Finding) string {
	if f.Facts[cause.Interrupted] && f.Expects(claim.LaunchRefusal) && f.HasOutcome(claim.StillRuns) && f.Where.Function != "Deploy" {
		return "the caller's context has ended, and the client goes on. Look at the context of Place before each try, and derive the context of each try from it"
	}
	return ""
}

// ownErrorRetried recognizes that the client asks again after the order itself has failed.
func ownErrorRetried(f *cause.Finding) string {
	if f.Expects(claim.LaunchRefusal) && f.HasOutcome(claim.StillRuns) && f.Where.Function != "Deploy" {
		return "the order itself has failed, and each node gives the same answer. Return the error of the invocation at once"
	}
	return ""
}

// failurePrinted recognizes that the client returns an error's text as if it were the
// order's answer, or returns no error.
func failurePrinted(f *cause.Finding) string {
	refusal := f.Expects(claim.LaunchRefusal) && f.HasOutcome(claim.Exited) && f.Where.Function != "Deploy"
	waits := f.Expects(claim.NodeAsked) && f.HasOutcome(claim.ProgramEnded)
	if (refusal || waits) && f.Claim.Got.Code == 0 {
		return "Place returned no error, although there is no answer of a completed order. Look at the error of do and at the status of each answer, and return an error when the context ends"
	}
	return ""
}

// unknownIsFinal recognizes that the client takes the 404 of a node for the order's answer.
func unknownIsFinal(f *cause.Finding) string {
	if f.Facts[cause.NotKnown] && hasExited(f) && f.HasText("not found") {
		return "a node that was started a moment ago does not know the service yet, and its 404 is not the order's answer. Ask the next node unless the answer is of the invocation"
	}
	return ""
}

// gaveUpWaiting recognizes that the client ends while the order still waits.
func gaveUpWaiting(f *cause.Finding) string {
	if f.Expects(claim.NodeAsked) && hasExited(f) && !strings.Contains(f.Claim.Got.Text, "TODO ") {
		return "the client gave up while the order was still waiting for its approval. An order may wait for a day: go on until there is an answer, or until the caller's context ends"
	}
	return ""
}

// gaveUpInDrill recognizes that one of many clients ends with an error while nodes die and
// return.
func gaveUpInDrill(f *cause.Finding) string {
	if f.Facts[cause.Drilled] && hasExited(f) && !strings.Contains(f.Claim.Got.Text, "TODO ") {
		return "a client returned an error while nodes died and returned, although Restate had lost no order. Go on for each order until there is an answer of the order, or until the caller's context ends"
	}
	return ""
}

// nextNodeNotAsked recognizes that the death of a node ends the client, or keeps it busy.
func nextNodeNotAsked(f *cause.Finding) string {
	if f.Facts[cause.KilledNode] && (hasExited(f) || f.HasOutcome(claim.StillRuns)) && !strings.Contains(f.Claim.Got.Text, "TODO ") {
		return "a node was killed, and the client got no answer from the others. After a failed try, ask the next node of the list, for the order and for its answer"
	}
	return ""
}

// notTheAnswer recognizes that the client returns something else than the order's answer.
func notTheAnswer(f *cause.Finding) string {
	if f.Expects(claim.LaunchPrinted) && f.HasOutcome(claim.Printed) && orderOf(f.Claim.Got.Text) == "" {
		return "Place returned something else than the answer of the order. Attach to the invocation, and return the body of that answer"
	}
	return ""
}
