package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/sandbox"
)

// Rules that need only the claim: the outcome of the claim is the cause.

// waitedPastLimit recognizes that an order waits longer than its limit, or that it waits
// although Approve has answered.
func waitedPastLimit(f *cause.Finding) string {
	got := f.Claim.Got
	approved := func(c cause.Call) bool { return c.Handler == "Approve" && c.Answered && c.Status == http.StatusOK }
	switch {
	case got.Outcome != claim.WaitsForPromise || !got.Run || f.Facts[cause.Cancelled]:
		return ""
	case slices.ContainsFunc(f.Calls, approved):
		return "Approve answered, but the order still waits for its promise. In Approve, resolve the promise that the order waits for: both must use the same name"
	case got.Timer && got.Time <= 0:
		return "the timer went off, but the order still waits for the promise. Wait for both with restate.WaitFirst, and call Result only if WaitFirst returned the promise"
	case got.Timer && f.Facts[cause.Restarted] && f.Where.Function == "main":
		return "the order waits longer than APPROVAL_LIMIT says. Pass env.ApprovalLimit() to the Order service"
	case got.Timer && f.Facts[cause.Restarted]: // with a limit that the script has set
		return "the order waits longer than its time limit. Use o.ApprovalLimit as the length of the timer"
	}
	return ""
}

// askedTooClose recognizes that requests followed each other too soon.
func askedTooClose(f *cause.Finding) string {
	switch {
	case !f.Expects(claim.Spread) || !f.HasOutcome(claim.Took):
		return ""
	case f.Claim.Got.Time < f.Claim.Want.Time/3:
		return "the requests follow each other without a back-off. Pass env.FirstRetry() to the Payment service"
	}
	return "the back-off is shorter than RETRY_FIRST says. Pass env.FirstRetry() to the Payment service, and p.backOff() to the charge step"
}

// askedTooLate recognizes that the waits between requests are longer than the setting says.
func askedTooLate(f *cause.Finding) string {
	if f.Expects(claim.Waits) && f.HasOutcome(claim.Took) {
		return "the back-off is longer than RETRY_FIRST says. Pass env.FirstRetry() to the Payment service"
	}
	return ""
}

// failedWithoutBackOff recognizes that a failure left the back-off to the server, or that
// the code repeats a request without one.
func failedWithoutBackOff(f *cause.Finding) string {
	switch {
	case f.HasOutcome(claim.FewFailures) || f.HasOutcome(claim.NoFailure) && sandbox.Requests(f.Ledger, sandbox.Charge) > 1:
		return "your code repeats a failed request by itself, in the same attempt. Send one request in the step, and return its error, so that Restate waits and runs the step again"
	case !f.HasOutcome(claim.LeftToServer):
		return ""
	case f.Claim.Got.InStep:
		return "the step that failed has no back-off. Pass p.backOff() to restate.Run, next to the name"
	}
	return "the request that failed is in no step. Put it into a restate.Run, and pass the back-off to that step"
}

// transactionLeftOpen recognizes that the program holds the lock of the database.
func transactionLeftOpen(f *cause.Finding) string {
	if f.HasOutcome(claim.Locked) {
		return "a transaction stays open while your code waits for the carrier or for other slow work. Do that work outside of the transaction"
	}
	return ""
}

// boundWithoutDatabase recognizes that a step of a service panicked because main did not
// set the service's field DB. Only a script that judges main, or the report, can tell: in
// all other scripts a nil pointer comes from the judged code.
func boundWithoutDatabase(f *cause.Finding) string {
	bound := f.Where.File == "main.go" || f.Where.Function == "Report.payments"
	if !bound || !f.HasOutcome(claim.Retried) || !f.HasText("panic occurred while executing Run: runtime error: invalid memory address") {
		return ""
	}
	service, _, _ := strings.Cut(f.Claim.Got.By, "/")
	return "a step of " + service + " used a nil pointer, probably because the service has no database. Set the field in main.go: bind the service with DB: db"
}

