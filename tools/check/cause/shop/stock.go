package shop

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
)

// Rules about the store of lesson 8, which keeps the stock in PostgreSQL. The claim is about a
// launched program, which sells pieces of an item.

// ofStock makes a rule about the stock alone.
func ofStock(explain func(*cause.Finding) string) func(*cause.Finding) string {
	return func(f *cause.Finding) string {
		if f.Where.File != "store/store.go" || strings.Contains(f.Claim.Got.Text, "TODO ") {
			return ""
		}
		return explain(f)
	}
}

// chargedInTransaction recognizes that a transaction is open while the gateway has a charge.
func chargedInTransaction(f *cause.Finding) string {
	if f.HasOutcome(claim.Locked) {
		return "a transaction is open while the gateway has the charge, so every other order for that item waits. Call charge after the COMMIT"
	}
	return ""
}

// leftOf returns the number of pieces that the program has printed, or that it should print.
func leftOf(text string) (left int, ok bool) {
	var printed struct{ Left *int }
	if json.Unmarshal([]byte(text), &printed) != nil || printed.Left == nil {
		return 0, false
	}
	return *printed.Left, true
}

// missingPieces returns how many pieces fewer the program has printed than it should.
func missingPieces(f *cause.Finding) int {
	want, wantOK := leftOf(f.Claim.Want.JSON)
	got, gotOK := leftOf(f.Claim.Got.Text)
	if !f.Expects(claim.LaunchPrinted) || !f.HasOutcome(claim.Printed) || !wantOK || !gotOK {
		return 0
	}
	return want - got
}

// loweredTwice recognizes that the stock is lower than it should be.
func loweredTwice(f *cause.Finding) string {
	if missingPieces(f) > 0 {
		return "the order has taken its pieces more than once. Lower the stock only if the INSERT of the reservation has made a row: RowsAffected is 1"
	}
	return ""
}

// stockPutBack recognizes that the stock is higher than it should be.
func stockPutBack(f *cause.Finding) string {
	if missingPieces(f) < 0 {
		return "adding an item that was there has overwritten its pieces, so pieces that were sold are back. Use ON CONFLICT DO NOTHING"
	}
	return ""
}

// otherKind recognizes that KindOf returns another kind for a SQLSTATE.
func otherKind(f *cause.Finding) string {
	var want, got map[string]string
	if json.Unmarshal([]byte(f.Claim.Want.JSON), &want) != nil || json.Unmarshal([]byte(f.Claim.Got.Text), &got) != nil {
		return ""
	}
	for _, state := range slices.Sorted(maps.Keys(want)) {
		if has, ok := got[state]; ok && has != want[state] {
			return fmt.Sprintf("the kind of SQLSTATE %s is %q, and KindOf returns %q. Compare KindOf with the table on the page", state, want[state], has)
		}
	}
	return ""
}

// neverIsRepeated recognizes that a statement which always fails is repeated.
func neverIsRepeated(f *cause.Finding) string {
	if f.Expects(claim.LaunchRefusal) && f.HasOutcome(claim.StillRuns) {
		return "the database gives the same error to each try. Return an error of the kind Never at once"
	}
	return ""
}

// unsoldIsSold recognizes that the error of the transaction is lost.
func unsoldIsSold(f *cause.Finding) string {
	if f.Expects(claim.LaunchRefusal) && f.HasOutcome(claim.Exited) && f.Claim.Got.Code == 0 {
		return "Sell returned no error, and the order has no pieces. Return the error of the transaction, and do not call charge"
	}
	return ""
}

// unknownCommitIsFailure recognizes that a lost COMMIT, or its lost answer, ends Sell.
func unknownCommitIsFailure(f *cause.Finding) string {
	if (f.Facts[cause.CommitUnheard] || f.Facts[cause.CommitLost]) && hasExited(f) {
		return "the connection died during COMMIT, so nobody knows whether it was done, and Sell returned an error. Run the same transaction again: its INSERT finds out"
	}
	return ""
}

// unknownCommitIsSuccess recognizes that Sell goes on after a COMMIT that did not arrive.
func unknownCommitIsSuccess(f *cause.Finding) string {
	if f.Facts[cause.CommitLost] && f.Expects(claim.LaunchPrinted) && f.HasOutcome(claim.Printed) {
		return "the connection died before the database had the COMMIT, and Sell went on as if the order had its pieces. Run the same transaction again: its INSERT finds out"
	}
	return ""
}

// againIsFailure recognizes that a SQLSTATE of the kind Again ends Sell.
func againIsFailure(f *cause.Finding) string {
	if f.Facts[cause.RefusedRows] && hasExited(f) {
		return "the database refused the transaction with a SQLSTATE of the kind Again, and Sell returned an error. Wait, and run the transaction again"
	}
	return ""
}

// hasLostConnection reports whether a connection of the program died.
func hasLostConnection(f *cause.Finding) bool {
	return f.Facts[cause.CommitLost] || f.Facts[cause.CommitUnheard] || f.Facts[cause.Unplugged] || f.Facts[cause.DatabaseAway]
}

// deadConnectionKept recognizes that each try uses the same connection.
func deadConnectionKept(f *cause.Finding) string {
	if hasLostConnection(f) && (f.HasOutcome(claim.StillRuns) || f.HasOutcome(claim.NothingSeen)) {
		return "the connection is dead, and each try uses it again. Take a connection from the pool for each try: call methods of s.Pool"
	}
	return ""
}

// brokenConnectionIsFailure recognizes that the end of a connection, or of the database, ends Sell.
func brokenConnectionIsFailure(f *cause.Finding) string {
	if hasLostConnection(f) && hasExited(f) {
		return "the connection to the database broke, and the program ended with an error. Try again until there is an answer, or until the caller's context ends"
	}
	return ""
}
