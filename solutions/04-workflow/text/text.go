// Package text is the code in the lesson's page that is in no task's way.
package text

import (
	"time"

	restate "github.com/restatedev/sdk-go"
)

// Invitation is another workflow, of some other program.
type Invitation struct{}

// Ask waits for a guest's answer, three days at the most.
func (Invitation) Ask(ctx restate.WorkflowContext) (string, error) {
	//snip wait
	reply := restate.Promise[string](ctx, "reply")
	late := restate.After(ctx, 72*time.Hour)
	first, err := restate.WaitFirst(ctx, reply, late)
	if err != nil {
		return "", err // it was cancelled
	}
	if first == late {
		return "no answer", nil
	}
	return reply.Result()
	//snip end
}

// Reply is how the guest answers.
func (Invitation) Reply(ctx restate.WorkflowSharedContext, text string) error {
	//snip resolve
	return restate.Promise[string](ctx, "reply").Resolve(text)
	//snip end
}
