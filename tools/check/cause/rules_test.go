package cause

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/claim"
)

// paid returns a call of ProcessPayment with an answer.
func paid(body string, status int) Call {
	return Call{Service: "Payment", Key: "pay-o-1", Handler: "ProcessPayment", Body: body, Answered: true, Status: status}
}

// A rule copes with a finding that lacks what the rule reads.
func TestRulesDoWithLess(t *testing.T) {
	last := paid("", 200)
	f := &Finding{
		Claim: claim.ExpectAnswer(409, "").With(claim.GotAnswer(200, []byte("{}"))),
		Last:  &last,
		Calls: []Call{last, paid("", 500)},
	}
	require.Empty(t, doneTooSoon(f), "no attempts")
}

// The admin API has its own words for a service that no program serves.
func TestNotServedKnowsTheAdminAPIsWords(t *testing.T) {
	f := &Finding{Claim: claim.Claim{Got: claim.Got{Text: "admin api: GET /services/Report: 404 The requested service 'Report' does not exist"}}}
	require.Contains(t, notServed(f), "no service with this name")
}

func TestLostMemoryIsNotAboutWorkflows(t *testing.T) {
	object := Call{Key: "k", Status: http.StatusOK}
	workflow := object
	workflow.Workflow = true
	explain := func(last Call) string {
		return lostMemory(&Finding{Last: &last, Calls: []Call{last, last}, StateKnown: true})
	}
	require.NotEmpty(t, explain(object))
	require.Empty(t, explain(workflow), "a workflow keeps its journal")
}

// The words about a goroutine name the function that started it, which may belong to another
// task than the one that the script judges.
func TestDiedInGoroutineNamesTheFunction(t *testing.T) {
	for by, name := range map[string]string{
		"work/04-workflow/order.Order.fulfil.func1":      "that Order.fulfil started",
		"work/04-workflow/order.(*Order).fulfil":         "that (*Order).fulfil started",
		"work/02-basic-service/pricing.lookUpAll.func2":  "that lookUpAll started",
		"solutions/02-basic-service/pricing.all.gowrap1": "that all started",
	} {
		f := &Finding{
			Claim: claim.ExpectAnswerFrom("Order/o-1/CreateOrder").With(claim.GotProgramEnded(2, "exit status 2", "panic: boom")),
			Trace: "INFO one line\npanic: boom\n\ngoroutine 7 [running]:\nf()\n\tf.go:1\ncreated by example.com/workbook/" + by + " in goroutine 6\n\tf.go:2 +0x1\n\ngoroutine 8 [select]:\n",
		}
		require.Contains(t, diedInGoroutine(f), name)
	}
}