// servedOtherwise recognizes that main serves at another address, or does not end as a
// deployment expects.
func servedOtherwise(f *cause.Finding) string {
	got := f.Claim.Got
	switch {
	case f.Where.File != "main.go":
		return ""
	case got.Outcome == claim.NotServing && strings.HasPrefix(got.Exit, "nothing listens on "):
		return "the program runs, but does not listen at the address in LISTEN. Pass env.Listen() to serve.Until"
	case got.Outcome == claim.NotServing && strings.HasPrefix(got.Text, "listen ") && strings.Contains(got.Text, ": address "): // and why it is not one
		return "the program could not listen at the address that main passes. Pass env.Listen() to serve.Until"
	case f.Expects(claim.Closing) && got.Outcome == claim.NothingSeen:
		return "the program got a SIGTERM, and still serves. Pass the context of signal.NotifyContext to serve.Until"
	case f.Expects(claim.LaunchBadly) && got.Outcome == claim.Exited:
		return "serve.Until could not listen and returned an error, but the program ended with code 0. Call log.Fatal with that error"
	case f.Expects(claim.ProgramWell) && got.Code == 1 && strings.HasSuffix(got.Text, "<nil>"):
		return "main called log.Fatal without an error, so the program ended with code 1. Call log.Fatal only if serve.Until returns an error"
	}
	return ""
}

// reportedOtherRows recognizes that a report differs from the tables.
func reportedOtherRows(f *cause.Finding) string {
	var has, wanted []map[string]any
	if !f.Expects(claim.Table) || errors.Join(json.Unmarshal([]byte(f.Claim.Got.Text), &has), json.Unmarshal([]byte(f.Claim.Want.JSON), &wanted)) != nil {
		return ""
	}
	counted, wants := countPayments(has), countPayments(wanted)
	switch {
	case len(has) == 0:
		return "the report has no rows. DB.Read calls your function once for each row: scan the row there, and append it to your result"
	case !slices.ContainsFunc(has, func(r map[string]any) bool { return r["attempts"] != 0.0 || r["payments"] != 0.0 }):
		return "each row of the report is empty. In the function that DB.Read calls, scan the columns into the row before you append it"
	case len(has) == len(wanted) && hasSameRows(has, wanted):
		return "the report has the right rows in the wrong sequence. Sort them with ORDER BY, by the number of requests"
	case hasSameRows(swapped(has), wanted):
		return "the report has the number of payments in Attempts, and the number of requests in Payments. Scan the two columns in the sequence in which the query selects them"
	case counted > wants:
		return "the report counts more payments than are completed. Count only completed payments, and each of them once"
	case counted == wants && paymentsWith(has, 1) == 0 && paymentsWith(has, 2) == paymentsWith(wanted, 1)+paymentsWith(wanted, 2):
		return "the report counts one request too many for a payment without a failure, because count(*) counts a row of NULLs too. Count a column of payment_failures"
	case counted == wants && (hasSameRows(has, oneLess(wanted, 0)) || hasSameRows(has, oneLess(wanted, 1))):
		return "the report counts the right number of payments, but puts some of them into the wrong row. Count the last request of a payment too, which has no row in payment_failures"
	case counted == wants:
		return "the report counts the right number of payments, but puts some of them into the wrong row. For each payment, count its rows in payment_failures, and add one"
	case paymentsWith(has, 1) == 0 && hasSameRows(has, slices.DeleteFunc(slices.Clone(wanted), func(r map[string]any) bool { return r["attempts"] == 1.0 })):
		return "the report leaves out the payments without a failure. A plain join drops them: use a LEFT JOIN"
	}
	return "the report leaves out some payments. Count all payments with the status COMPLETED, also those with many failures"
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

// swapped returns the rows with the two numbers exchanged.
func swapped(rows []map[string]any) (all []map[string]any) {
	for _, r := range rows {
		all = append(all, map[string]any{"attempts": r["payments"], "payments": r["attempts"]})
	}
	return all
}

// oneLess returns the rows with one request less for each payment, and at least so many.
func oneLess(rows []map[string]any, least float64) (all []map[string]any) {
	payments := map[float64]float64{}
	for _, r := range rows {
		n, _ := r["attempts"].(float64)
		of, _ := r["payments"].(float64)
		payments[max(n-1, least)] += of
	}
	for n, of := range payments {
		all = append(all, map[string]any{"attempts": n, "payments": of})
	}
	return all
}

// paymentsWith returns how many payments the rows count for that many requests.
func paymentsWith(rows []map[string]any, requests float64) (n int) {
	for _, r := range rows {
		if r["attempts"] == requests {
			n += countPayments([]map[string]any{r})
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
