package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
)

// Rules that need the claim alone: its outcome is what is wrong.

// waitedPastLimit recognizes an order that waits longer than it was told to.
func waitedPastLimit(f *cause.Finding) string {
	got := f.Claim.Got
	if got.Outcome == claim.WaitsForPromise && got.Run && got.Timer && !f.Facts[cause.Cancelled] {
		return "the order waits longer than it should: o.ApprovalLimit is how long"
	}
	return ""
}

// askedTooClose recognizes requests that followed each other too soon.
func askedTooClose(f *cause.Finding) string {
	switch {
	case !f.Expects(claim.Spread) || !f.HasOutcome(claim.Took):
		return ""
	case f.Claim.Got.Time < f.Claim.Want.Time/3:
		return "the back-off has no length: does the service get env.FirstRetry()?"
	}
	return "the back-off is shorter than RETRY_FIRST says: does the service get env.FirstRetry(), and the step p.backOff()?"
}

// failedWithoutBackOff recognizes a failure that asks for no time before the next try.
func failedWithoutBackOff(f *cause.Finding) string {
	switch {
	case !f.HasOutcome(claim.LeftToServer):
		return ""
	case f.Claim.Got.InStep:
		return "the step has no back-off of its own: give restate.Run p.backOff() beside the name"
	}
	return "what failed was asked in no step: put the request into a restate.Run, which takes the back-off"
}

// leftTransactionOpen recognizes that the program keeps the database to itself.
func leftTransactionOpen(f *cause.Finding) string {
	if f.HasOutcome(claim.Locked) {
		return "a transaction is open while the carrier is asked, or something else that takes its time"
	}
	return ""
}

// reportedOtherRows recognizes a report that is not what the tables have.
func reportedOtherRows(f *cause.Finding) string {
	var has, wanted []map[string]any
	if !f.Expects(claim.Table) || errors.Join(json.Unmarshal([]byte(f.Claim.Got.Text), &has), json.Unmarshal([]byte(f.Claim.Want.JSON), &wanted)) != nil {
		return ""
	}
	counted, wants := countPayments(has), countPayments(wanted)
	switch {
	case len(has) == 0:
		return "nothing was read: Read gives your function each row, and what it scans is to be kept"
	case len(has) == len(wanted) && hasSameRows(has, wanted):
		return "these are the rows, in another order: ORDER BY"
	case counted > wants:
		return "more are counted than there are: those of another status don't count, and each one counts once"
	case counted == wants:
		return "so many there are, but the numbers are others: mind the attempt that has no row of its own"
	}
	return "a join leaves out what has no row on the other side; a LEFT JOIN keeps it"
}

// countPayments returns how many payments the rows count in all.
func countPayments(rows []map[string]any) (n int) {
	for _, r := range rows {
		if payments, ok := r["payments"].(float64); ok {
			n += int(payments)
		}
	}
	return n
}

func hasSameRows(a, b []map[string]any) bool { return slices.Equal(sortRows(a), sortRows(b)) }

func sortRows(rows []map[string]any) (all []string) {
	for _, r := range rows {
		all = append(all, fmt.Sprint(r))
	}
	slices.Sort(all)
	return all
}
