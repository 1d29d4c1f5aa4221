// Package text has the examples of the lesson's page. No task uses them.
package text

import (
	"slices"
	"time"

	restate "github.com/restatedev/sdk-go"
)

// Invitation is a workflow of another program.
type Invitation struct{}

// Ask waits for a guest's reply, at most three days.
func (Invitation) Ask(ctx restate.WorkflowContext) (string, error) {
	//snip wait
	reply := restate.Promise[string](ctx, "reply")
	late := restate.After(ctx, 72*time.Hour)
	first, err := restate.WaitFirst(ctx, reply, late)
	if err != nil {
		return "", err // the workflow was cancelled
	}
	if first == late {
		return "no answer", nil
	}
	return reply.Result()
	//snip end
}

// Reply passes the guest's reply to Ask.
func (Invitation) Reply(ctx restate.WorkflowSharedContext, text string) error {
	//snip resolve
	return restate.Promise[string](ctx, "reply").Resolve(text)
	//snip end
}

// Trip is a workflow that books a hotel and a flight. Hotel and Flight are virtual
// objects, and a trip's id is the object key of both.
type Trip struct{}

// Days are the dates of a trip.
type Days struct{ From, To string }

// Book books both or none.
func (Trip) Book(ctx restate.WorkflowContext, days Days) error {
	trip := restate.Key(ctx)
	//snip saga
	var called []string
	for _, service := range []string{"Hotel", "Flight"} {
		called = append(called, service) // before the call
		_, err := restate.Object[restate.Void](ctx, service, trip, "Book").Request(days)
		if err != nil { // always a terminal error
			for _, s := range slices.Backward(called) {
				restate.ObjectSend(ctx, s, trip, "Cancel").Send(days)
			}
			return err
		}
	}
	return nil
	//snip end
}
